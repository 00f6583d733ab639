#include "base/text.hpp"
#include "cli/given.hpp"
#include "cli/interrupts.hpp"
#include "engine/run/inputs.hpp"
#include "lang/syntax/quoting.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <poll.h>
#include <unistd.h>

namespace cli {

namespace {

using lang::DeclaredInput;
using lang::Given;

constexpr int kTries = 3;

// A line of standard input; nothing at its end, or when the first signal came.
std::optional<std::string> read_line(const Interrupts* interrupts) {
    constexpr std::size_t kLongest = std::size_t{64} << 10U;
    std::string line;
    for (;;) {
        pollfd watched[2] = {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                             {.fd = interrupts != nullptr ? interrupts->wake_fd() : -1,
                              .events = POLLIN,
                              .revents = 0}};
        while (::poll(watched, 2, -1) < 0) {
        }
        char c = 0;
        if (watched[1].revents != 0 || ::read(STDIN_FILENO, &c, 1) != 1) return std::nullopt;
        if (c == '\n') return line;
        if (line.size() < kLongest) line += c;
    }
}

// What may have been meant, the likeliest first: a person writes a text without quotes.
std::vector<std::string> readings_of(const std::string& answer, const DeclaredInput& input) {
    const std::string text = lang::quote_string(answer);
    if (input.type.starts_with("String")) {
        return answer.starts_with('"') ? std::vector{answer, text} : std::vector{text};
    }
    return {answer, "'" + answer, text};
}

const DeclaredInput* find(const engine::DeclaredInputs& declared, const std::string& name) {
    auto found = std::ranges::find_if(
        declared.inputs, [&](const DeclaredInput& input) { return input.name == name; });
    return found == declared.inputs.end() ? nullptr : &*found;
}

class Question {
public:
    Question(Context& context, engine::Deployment& deployment, std::vector<Given>& given)
        : context_(context), deployment_(deployment), given_(given) {}

    base::Result<void> ask(const DeclaredInput& input) {
        const Terminal& terminal = context_.err_terminal();
        std::string heading = terminal.paint(Color::Bold, base::escape_controls(input.name));
        if (!input.type.empty()) heading += "  " + base::escape_controls(input.type);
        context_.err().line("{}", heading);
        for (const std::string& line : base::wrap(base::escape_controls(input.doc), terminal.width))
            if (!line.empty()) context_.err().line("{}", line);
        for (int i = 0; i < kTries; ++i) {
            context_.err().write(input.name + " = ");
            context_.err().flush();
            const auto answer = read_line(context_.caught_interrupts());
            if (!answer) {
                context_.err().write("\n");
                return base::Error(
                    base::Code::Cancelled,
                    fmt::format("no value for `{}`; nothing was changed", input.name));
            }
            if (TRY(take(input, std::string(base::trim(*answer))))) return {};
        }
        return base::invalid_argument(
            fmt::format("no value for `{}` that fits, in {} tries", input.name, kTries));
    }

private:
    // Whether the program takes it; otherwise says why not.
    base::Result<bool> take(const DeclaredInput& input, const std::string& answer) {
        if (answer.empty()) {
            context_.err().line("a value is needed");
            return false;
        }
        std::string why;
        for (const std::string& reading : readings_of(answer, input)) {
            given_.push_back({.from = Given::From::Option,
                              .name = "the answer",
                              .text = "inputs." + lang::quote_field(input.name) + "=" + reading});
            auto tried = engine::declared_inputs(deployment_, given_);
            const DeclaredInput* now = tried.ok() ? find(*tried, input.name) : nullptr;
            if (now != nullptr && now->value) return true;
            given_.pop_back();
            if (!why.empty()) continue;
            why = now != nullptr && now->error ? now->error->message
                                               : fmt::format("`{}` is no value", answer);
        }
        context_.err().line("{}", base::escape_controls(why));
        return false;
    }

    Context& context_;
    engine::Deployment& deployment_;
    std::vector<Given>& given_;
};

}

base::Result<void> ask_inputs(Context& context, engine::Deployment& deployment,
                              std::vector<Given>& given) {
    const auto declared = TRY(engine::declared_inputs(deployment, given));
    context.out().flush();
    Question question(context, deployment, given);
    for (const DeclaredInput& input : declared.inputs) {
        if (input.is_missing()) TRY(question.ask(input));
    }
    return {};
}

}
