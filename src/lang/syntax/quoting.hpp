#pragma once

#include <string>
#include <string_view>

namespace lang {

// How names and texts are written so that they can be read back. Names made of letters, digits, `_`
// and `-`, the first being a letter, need no quotes; in a field, reserved words do.
bool is_plain_field(std::string_view text);

std::string quote_field(std::string_view name);    // foo, "foo bar", "default"
std::string quote_tag(std::string_view name);      // 'foo, '"foo bar"
std::string quote_string(std::string_view text);   // "a\nb"

// The inside of a double-quoted string.
std::string escape_string(std::string_view text);

}
