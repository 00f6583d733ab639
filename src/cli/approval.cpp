#include "cli/approval.hpp"

#include "base/text.hpp"
#include "cli/interrupts.hpp"

#include <poll.h>
#include <unistd.h>

namespace cli {
namespace {

enum class Wait : unsigned char { Input, Interrupted };

// Waits for input, or for the first signal where signals are caught.
// The signal thread writes to a pipe, so one poll() waits for both.
Wait wait_for_input(const Interrupts* interrupts) {
    pollfd watched[2] = {
        {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
        {.fd = interrupts != nullptr ? interrupts->wake_fd() : -1, .events = POLLIN, .revents = 0}};
    // Only EINTR comes here, from signals that are of no interest.
    while (::poll(watched, 2, -1) < 0) {
    }
    return watched[1].revents != 0 ? Wait::Interrupted : Wait::Input;
}

base::Result<std::string> read_answer(const Interrupts* interrupts) {
    constexpr std::size_t kLongest = 100;
    std::string line;
    char c = 0;
    // Byte by byte: what a user types ahead for the next question stays in the terminal.
    while (line.size() < kLongest) {
        if (wait_for_input(interrupts) == Wait::Interrupted) {
            return base::Error(base::Code::Cancelled,
                               "interrupted at the question; nothing was changed");
        }
        // The end of the input is no answer, and so a no.
        if (::read(STDIN_FILENO, &c, 1) != 1 || c == '\n') break;
        line += c;
    }
    return base::to_lower_ascii(base::trim(line));
}

}

base::Result<void> ask_approval(Context& context, std::string_view question) {
    // Only where a person can see the question and answer it. A pipe that happens to say "y" has
    // not approved anything.
    if (!context.can_ask()) {
        return base::Error(base::Code::NotApproved, "not approved: there is no terminal to ask on")
            .with_help("`--yes` approves without asking");
    }
    context.out().flush();
    context.err().write(context.err_terminal().paint(Color::Bold, question));
    context.err().write(" [y/N] ");
    context.err().flush();
    auto answer = read_answer(context.caught_interrupts());
    if (!answer.ok()) {
        context.err().write("\n");
        return std::move(answer).error();
    }
    // Everything else is a no, an empty answer too.
    if (*answer == "y" || *answer == "yes") return {};
    return base::Error(base::Code::NotApproved, "not approved: nothing was changed");
}

}
