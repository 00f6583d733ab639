#pragma once

#include "lang/print/layout.hpp"

#include <string_view>

namespace lang::print {

// Appends an expression or type, given as source text, in the form that values are printed in.
void append_source(Layout& layout, std::string_view text);
// The metadata of a field, in the order in which it is printed.
void append_doc(Layout& layout, std::string_view doc);

}
