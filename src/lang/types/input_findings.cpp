#include "lang/types/input_findings.hpp"

#include "base/text.hpp"

#include <utility>

namespace lang::types {

void InputFindings::add(value::Diagnostic one) {
    if (told_.insert(one.labels[0].span.begin).second) found.push_back(std::move(one));
}

InputFindings InputFindings::begin_trial() const {
    InputFindings trial = *this;
    trial.found.clear();
    return trial;
}

void InputFindings::wrong_value(const std::string& path, const ast::Node* term,
                                const std::string& demand, const std::string& is,
                                std::vector<std::string> notes) {
    const std::string what = path.empty() ? "a " + type->name : "`" + path + "` of a " + type->name;
    add({.kind = "TypecheckError::TypeMismatch",
         .message = what + " " + demand,
         .labels = {{term->span, "this is " + is, true}, {asked_at, "asked for here", false}},
         .notes = std::move(notes),
         .expectation = {}});
}

void InputFindings::unknown_field(const std::string& path, std::string_view name, value::Span at,
                                  const std::vector<std::string_view>& known) {
    std::string help = base::did_you_mean(name, known);
    if (help.empty()) help = "there is: " + base::join(known, ", ");
    add({.kind = "TypecheckError::ExtraRow",
         .message = "a " + type->name + " has no input `" + path + "`",
         .labels = {{at, "set here", true}, {asked_at, "asked for here", false}},
         .notes = {std::move(help)},
         .expectation = {}});
}

void InputFindings::output_set(std::string_view name, value::Span at) {
    add({.kind = "TypecheckError::ExtraRow",
         .message =
             "`" + std::string(name) + "` is an output of a " + type->name + ": it cannot be set",
         .labels = {{at, "set here", true}, {asked_at, "asked for here", false}},
         .notes = {},
         .expectation = {}});
}

}
