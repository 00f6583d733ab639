#include "engine/plan/problems.hpp"

#include <fmt/core.h>

#include <memory>

namespace engine {

base::Error error_of(std::vector<Problem> problems) {
    int exit_code = problems.empty() ? 65 : problems.front().exit_code;
    std::string message;
    for (const Problem& problem : problems) {
        if (!message.empty()) message += '\n';
        message += problem.diagnostic ? problem.diagnostic->message : problem.message;
        // What is wrong in the configuration has to be mended before the rest can be judged.
        if (problem.exit_code == 65) exit_code = 65;
    }
    base::Code code = exit_code == 65   ? base::Code::InvalidArgument
                      : exit_code == 77 ? base::Code::PermissionDenied
                                        : base::Code::Unavailable;
    return base::Error(code, std::move(message))
        .with_exit_code(exit_code)
        .with_detail(std::make_shared<Problems>(std::move(problems)));
}

base::Error with_program(base::Error error, std::shared_ptr<const lang::Program> program) {
    const auto* problems = dynamic_cast<const Problems*>(error.detail());
    if (problems == nullptr) return error;
    auto detail = std::make_shared<Problems>(problems->found(), std::move(program));
    return std::move(error).with_detail(std::move(detail));
}

}
