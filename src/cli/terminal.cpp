#include "cli/terminal.hpp"

#include "base/check.hpp"
#include "cli/environment.hpp"

#include <fmt/core.h>

#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {

static int sequence_of(Color color) {
    switch (color) {
        case Color::Bold: return 1;
        case Color::Dim: return 2;
        case Color::Red: return 31;
        case Color::Green: return 32;
        case Color::Yellow: return 33;
        case Color::Blue: return 34;
        case Color::Magenta: return 35;
        case Color::Cyan: return 36;
    }
    UNREACHABLE();
}

std::string Terminal::paint(Color wanted, std::string_view text) const {
    if (!color) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", sequence_of(wanted), text);
}

static bool decided(When when, bool automatic) {
    return when == When::Always || (when == When::Auto && automatic);
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
