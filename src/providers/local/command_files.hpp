#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"
#include "providers/local/note.hpp"
#include "providers/local/workspace.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace providers::local {

// What a command leaves on disk, so that another process can tell what became of it. Each intent
// has two files under `commands/ID/` of the state folder: TOKEN.lock, held by the command and its
// children as long as one of them runs, and TOKEN.result, written when its end has been seen. What
// the last one printed is in `outputs`.
class CommandFiles {
public:
    enum class Holder { Nobody, Running, NeverStarted };
    struct End {
        std::int64_t exit_code = -1;
        std::string reason;   // of a failure
    };

    explicit CommandFiles(const Workspace& workspace) : workspace_(workspace) {}

    std::string folder(const std::string& id) const;
    base::Result<Holder> holder(const std::string& id, const std::string& token) const;
    // For a command that is begun now; its children inherit it. Refused while one of an earlier
    // attempt runs.
    base::Result<base::FileDescriptor> take_lock(const std::string& id,
                                                 const std::string& token) const;
    // Of a command that need not be started: held by nobody.
    base::Result<void> leave_free_lock(const std::string& id, const std::string& token) const;

    // None: its end was not seen.
    std::optional<End> result(const std::string& id, const std::string& token) const;
    base::Result<void> save_result(const std::string& id, const std::string& token, const End& end,
                                   bool is_sealed) const;
    std::string printed(const std::string& id) const;
    base::Result<void> save_printed(const std::string& id, std::string_view output,
                                    bool is_sealed) const;

private:
    std::string file(const std::string& id, const std::string& token, std::string_view end) const;
    base::Result<void> save(const Note& note, const std::string& path, bool is_sealed) const;
    base::Result<Note> load(const std::string& path) const;

    const Workspace& workspace_;
};

}
