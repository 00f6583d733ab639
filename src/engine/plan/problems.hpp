#pragma once

#include "base/error.hpp"
#include "lang/program.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine {

// Something that keeps the plan from being made: a finding of the evaluation, or of the engine.
struct Problem {
    std::string address;                           // "" when it concerns no single resource
    std::optional<value::Diagnostic> diagnostic;   // of the evaluation; rendered by its Program
    std::string message;                           // otherwise
    std::string help;
    value::InputPlace place;   // file "" when unknown
    value::InputPlace other;   // a second place that it is about; file "" for none
    int exit_code = 65;
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

base::Error error_of(std::vector<Problem> problems);
// The error with what it takes to show its problems, if it has any.
base::Error with_program(base::Error error, std::shared_ptr<const lang::Program> program);

}
