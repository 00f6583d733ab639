#pragma once

#include "lang/diag/render_text.hpp"
#include "lang/syntax/source.hpp"
#include "value/diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lang {

enum class Style : unsigned char { Plain, Error, Warning, Secondary, Frame, Heading };

// Text in a style, or as it is when there is to be no colour.
std::string styled(std::string_view text, Style style, bool colour);

// The lines of one source that carry labels, with their underlines. Lines are separated from the
// numbers before them by `│`; `number_width` is how wide those are.
std::string render_snippet(const Source& source, const std::vector<const value::Label*>& labels,
                           Style primary_style, std::size_t number_width,
                           const RenderOptions& options);

// The 1-based number of the last line that has a label.
std::size_t last_line_of(const Source& source, const std::vector<const value::Label*>& labels);

}
