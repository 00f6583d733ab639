#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace value {

// A byte position in the concatenation of all sources of one SourceMap. 0 means "no position".
using Pos = std::uint32_t;

// Half open. An empty span at 0 stands for generated text.
struct Span {
    Pos begin = 0;
    Pos end = 0;

    bool exists() const { return begin != 0; }
    bool operator==(const Span&) const = default;
};

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
