#pragma once

#include <string_view>

namespace json::yaml {

// Which styles can express a string.
struct Analysis {
    bool is_multiline = false;
    bool plain_allowed = true;   // in block context
    bool single_quoted_allowed = true;
    bool literal_allowed = true;
};

Analysis analyze(std::string_view text);

// Whether a plain scalar of this text would be read as something else than a string.
bool is_ambiguous(std::string_view text);

// The size of the character at the start of the text, which is not empty.
std::size_t character_size(std::string_view text);
// Whether the character may stand unescaped. The breaks that only YAML 1.1 knows may not, although
// the official exporter writes U+2028 and U+2029 so: their line would get an indentation that
// becomes part of the string when it is read.
bool is_printable(std::string_view character);

}
