#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

std::vector<std::string_view> split(std::string_view text, char separator);   // "a,,b" has 3 parts
std::vector<std::string_view> split_lines(std::string_view text);   // no empty last line; drops \r
std::string_view trim(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string join(std::span<const std::string_view> parts, std::string_view separator);
std::string to_lower_ascii(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);   // ASCII letters
std::string replace_all(std::string_view text, std::string_view what, std::string_view with);

// Number of inserted, removed, changed or swapped neighbouring bytes that turn a into b.
std::size_t edit_distance(std::string_view a, std::string_view b);
// The candidate most like the word, or empty when none is near enough to be what was meant.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);
std::string_view nearest(std::string_view word, std::span<const std::string> candidates);
// "did you mean `x`?", or empty.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

std::string format_count(std::uint64_t number);                   // "12,345"
std::string format_bytes(std::uint64_t bytes);                    // "1.5 MiB"
std::string format_duration(std::chrono::nanoseconds duration);   // "85 ms", "1.2 s", "3m 07s"
std::string count_of(std::uint64_t number, std::string_view singular);   // "1 file", "2 files"

// Columns that the text takes on a terminal. Counts wide characters twice, combining ones and
// colour sequences not at all.
std::size_t display_width(std::string_view text);
std::string truncate_to_width(std::string_view text, std::size_t width);   // ends in … when cut
std::string pad_to_width(std::string_view text, std::size_t width);
std::vector<std::string> wrap(std::string_view text, std::size_t width);
// Lines that are wider are broken between words, and go on a little further in than they began. A
// word that is wider itself is left whole: it may be a path to be copied.
std::string wrap_lines(std::string_view text, std::size_t width);
// What is not ours may not steer the terminal, nor read as something else: control characters (C0,
// DEL, C1), marks that reorder text and line separators become visible escapes.
std::string escape_controls(std::string_view text);
// The text in a style (the parameters of SGR: "1;31"), in a form that no text from outside can
// have, as it holds a number that this process has drawn.
std::string style_text(std::string_view parameters, std::string_view text);
// What a person is shown: the styles of `style_text` become real, and whatever else would steer
// the terminal a visible escape. Applied at the edge, to everything.
std::string shown_text(std::string_view text);

// A JSON text of the same value, in which nothing steers a terminal: "\u009b".
std::string shown_json(std::string_view text);

// What is not UTF-8 becomes U+FFFD.
std::string mend_utf8(std::string_view text);
std::string quote_json(std::string_view text);    // with the quotes; mended
std::string quote_shell(std::string_view text);   // quoted only when it must be

}
