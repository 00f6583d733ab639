#include "cli/approval.hpp"

#include "base/text.hpp"
#include "cli/interrupts.hpp"

#include <fmt/core.h>

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
    return std::string(base::trim(line));
}

base::Result<std::string> asked(Context& context, std::string_view question,
                                std::string_view expected) {
    context.out().flush();
    context.err().write(context.err_terminal().paint(Color::Bold, question));
    context.err().write(expected);
    context.err().flush();
    auto answer = read_answer(context.caught_interrupts());
    if (!answer.ok()) context.err().write("\n");
    return answer;
}

}

base::Result<void> ask_approval(Context& context, std::string_view question) {
    // Only where a person can see the question and answer it. A pipe that happens to say "y" has
    // not approved anything.
    if (!context.can_ask()) {
        return base::Error(base::Code::NotApproved, "not approved: there is no terminal to ask on")
            .with_help("`--yes` approves without asking");
    }
    const std::string answer = base::to_lower_ascii(TRY(asked(context, question, " [y/N] ")));
    // Everything else is a no, an empty answer too.
    if (answer == "y" || answer == "yes") return {};
    return base::Error(base::Code::NotApproved, "not approved: nothing was changed");
}

base::Result<void> ask_name(Context& context, std::string_view question, std::string_view name) {
    if (!context.can_ask()) {
        return base::Error(base::Code::NotApproved,
                           fmt::format("not approved: {} is protected, and there is no terminal to "
                                       "ask on",
                                       name))
            .with_help(fmt::format("`--confirm {}` approves what deletes there", name));
    }
    if (TRY(asked(context, question, fmt::format(" Type {}: ", name))) == name) return {};
    return base::Error(base::Code::NotApproved, "not approved: nothing was changed");
}

}
