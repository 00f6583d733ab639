#include "lang/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <utf8proc.h>

namespace lang::text {

// The text is valid, so the first byte says all; the bounds are for a text that was cut by
// mistake.
Decoded decode(std::string_view text, std::size_t offset) {
    auto byte = [&](std::size_t at) {
        return offset + at < text.size() ? static_cast<unsigned char>(text[offset + at]) : 0U;
    };
    auto tail = [&](std::size_t at) { return static_cast<char32_t>(byte(at) & 0x3F); };
    char32_t first = byte(0);
    if (first < 0x80) return {first, 1};
    if (first < 0xE0) return {((first & 0x1F) << 6) | tail(1), 2};
    if (first < 0xF0) return {((first & 0x0F) << 12) | (tail(1) << 6) | tail(2), 3};
    return {((first & 0x07) << 18) | (tail(1) << 12) | (tail(2) << 6) | tail(3), 4};
}

void append(std::string& out, char32_t character) {
    std::array<utf8proc_uint8_t, 4> bytes;
    auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(character), bytes.data());
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

char32_t simple_lower(char32_t character) {
    return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character)));
}
char32_t simple_upper(char32_t character) {
    return static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(character)));
}

// White_Space of the character database, PropList.txt.
bool is_white_space(char32_t c) {
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

namespace {

using Range = std::pair<char32_t, char32_t>;

// Indic_Conjunct_Break, linkers and consonants: utf8proc is older than rule GB9c. Sorted.
constexpr std::array<char32_t, 20> kLinkers = {
    0x94D,  0x9CD,  0xACD,  0xB4D,   0xC4D,   0xD4D,   0x1039,  0x17D2,  0x1A60,  0x1B44,
    0x1BAB, 0xA9C0, 0xAAF6, 0x10A3F, 0x11133, 0x113D0, 0x1193E, 0x11A47, 0x11A99, 0x11F42,
};
constexpr std::array<Range, 76> kConsonants = {{
    {0x915, 0x939},     {0x958, 0x95F},     {0x978, 0x97F},     {0x995, 0x9A8},
    {0x9AA, 0x9B0},     {0x9B2, 0x9B2},     {0x9B6, 0x9B9},     {0x9DC, 0x9DD},
    {0x9DF, 0x9DF},     {0x9F0, 0x9F1},     {0xA95, 0xAA8},     {0xAAA, 0xAB0},
    {0xAB2, 0xAB3},     {0xAB5, 0xAB9},     {0xAF9, 0xAF9},     {0xB15, 0xB28},
    {0xB2A, 0xB30},     {0xB32, 0xB33},     {0xB35, 0xB39},     {0xB5C, 0xB5D},
    {0xB5F, 0xB5F},     {0xB71, 0xB71},     {0xC15, 0xC28},     {0xC2A, 0xC39},
    {0xC58, 0xC5A},     {0xD15, 0xD3A},     {0x1000, 0x102A},   {0x103F, 0x103F},
    {0x1050, 0x1055},   {0x105A, 0x105D},   {0x1061, 0x1061},   {0x1065, 0x1066},
    {0x106E, 0x1070},   {0x1075, 0x1081},   {0x108E, 0x108E},   {0x1780, 0x17B3},
    {0x1A20, 0x1A54},   {0x1B0B, 0x1B0C},   {0x1B13, 0x1B33},   {0x1B45, 0x1B4C},
    {0x1B83, 0x1BA0},   {0x1BAE, 0x1BAF},   {0x1BBB, 0x1BBD},   {0xA989, 0xA98B},
    {0xA98F, 0xA9B2},   {0xA9E0, 0xA9E4},   {0xA9E7, 0xA9EF},   {0xA9FA, 0xA9FE},
    {0xAA60, 0xAA6F},   {0xAA71, 0xAA73},   {0xAA7A, 0xAA7A},   {0xAA7E, 0xAA7F},
    {0xAAE0, 0xAAEA},   {0xABC0, 0xABDA},   {0x10A00, 0x10A00}, {0x10A10, 0x10A13},
    {0x10A15, 0x10A17}, {0x10A19, 0x10A35}, {0x11103, 0x11126}, {0x11144, 0x11144},
    {0x11147, 0x11147}, {0x11380, 0x11389}, {0x1138B, 0x1138B}, {0x1138E, 0x1138E},
    {0x11390, 0x113B5}, {0x11900, 0x11906}, {0x11909, 0x11909}, {0x1190C, 0x11913},
    {0x11915, 0x11916}, {0x11918, 0x1192F}, {0x11A00, 0x11A00}, {0x11A0B, 0x11A32},
    {0x11A50, 0x11A50}, {0x11A5C, 0x11A83}, {0x11F04, 0x11F10}, {0x11F12, 0x11F33},
}};

bool is_linker(char32_t c) {
    return c >= kLinkers.front() && std::binary_search(kLinkers.begin(), kLinkers.end(), c);
}

bool is_consonant(char32_t c) {
    if (c < kConsonants.front().first) return false;
    auto after = std::upper_bound(
        kConsonants.begin(), kConsonants.end(), c,
        [](char32_t character, const Range& range) { return character < range.first; });
    return after != kConsonants.begin() && c <= std::prev(after)->second;
}

// What may stand within a conjunct: extending characters but the non-joiner.
// Of rule GB9c, InCB=Extend. U+200C is left out, because its purpose is to keep a conjunct from
// being made.
bool is_conjunct_extend(char32_t c) {
    if (c == 0x200C) return false;
    auto boundary = utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->boundclass;
    return boundary == UTF8PROC_BOUNDCLASS_EXTEND || boundary == UTF8PROC_BOUNDCLASS_ZWJ;
}

}

bool ClusterBreaker::breaks_before(char32_t character) {
    bool breaks = true;
    if (is_first_) {
        is_first_ = false;
    } else {
        // utf8proc keeps in `state_` what rules GB11 to GB13 need: emoji sequences, and flags,
        // which are pairs.
        breaks =
            utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(previous_),
                                             static_cast<utf8proc_int32_t>(character), &state_);
    }
    bool consonant = is_consonant(character);
    // GB9c: consonant, linker, consonant, with extending characters in between: no break, so "क्ष"
    // is one.
    if (consonant && conjunct_ == Conjunct::Linked) breaks = false;
    if (consonant) {
        conjunct_ = Conjunct::Consonant;
    } else if (conjunct_ != Conjunct::None) {
        if (is_linker(character)) {
            conjunct_ = Conjunct::Linked;
        } else if (!is_conjunct_extend(character)) {
            conjunct_ = Conjunct::None;
        }
    }
    previous_ = character;
    return breaks;
}

}
