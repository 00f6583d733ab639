#pragma once

#include "base/fs.hpp"
#include "json/value.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace lsp {

// The check of a workspace, in a process of its own: contracts and schemas need the
// program to be evaluated, which may take long or never end, and an editor does not wait. It asks
// nobody and starts nothing. One at a time; it is killed when another begins.
class WorkspaceCheck {
public:
    // The words by which this program checks the environment of that name (empty: the default one)
    // and tells what is wrong as one JSON document on standard error; the first is the program.
    using Command = std::function<std::vector<std::string>(std::string_view environment)>;

    explicit WorkspaceCheck(Command command) : command_(std::move(command)) {}
    ~WorkspaceCheck() { stop(); }
    WorkspaceCheck(const WorkspaceCheck&) = delete;
    WorkspaceCheck& operator=(const WorkspaceCheck&) = delete;

    bool is_possible() const { return command_ != nullptr; }
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

    Command command_;
    base::FileDescriptor output_;
    std::string text_;
    pid_t child_ = 0;
};

}
