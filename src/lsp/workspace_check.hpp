#pragma once

#include "base/fs.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>

#include <sys/types.h>

namespace lsp {

// `provisioning check` of a workspace, in a process of its own: contracts and schemas need the
// program to be evaluated, which may take long or never end, and an editor does not wait. It asks
// nobody and starts nothing. One at a time; it is killed when another begins.
class WorkspaceCheck {
public:
    explicit WorkspaceCheck(std::string executable) : executable_(std::move(executable)) {}
    ~WorkspaceCheck() { stop(); }
    WorkspaceCheck(const WorkspaceCheck&) = delete;
    WorkspaceCheck& operator=(const WorkspaceCheck&) = delete;

    bool is_possible() const { return !executable_.empty(); }
    // Of the environment that the file is of, if it is one's.
    void start(const std::string& workspace, const std::string& file);
    void stop();

    // To be waited for; -1: none is running.
    int descriptor() const { return output_.get(); }
    // When there is something to read: at the end the problems, as `--json` has them.
    std::optional<json::Array> read();

private:
    static constexpr std::size_t kMaxOutput = std::size_t{16} << 20U;
    static constexpr unsigned kMaxSeconds = 30;

    std::string executable_;
    base::FileDescriptor output_;
    std::string text_;
    pid_t child_ = 0;
};

}
