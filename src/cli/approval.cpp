#include "cli/approval.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"

#include <unistd.h>

namespace cli {
namespace {

std::string read_answer() {
    std::string line;
    char c = 0;
    while (line.size() < 100 && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n') line += c;
    return base::to_lower_ascii(base::trim(line));
}

base::Error refused(std::string message, std::string help) {
    return base::Error(base::Code::PermissionDenied, std::move(message))
        .with_exit_code(kExitNotPermitted)
        .with_help(std::move(help));
}

}

base::Result<void> ask_approval(Context& context, std::string_view question) {
    if (!context.can_ask()) {
        return refused("not approved: there is no terminal to ask on",
                       "`--yes` approves without asking");
    }
    context.out().flush();
    context.err().write(context.err_terminal().paint(Color::Bold, question));
    context.err().write(" [y/N] ");
    context.err().flush();
    std::string answer = read_answer();
    if (answer == "y" || answer == "yes") return {};
    return refused("not approved: nothing was changed", {});
}

}
