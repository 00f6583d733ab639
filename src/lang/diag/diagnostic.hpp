#pragma once

#include "lang/syntax/source.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lang {

enum class Severity : unsigned char { Error, Warning };

// A span with a remark. Primary labels say where it is wrong, secondary ones what made it so.
struct Label {
    Span span;
    std::string text;
    bool primary = true;

    bool operator==(const Label&) const = default;
};

// A finding as data; rendered at the edge. `kind` is the name in the error index, such as
// "EvalError::BlameError"; `expectation` carries its payload ("field" -> "foo").
struct Diagnostic {
    Severity severity = Severity::Error;
    std::string kind;
    std::string message;   // lower case, no full stop
    std::vector<Label> labels;
    std::vector<std::string> notes;
    std::vector<std::pair<std::string, std::string>> expectation;

    bool operator==(const Diagnostic&) const = default;
};

}
