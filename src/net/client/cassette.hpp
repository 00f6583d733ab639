#pragma once

#include "base/fs.hpp"
#include "base/secret.hpp"
#include "net/client/transport.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// Calls kept in a file and played again. The form is docs in code: JSON lines, the first
// {"cassette":1}, then one call each:
//   {"request":{"method":"GET","url":"…","body":"…"},
//    "answer":{"status":200,"headers":[["Name","value"]],"body":"…"}}
// or, for what was not answered,
//   {"request":{…},"failure":{"code":"Unavailable","delivery":"unknown","transient":true,
//    "message":"…"}}
// A body that is no UTF-8 is kept as "body_hex". Request header fields are not kept.
namespace net {

inline constexpr std::size_t kMaxCassetteBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxCassetteCalls = 100'000;

// What is kept out of cassettes. Names of query fields that are usually secret are masked anyway.
struct MaskOptions {
    std::vector<base::SecretText> secrets;   // these texts, wherever they occur
    std::vector<std::string> secret_names;   // of query fields and JSON members, at any depth
};

struct CassetteCall {
    Request request;   // without headers; masked
    Exchange exchange;
};

// DataLoss, with the line, for what is no cassette.
base::Result<std::vector<CassetteCall>> read_cassette(std::string_view text);
std::string write_cassette_line(const Request& masked_request,
                                const base::Result<Response>& masked);

// Masked as it is kept: a JSON body is written anew, without its spaces.
Request mask(const Request& request, const MaskOptions& options, bool secret_body);

// Passes calls on and appends each to the file when it is answered. Any thread.
class Recorder final : public Transport {
public:
    static base::Result<std::unique_ptr<Recorder>> create(Transport& inner, const std::string& path,
                                                          MaskOptions options);
    Exchange exchange(const Request& request, const ExchangeOptions& options) override;
    // The first failure to write, if there was one.
    base::Result<void> check() const;

private:
    Recorder(Transport& inner, base::FileDescriptor file, MaskOptions options);

    Transport& inner_;
    MaskOptions options_;
    mutable std::mutex mutex_;
    base::FileDescriptor file_;
    std::string failure_;
};

// Answers from a cassette: with the first call not yet used of the same method, URL and body. A
// request that is not there fails, unsent, and the error names what the cassette would have next.
// Any thread.
class Replayer final : public Transport {
public:
    static base::Result<std::unique_ptr<Replayer>> create(std::string_view text,
                                                          MaskOptions options);
    Exchange exchange(const Request& request, const ExchangeOptions& options) override;
    std::size_t unused() const;

private:
    Replayer(std::vector<CassetteCall> calls, MaskOptions options);

    MaskOptions options_;
    mutable std::mutex mutex_;
    std::vector<CassetteCall> calls_;   // those not used, in order
};

}
