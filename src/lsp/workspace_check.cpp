#include "lsp/workspace_check.hpp"

#include "base/process/spawn.hpp"

#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lsp {

void WorkspaceCheck::start(const std::string& workspace, const std::string& file) {
    stop();
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    base::FileDescriptor read_end(ends[0]);
    base::FileDescriptor write_end(ends[1]);
    std::string environment;
    const std::string environments = workspace + "/environments/";
    if (file.starts_with(environments) && file.ends_with(".ncl")) {
        environment = file.substr(environments.size(), file.size() - environments.size() - 4);
    }
    base::SpawnOptions options;
    options.arguments = command_(environment);
    options.program = options.arguments.front();
    options.environment = base::child_environment({}, options.program);
    options.directory = workspace;
    // What is wrong comes there; what is fine, on standard output, says nothing of interest.
    options.errors = write_end.get();
    const auto child = base::spawn(options);
    if (!child) return;
    child_ = *child;
    // A program without end does not heat the machine for ever.
    const rlimit limit{kMaxSeconds, kMaxSeconds};
    ::prlimit(child_, RLIMIT_CPU, &limit, nullptr);
    output_ = std::move(read_end);
    text_.clear();
}

void WorkspaceCheck::stop() {
    output_.close();
    if (child_ == 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
}

std::optional<json::Array> WorkspaceCheck::read() {
    char bytes[16 * 1024];
    const ssize_t count = ::read(output_.get(), bytes, sizeof bytes);
    if (count > 0 && text_.size() < kMaxOutput) {
        text_.append(bytes, static_cast<std::size_t>(count));
        return std::nullopt;
    }
    stop();
    const auto answer = json::parse(text_);
    const json::Value* problems =
        answer.ok() ? answer->find("error", "detail", "problems") : nullptr;
    if (problems == nullptr || problems->as_array() == nullptr) return json::Array();
    return *problems->as_array();
}

}
