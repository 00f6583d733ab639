#include "support/command.hpp"

#include "support/suite.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace command {
namespace {

constexpr auto kCalls = std::to_array<std::uint64_t>({
    SYS_fsync,
    SYS_fdatasync,
    SYS_renameat,
    SYS_renameat2,
    SYS_linkat,
    SYS_unlinkat,
    SYS_mkdirat,
#ifdef SYS_rename
    SYS_rename,
    SYS_link,
    SYS_unlink,
    SYS_rmdir,
    SYS_mkdir,
#endif
});

bool begins_step(pid_t thread) {
    __ptrace_syscall_info info{};
    const long got =
        ::ptrace(PTRACE_GET_SYSCALL_INFO, thread, reinterpret_cast<void*>(sizeof info), &info);
    return got > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY &&
           std::find(kCalls.begin(), kCalls.end(), info.entry.nr) != kCalls.end();
}

// Waits at the gate, so that who started it can prepare.
[[noreturn]] void become(const Command& command, bool trace, int gate) {
    char go = 0;
    if (gate >= 0 && ::read(gate, &go, 1) != 1) ::_exit(125);
    const int nothing = ::open("/dev/null", O_RDONLY);
    const int output = ::open(command.output.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}) {
        ::setenv(name, command.home.c_str(), 1);
    }
    for (const auto& [name, text] : command.variables) ::setenv(name.c_str(), text.c_str(), 1);
    if (trace) ::setenv("LSAN_OPTIONS", "detect_leaks=0", 1);   // which cannot run under a tracer
    std::vector<char*> words;
    for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    if (trace && ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(126);
    ::execv(words[0], words.data());
    ::_exit(127);
}

pid_t start_traced(const Command& command) {
    const pid_t child = ::fork();
    if (child == 0) become(command, true, -1);
    return child;
}

}

pid_t start(const Command& command, const std::function<void(pid_t)>& prepare) {
    std::array<int, 2> gate{};
    if (::pipe(gate.data()) != 0) suite::give_up("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(gate[1]);
        become(command, false, gate[0]);
    }
    ::close(gate[0]);
    if (prepare) prepare(child);
    if (::write(gate[1], "x", 1) != 1) suite::give_up("the program could not be let go");
    ::close(gate[1]);
    return child;
}

Ended run(const Command& command, const std::function<void(pid_t)>& prepare) {
    const pid_t child = start(command, prepare);
    Ended ended;
    ::waitpid(child, &ended.status, 0);
    return ended;
}

Ended run_until(const Command& command, int step, int further) {
    const pid_t child = start_traced(command);
    Ended outcome;
    ::waitpid(child, &outcome.status, 0);   // the stop after exec
    if (!WIFSTOPPED(outcome.status)) return outcome;
    constexpr long kOptions =
        PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, reinterpret_cast<void*>(kOptions)) != 0 ||
        ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) != 0) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &outcome.status, 0);
        return outcome;
    }
    for (;;) {
        int status = 0;
        const pid_t thread = ::waitpid(-1, &status, __WALL);
        if (thread < 0) return outcome;
        if (!WIFSTOPPED(status)) {
            if (thread != child) continue;
            outcome.status = status;
            return outcome;
        }
        int signal = WSTOPSIG(status);
        if (signal == (SIGTRAP | 0x80)) {
            if (begins_step(thread)) ++outcome.steps;
            if (outcome.steps >= step && further-- == 0) {
                outcome.killed = true;
                ::kill(child, SIGKILL);
            }
        }
        // Stops of the tracer's own, and the first of a new thread, are not for the command.
        if ((signal & 0x7f) == SIGTRAP || signal == SIGSTOP) signal = 0;
        ::ptrace(PTRACE_SYSCALL, thread, nullptr,
                 reinterpret_cast<void*>(static_cast<std::intptr_t>(signal)));
    }
}

}
