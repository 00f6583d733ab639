#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

enum class Color : unsigned char { Bold, Dim, Red, Green, Yellow, Blue, Magenta, Cyan };

// What can be done with an output stream.
struct Terminal {
    bool is_terminal = false;
    bool color = false;
    bool progress = false;   // live, redrawn lines are wanted
    std::size_t width = 80;

    // The text in a colour, or as it is where there are none.
    std::string paint(Color color, std::string_view text) const;
};

enum class When : unsigned char { Auto, Always, Never };

// While it lives, what is typed is not echoed: it would stand in the middle of what is redrawn.
// Only on the terminal that this program has the foreground of. Signals by keys go on.
class EchoOff {
public:
    EchoOff();
    ~EchoOff();
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;
};
// As the terminal was before; for whoever ends the process without destructors. May be called in a
// signal handler.
void restore_echo();

// Looks at the descriptor; NO_COLOR and TERM=dumb count under When::Auto.
// Columns of the terminal at this moment: a window may be made wider or narrower at any time.
std::size_t width_of(int fd, std::size_t otherwise);

Terminal look_at_terminal(int fd, When color, When progress);

}
