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

// What is cut short: what a line does not hold, or nothing, where all of it was asked for or a
// program may be reading.
enum class Cuts : unsigned char { Lines, Nothing };
Cuts cuts_of(const Terminal& terminal, bool full);

// Changes of fields below a step: on a line where they fit, as a diff where they are of many lines.
class FieldView {
public:
    // The terminal outlives it.
    FieldView(const Terminal& terminal, value::Fingerprint fingerprint, Cuts cuts)
        : terminal_(terminal), fingerprint_(std::move(fingerprint)), cuts_(cuts) {}

    // Whole lines. The action is that of the step: one that makes or removes shows one value.
    std::string text(const engine::FieldChange& change, std::string_view remark,
                     engine::StepAction action) const;

private:
    std::string one_value(std::string_view start, std::size_t indent, const value::Value& value,
                          const std::string& tail) const;
    std::string element(const engine::FieldChange& change, const std::string& tail) const;
    std::string pair(const engine::FieldChange& change, const std::string& tail) const;
    std::string pair_of_blocks(const engine::FieldChange& change, const std::string& tail) const;
    std::string diff(const std::string& before, const std::string& after) const;
    std::string block(const std::optional<value::Value>& value, std::size_t used,
                      std::size_t indent) const;
    std::string text_of(const std::optional<value::Value>& value, std::size_t width) const;
    std::string with_tail(std::string text, const std::string& tail) const;
    bool is_cut() const { return cuts_ == Cuts::Lines; }

    const Terminal& terminal_;
    value::Fingerprint fingerprint_;
    Cuts cuts_;
};

}
