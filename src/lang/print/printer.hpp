#pragma once

#include "lang/eval/machine.hpp"
#include "lang/print/layout.hpp"

#include <string>

namespace lang {

// An evaluated value in the language's own notation, laid out for 80 columns. What is not evaluated
// stands as it is written. Refuses what would be larger than print::Layout::kMaxBytes.
base::Result<std::string> print_value(Machine& machine, Word word);
// A type or contract of an annotation.
std::string print_annotation(const SourceMap& sources, Span span);

}
