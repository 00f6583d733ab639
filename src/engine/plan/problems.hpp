#pragma once

#include "base/error.hpp"
#include "lang/program.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace engine {

// Something that keeps the plan from being made: a finding of the evaluation, or of the engine.
struct Problem {
    std::string address = {};                           // "" when it concerns no single resource
    std::optional<value::Diagnostic> diagnostic = {};   // of the evaluation; its Program renders it
    std::string message = {};                           // otherwise
    std::string help = {};
    std::optional<base::Advice> advice = {};
    value::InputPlace place = {};   // file "" when unknown
    value::InputPlace other = {};   // a second place that it is about; file "" for none
    // What kind of failure it is for whoever branches on it; mostly that the program is wrong.
    base::Code code = base::Code::InvalidArgument;

    // What an error says, with its advice. Its code is for the caller to choose.
    static Problem of(const base::Error& error, std::string address);
    // The same for an error of a call, or of the way to the platform: it is not the program that is
    // wrong, whatever the platform says.
    static Problem of_call(const base::Error& error, std::string address);
};

// Problems, each told once: what is written in a contract or a function, or is wrong with a
// connection, reaches many resources. They are told in the order of what they were found at, which
// is that of the evaluation, even where an answer of the platform came later.
class ProblemList {
public:
    static constexpr std::size_t kAtTheEnd = SIZE_MAX;
    // What is added from now on was found at this resource, by its index.
    void begin_at(std::size_t rank) { rank_ = rank; }
    void add(Problem problem);
    bool empty() const { return found_.empty(); }
    template <typename Visit>
    void for_each(const Visit& visit) {
        for (Ranked& one : found_) visit(one.problem);
    }
    std::vector<Problem> take();

private:
    struct Ranked {
        std::size_t rank = 0;
        Problem problem;
    };
    std::vector<Ranked> found_;
    std::set<std::string> told_;   // message and place, else address
    std::size_t rank_ = 0;
};

// Carried by the error that ends planning: all problems, in the order found.
class Problems final : public base::ErrorDetail {
public:
    explicit Problems(std::vector<Problem> found,
                      std::shared_ptr<const lang::Program> program = nullptr)
        : found_(std::move(found)), program_(std::move(program)) {}
    const std::vector<Problem>& found() const { return found_; }
    // What renders the diagnostics, and has the sources; null: there is none.
    const lang::Program* program() const { return program_.get(); }

private:
    std::vector<Problem> found_;
    std::shared_ptr<const lang::Program> program_;
};

// Its code is that of the first, unless the program itself is wrong: that has to be mended before
// the rest can be judged.
base::Error error_of(std::vector<Problem> problems);
// The error with what it takes to show its problems, if it has any.
base::Error with_program(base::Error error, std::shared_ptr<const lang::Program> program);

}
