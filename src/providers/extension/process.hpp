#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"
#include "provider/provider.hpp"
#include "providers/extension/answer.hpp"
#include "providers/extension/manifest.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>

namespace providers::extension {

// The program of an extension, for whoever has to agree to it.
base::Result<provider::Program> described_program(const Manifest& manifest,
                                                  const provider::Host& host);

// The program of an extension: started for each call, `PROGRAM … OPERATION TYPE`, with the request
// as a JSON document on its standard input; it answers with one on its standard output.
class ExtensionProcess {
public:
    // `manifest` and `host` outlive it. Calls may come from several threads.
    ExtensionProcess(const Manifest& manifest, const provider::Host& host)
        : manifest_(manifest), host_(host) {}

    // A call that changes nothing. No secret of what it is `given` is repeated in what it says.
    base::Result<Answer> ask(std::string_view operation, std::string_view type,
                             const json::Object& request, const provider::CallContext& context,
                             const value::Value& given = {}) const;

    // A call that changes something, for this intent. It outlives our own end: the program holds a
    // lock as long as it runs, and its answer goes to a file. Once it has been read, by whomever,
    // it lies there sealed.
    base::Result<Answer> act(std::string_view operation, std::string_view type,
                             const json::Object& request, const provider::Intent& intent,
                             const provider::CallContext& context) const;

    // What became of act().
    struct Trace {
        enum class Kind { NeverStarted, Running, Answered, CutShort };
        Kind kind = Kind::NeverStarted;
        std::optional<Answer> answer;   // Answered
    };
    base::Result<Trace> trace(const provider::Intent& intent) const;
    // The answer is kept no longer; that there was a call is.
    base::Result<void> forget_answer(const provider::Intent& intent) const;
    // Forgets what was left of intents for this address.
    base::Result<void> forget(const provider::Intent& intent) const;

private:
    struct Files {
        std::string lock;
        std::string answer;
    };
    std::string folder(const provider::Intent& intent) const;
    Files files(const provider::Intent& intent) const;
    static base::Result<std::string> take_answer(int file);
    base::Result<void> keep_answer(const Files& files, std::string_view text) const;

    const Manifest& manifest_;
    const provider::Host& host_;
};

}
