#pragma once

#include "cli/terminal.hpp"
#include "engine/plan/plan.hpp"
#include "value/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

// Columns that a view may fill: those of the terminal, or as many as fit a page.
std::size_t width_of(const Terminal& terminal);
// Of those, what is left of a line, but never too little to say anything.
std::size_t width_left(const Terminal& terminal, std::size_t used);

// Changes of fields below a step: on a line where they fit, as a diff where they are of many lines.
class FieldView {
public:
    // The terminal outlives it.
    FieldView(const Terminal& terminal, value::Fingerprint fingerprint)
        : terminal_(terminal), fingerprint_(std::move(fingerprint)) {}

    // Whole lines. The action is that of the step: one that makes or removes shows one value.
    std::string text(const engine::FieldChange& change, std::string_view remark,
                     engine::StepAction action) const;

private:
    std::string on_a_line(const engine::FieldChange& change, const std::string& tail) const;
    std::string diff(const std::string& before, const std::string& after) const;
    std::string text_of(const std::optional<value::Value>& value, std::size_t width) const;

    const Terminal& terminal_;
    value::Fingerprint fingerprint_;
};

}
