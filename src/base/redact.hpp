#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// Hides secrets in texts that may repeat them: what a program printed, what a service answered.
// A secret is known by its windows, each eight bytes of it: so it is found when it was cut, taken
// apart into lines, indented or put into something else, and no eight bytes of it in a row are
// left. It is looked for as it is and as base64 (either alphabet, at any place of a longer text,
// wrapped or not), base32, hexadecimal (with separators or not), percent-encoded, as entities of
// HTML, escaped by backslashes (JSON, C, shells) once or twice, quoted for a shell, and each of
// these in UTF-16 too.
//
// Eight: of a password as short as that nothing remains, while seven letters in a row are in many
// words. Windows with fewer than three different characters besides blanks say nothing and would
// be everywhere: indentation, rules, zeros. A whole secret of four to seven bytes is a window
// itself; a shorter one is recognised only when it is all of a text.
class Redactor {
public:
    static constexpr std::size_t kWindow = 8;
    static constexpr std::size_t kShortest = 4;
    // Of all secrets together. Beyond it, no text is let through at all.
    static constexpr std::size_t kMostBytes = std::size_t{4} << 20U;

    Redactor() = default;
    explicit Redactor(const std::vector<std::string>& secrets);
    Redactor(const Redactor&) = default;
    Redactor(Redactor&&) noexcept = default;
    Redactor& operator=(const Redactor&) = default;
    Redactor& operator=(Redactor&&) noexcept = default;
    ~Redactor();   // wiped

    bool is_empty() const { return bytes_ == 0; }
    // The text with `mark` in the places of what tells of a secret. Takes some 0.2 s for a
    // megabyte and 20 MiB beside it, however long it is.
    std::string hide(std::string_view text, std::string_view mark = "(secret)") const;

    // Whether the eight bytes would be hidden: what tests compare with.
    static bool is_telling(std::string_view window);

private:
    class Scan;
    void add(std::string_view secret);
    bool has(std::uint64_t window, std::size_t size) const;

    std::size_t bytes_ = 0;
    // By the number of bytes, which are the low ones of each: sorted.
    std::array<std::vector<std::uint64_t>, kWindow + 1> windows_;
    // Which there cannot be, by some bits of them: most places of a text end here.
    std::array<std::vector<bool>, kWindow + 1> filters_;
    std::vector<std::string> short_;
};

}
