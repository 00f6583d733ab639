#include "engine/plan/problems.hpp"

#include "provider/provider.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>

namespace engine {

Problem Problem::of(const base::Error& error, std::string address) {
    Problem out{
        .address = std::move(address), .message = error.text(), .help = std::string(error.help())};
    if (error.advice() != nullptr) out.advice = *error.advice();
    return out;
}

Problem Problem::of_call(const base::Error& error, std::string address) {
    Problem out = of(error, std::move(address));
    out.code = provider::call_code(error);
    return out;
}

// What led there may be told differently: the way is another from each resource that reads it.
static bool is_same_mistake(const value::Diagnostic& one, const value::Diagnostic& other) {
    if (one.kind != other.kind || one.message != other.message) return false;
    if (one.labels.empty() || other.labels.empty()) return one == other;
    return one.labels.front() == other.labels.front();
}

void ProblemList::add(Problem problem) {
    if (problem.diagnostic) {
        const bool is_told = std::ranges::any_of(found_, [&](const Ranked& told) {
            return told.problem.diagnostic &&
                   is_same_mistake(*told.problem.diagnostic, *problem.diagnostic);
        });
        if (is_told) return;
    } else {
        const value::InputPlace& place = problem.place;
        std::string where = place.file.empty()
                                ? problem.address
                                : fmt::format("{}:{}:{}", place.file, place.line, place.column);
        if (!told_.insert(fmt::format("{}\n{}", where, problem.message)).second) return;
    }
    found_.push_back({.rank = rank_, .problem = std::move(problem)});
}

std::vector<Problem> ProblemList::take() {
    told_.clear();
    std::ranges::stable_sort(found_, {}, &Ranked::rank);
    std::vector<Problem> out;
    out.reserve(found_.size());
    for (Ranked& one : std::exchange(found_, {})) out.push_back(std::move(one.problem));
    return out;
}

base::Error error_of(std::vector<Problem> problems) {
    base::Code code = problems.empty() ? base::Code::InvalidArgument : problems.front().code;
    std::string message;
    for (const Problem& problem : problems) {
        if (!message.empty()) message += '\n';
        message += problem.diagnostic ? problem.diagnostic->message : problem.message;
        if (problem.code == base::Code::InvalidArgument) code = problem.code;
    }
    return base::Error(code, std::move(message))
        .with_detail(std::make_shared<Problems>(std::move(problems)));
}

base::Error with_program(base::Error error, std::shared_ptr<const lang::Program> program) {
    const auto* problems = dynamic_cast<const Problems*>(error.detail());
    if (problems == nullptr) return error;
    auto detail = std::make_shared<Problems>(problems->found(), std::move(program));
    return std::move(error).with_detail(std::move(detail));
}

}
