#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The Unicode facts of this folder, over utf8proc.
namespace lang::text {

// The character at an offset of valid UTF-8, and how many bytes it takes.
struct Decoded {
    char32_t character;
    std::size_t size;
};
Decoded decode(std::string_view text, std::size_t offset);
void append(std::string& out, char32_t character);

bool is_white_space(char32_t character);
// The one other case of a character, or the character itself.
char32_t simple_lower(char32_t character);
char32_t simple_upper(char32_t character);

// Walks the rules between clusters. Feed it one character after another.
class ClusterBreaker {
public:
    // Whether a new cluster begins with this character, which follows those before.
    bool breaks_before(char32_t character);

private:
    bool is_first_ = true;
    char32_t previous_ = 0;
    int state_ = 0;
    // Within an Indic conjunct: a consonant, then also a linker (rule GB9c).
    enum class Conjunct : unsigned char { None, Consonant, Linked } conjunct_ = Conjunct::None;
};

}
