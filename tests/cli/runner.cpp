// Runs the transcripts of folders (see README.md). Usage: cli_goldens FOLDER|DOCUMENT.md... The
// variables PROVISIONING_BINARY, PROVISIONING_TEST_FILTER and PROVISIONING_TEST_ACCEPT come from
// ./dev test.
#include "await.hpp"
#include "by_hand.hpp"
#include "deaf.hpp"
#include "past.hpp"
#include "support/suite.hpp"
#include "transcript.hpp"

#include "base/fs.hpp"
#include "base/guarded.hpp"
#include "base/text.hpp"
#include "base/worker_pool.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using transcript::Step;
using transcript::Transcript;

constexpr int kTimeoutSeconds = 120;
constexpr std::size_t kMaxOutput = std::size_t{4} << 20U;

// The folders of one transcript; removed with all in it.
struct Sandbox {
    std::string root;
    std::string work;
    std::vector<std::string> variables;

    ~Sandbox() { static_cast<void>(base::remove_tree(root).ok()); }
};

base::Result<void> make_sandbox(Sandbox& sandbox, const std::string& binary) {
    const std::string made = TRY(base::make_temporary_directory("transcript"));
    sandbox.root = TRY(base::real_path(made));
    sandbox.work = sandbox.root + "/work";
    for (const char* name : {"/work", "/home", "/bin", "/tmp"}) {
        TRY(base::make_directories(sandbox.root + name));
    }
    for (const char* name : {"provisioning", "prv", "nickel"}) {
        const std::string link = sandbox.root + "/bin/" + name;
        if (::symlink(binary.c_str(), link.c_str()) != 0) {
            return base::system_error("cannot make " + link, errno);
        }
    }
    const std::string self = TRY(base::real_path("/proc/self/exe"));
    for (const char* name : {"await", "by_hand", "past", "deaf"}) {
        const std::string link = sandbox.root + "/bin/" + name;
        if (::symlink(self.c_str(), link.c_str()) != 0) {
            return base::system_error("cannot make " + link, errno);
        }
    }
    sandbox.variables = {
        "PATH=" + sandbox.root + "/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME=" + sandbox.root + "/home",
        "TMPDIR=" + sandbox.root + "/tmp",
        "LANG=C.UTF-8",
        "TERM=dumb",
        "TZ=UTC",
        "EXAMPLES=" + *base::real_path("examples"),
    };
    return {};
}

struct Outcome {
    std::vector<std::string> output;
    int exit_code = 0;
};

[[noreturn]] void become_shell(const Step& step, const Sandbox& sandbox, int output) {
    ::setpgid(0, 0);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    if (::chdir(sandbox.work.c_str()) != 0) ::_exit(127);
    std::vector<char*> variables;
    for (const std::string& text : sandbox.variables) {
        variables.push_back(const_cast<char*>(text.c_str()));
    }
    variables.push_back(nullptr);
    const char* words[] = {"sh", "-c", step.command.c_str(), nullptr};
    ::execve("/bin/sh", const_cast<char**>(words), variables.data());
    ::_exit(127);
}

// What the command prints until it ends; what outlives it (a supervised process) is not waited for.
std::string read_until_exit(int fd, pid_t child, int& status) {
    std::string text;
    char buffer[65536];
    bool exited = false;
    for (int waited_ms = 0; text.size() < kMaxOutput;) {
        pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
        const int found = ::poll(&ready, 1, exited ? 0 : 20);
        const ssize_t got = found > 0 ? ::read(fd, buffer, sizeof buffer) : 0;
        if (got > 0) {
            text.append(buffer, static_cast<std::size_t>(got));
            continue;
        }
        if (exited) return text;
        exited = ::waitpid(child, &status, found > 0 ? 0 : WNOHANG) == child;
        waited_ms += 20;
        if (waited_ms > kTimeoutSeconds * 1000) {
            ::kill(-child, SIGKILL);
            text += fmt::format("\nkilled after {} s\n", kTimeoutSeconds);
            waited_ms = 0;
        }
    }
    ::kill(-child, SIGKILL);
    ::waitpid(child, &status, 0);
    return text + "\ntoo much output\n";
}

