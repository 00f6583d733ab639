#include "cli/terminal.hpp"

#include "base/check.hpp"
#include "base/text.hpp"
#include "cli/environment.hpp"

#include <atomic>
#include <csignal>
#include <iterator>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace cli {

static std::string_view sequence_of(Color color) {
    switch (color) {
        case Color::Bold: return "1";
        case Color::Dim: return "2";
        case Color::Red: return "31";
        case Color::Green: return "32";
        case Color::Yellow: return "33";
        case Color::Blue: return "34";
        case Color::Magenta: return "35";
        case Color::Cyan: return "36";
    }
    UNREACHABLE();
}

std::string Terminal::paint(Color wanted, std::string_view text) const {
    if (!color) return std::string(text);
    return base::style_text(sequence_of(wanted), text);
}

static bool decided(When when, bool automatic) {
    return when == When::Always || (when == When::Auto && automatic);
}

namespace {

// Of the whole process, as is the terminal; written before `is_echo_off` is set.
termios terminal_before{};
std::atomic<bool> is_echo_off = false;
// What ends a process that does not wait for it (interrupts are waited for: interrupts.cpp).
constexpr int kEndings[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGHUP, SIGQUIT};

void end_with_echo(int signal) {
    restore_echo();
    // The handler is for once: the signal has its own effect again.
    ::raise(signal);
}

struct sigaction endings_before[std::size(kEndings)];

void catch_endings() {
    for (std::size_t i = 0; i < std::size(kEndings); ++i) {
        ::sigaction(kEndings[i], nullptr, &endings_before[i]);
        // nohup stays nohup.
        if (endings_before[i].sa_handler == SIG_IGN) continue;
        struct sigaction action{};
        action.sa_handler = end_with_echo;
        action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
        ::sigaction(kEndings[i], &action, nullptr);
    }
}

void release_endings() {
    for (std::size_t i = 0; i < std::size(kEndings); ++i)
        ::sigaction(kEndings[i], &endings_before[i], nullptr);
}

}

void restore_echo() {
    if (is_echo_off.exchange(false)) ::tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
}

EchoOff::EchoOff() {
    const bool is_ours = ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
    if (!is_ours || ::tcgetattr(STDIN_FILENO, &terminal_before) != 0) return;
    termios quiet = terminal_before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_echo_off = true;
    catch_endings();
    ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
}

EchoOff::~EchoOff() {
    if (!is_echo_off) return;
    restore_echo();
    release_endings();
}

std::size_t width_of(int fd, std::size_t otherwise) {
    winsize size{};
    return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : otherwise;
}

Terminal look_at_terminal(int fd, When color, When progress) {
    Terminal terminal;
    terminal.is_terminal = ::isatty(fd) == 1;
    // Without TERM nothing is known about the terminal. NO_COLOR: see no-color.org; empty counts
    // as unset.
    const bool dumb = environment("TERM").value_or("dumb") == "dumb";
    const bool no_color = !environment("NO_COLOR").value_or("").empty();
    terminal.color = decided(color, terminal.is_terminal && !dumb && !no_color);
    terminal.progress = decided(progress, terminal.is_terminal && !dumb);
    if (terminal.is_terminal) terminal.width = width_of(fd, terminal.width);
    return terminal;
}

}
