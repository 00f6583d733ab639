// Upper and lower case, with the characters that become several and the final sigma.

#include "lang/text/case_tables.hpp"
#include "lang/text/text.hpp"
#include "lang/text/unicode.hpp"

#include <algorithm>

#include <utf8proc.h>

namespace lang::text {

namespace {

utf8proc_int32_t raw(char32_t character) { return static_cast<utf8proc_int32_t>(character); }

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_cased(char32_t c) {
    auto category = utf8proc_category(raw(c));
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
           category == UTF8PROC_CATEGORY_LT;
}

// What may stand between a letter and the sigma that ends its word.
// Unicode, section 3.13, Final_Sigma: between the letter and the sigma such characters do not
// count ("ΟΔΟΣ." ends its word).
bool is_case_ignorable(char32_t c) {
    // Of the properties of word breaks (MidLetter, MidNumLet, Single_Quote) and the few symbols of
    // category Sk.
    if (std::u32string_view(U"'.:^`\u00A8\u00AD\u00AF\u00B4\u00B7\u00B8\u2018\u2019\u2024\u2027")
            .find(c) != std::u32string_view::npos) {
        return true;
    }
    auto category = utf8proc_category(raw(c));
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
           category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_LM ||
           category == UTF8PROC_CATEGORY_SK;
}

bool is_letter_before(std::string_view text, std::size_t offset) {
    while (offset > 0) {
        --offset;
        if ((static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) continue;
        char32_t c = decode(text, offset).character;
        if (!is_case_ignorable(c)) return is_cased(c);
    }
    return false;
}

bool is_letter_after(std::string_view text, std::size_t offset) {
    while (offset < text.size()) {
        auto [c, size] = decode(text, offset);
        if (!is_case_ignorable(c)) return is_cased(c);
        offset += size;
    }
    return false;
}

}

std::string uppercase(std::string_view text, const Stop& stop) {
    std::string out(text);
    // Most texts; and the loop below takes a table for each character.
    if (is_ascii(text)) {
        for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return out;
    }
    out.clear();
    for (std::size_t at = 0; at < text.size() && !stop.stop_requested();) {
        auto [character, size] = decode(text, at);
        at += size;
        // SpecialCasing.txt: "ß" becomes "SS". Rules that depend on a language (Turkish) are not
        // followed: the same program gives the same everywhere.
        std::u32string_view several = special_upper(character);
        if (several.empty()) {
            append(out, static_cast<char32_t>(utf8proc_toupper(raw(character))));
        } else {
            for (char32_t c : several) append(out, c);
        }
    }
    return out;
}

std::string lowercase(std::string_view text, const Stop& stop) {
    std::string out(text);
    if (is_ascii(text)) {
        for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        return out;
    }
    out.clear();
    for (std::size_t at = 0; at < text.size() && !stop.stop_requested();) {
        auto [character, size] = decode(text, at);
        // The only capital whose small form is two characters without any language's rules.
        if (character == U'\u0130') {
            out += "i\u0307";
            // Final sigma: behind a letter and before none.
        } else if (character == U'\u03A3' && is_letter_before(text, at) &&
                   !is_letter_after(text, at + size)) {
            append(out, U'\u03C2');
        } else {
            append(out, static_cast<char32_t>(utf8proc_tolower(raw(character))));
        }
        at += size;
    }
    return out;
}

}