base::Result<Outcome> run_step(const Step& step, const Sandbox& sandbox) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("cannot make a pipe", errno);
    const pid_t child = ::fork();
    if (child == 0) become_shell(step, sandbox, ends[1]);
    const base::FileDescriptor reader(ends[0]);
    ::close(ends[1]);
    if (child < 0) return base::system_error("cannot start a shell", errno);
    int status = 0;
    std::string text = read_until_exit(reader.get(), child, status);
    text = base::replace_all(text, sandbox.work, "[DIR]");
    text = base::replace_all(text, sandbox.root, "[ROOT]");
    Outcome outcome;
    for (const std::string_view line : base::split_lines(text)) outcome.output.emplace_back(line);
    while (!outcome.output.empty() && outcome.output.back().empty()) outcome.output.pop_back();
    outcome.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return outcome;
}

std::string explain(const std::string& path, const Step& step, const Outcome& outcome) {
    std::string out = fmt::format("{}:{}: $ {}\n", path, step.line, step.source[0].substr(2));
    for (const std::string& line : step.output) out += "  - " + line + "\n";
    if (step.exit_code != 0) out += fmt::format("  - ? {}\n", step.exit_code);
    for (const std::string& line : outcome.output) out += "  + " + line + "\n";
    if (outcome.exit_code != 0) out += fmt::format("  + ? {}\n", outcome.exit_code);
    return out;
}

// What a document shows is done, each section in folders of its own.
base::Result<std::string> run_document(const std::string& path, const std::string& binary) {
    std::string failures;
    for (const auto& section : TRY(transcript::sections_of(TRY(base::read_file(path))))) {
        Transcript transcript = TRY(transcript::parse(section.transcript).context(section.title));
        Sandbox sandbox;
        TRY(make_sandbox(sandbox, binary));
        for (const Step& step : transcript.steps) {
            const Outcome outcome = TRY(run_step(step, sandbox));
            if (outcome.exit_code != step.exit_code ||
                !transcript::lines_match(step.output, outcome.output))
                failures += explain(path + " (" + section.title + ")", step, outcome);
        }
    }
    return failures;
}

// The failures, or nothing. With `accept`, the file is rewritten and nothing is a failure.
base::Result<std::string> run_transcript(const std::string& path, const std::string& binary,
                                         bool accept) {
    Transcript transcript = TRY(transcript::parse(TRY(base::read_file(path))));
    Sandbox sandbox;
    TRY(make_sandbox(sandbox, binary));
    std::string failures;
    for (Step& step : transcript.steps) {
        const Outcome outcome = TRY(run_step(step, sandbox));
        if (outcome.exit_code == step.exit_code &&
            transcript::lines_match(step.output, outcome.output)) {
            continue;
        }
        if (!accept) failures += explain(path, step, outcome);
        step.output = transcript::accepted_lines(step.output, outcome.output);
        step.exit_code = outcome.exit_code;
    }
    if (accept)
        TRY(base::write_file_atomic(path, transcript::normalize(transcript), {.sync = false}));
    return failures;
}

int run_folders(const std::vector<std::string>& folders) {
    const auto binary = base::real_path(suite::variable("PROVISIONING_BINARY"));
    if (!binary) {
        std::fputs("PROVISIONING_BINARY does not name the program under test\n", stderr);
        return 64;
    }
    base::Guarded<suite::Suite> suite;
    const bool accept = suite.with([](suite::Suite& all) { return all.accepts(); });
    base::WorkerPool pool(2, 10'000);
    pool.start();
    for (const std::string& folder : folders) {
        const auto paths =
            folder.ends_with(".md")
                ? std::vector<std::string>{folder}
                : suite.with([&](suite::Suite& all) { return all.files_in(folder, ".txt"); });
        for (const std::string& path : paths) {
            CHECK(pool.submit([&, path](const std::stop_token&) {
                          const auto failures = path.ends_with(".md")
                                                    ? run_document(path, *binary)
                                                    : run_transcript(path, *binary, accept);
                          const std::string wrong = failures ? *failures : failures.error().text();
                          suite.with([&](suite::Suite& all) { all.judge(path, wrong); });
                      })
                      .ok());
        }
    }
    pool.wait_until_idle();
    return suite.with([](suite::Suite& all) { return all.finish(); });
}

}

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const std::string_view name(arguments[0]);
    if (name == "await" || name.ends_with("/await")) return await::run(words);
    if (name == "by_hand" || name.ends_with("/by_hand")) return by_hand::run(words);
    if (name == "deaf" || name.ends_with("/deaf")) return deaf::run(words);
    if (name == "past" || name.ends_with("/past")) return past::run(words);
    if (words.empty()) {
        std::fputs("usage: cli_goldens FOLDER...\n", stderr);
        return 64;
    }
    return run_folders(words);
}
