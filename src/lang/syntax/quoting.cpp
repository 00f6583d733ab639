#include "lang/syntax/quoting.hpp"

#include "lang/syntax/token.hpp"

#include <algorithm>

namespace lang {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Primes are legal in identifiers, but the official printer quotes names that have one.
bool is_plain_name(std::string_view text) {
    std::size_t first = text.find_first_not_of('_');
    if (first == text.npos || !is_letter(text[first])) return false;
    return std::ranges::all_of(text.substr(first), [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

}

bool is_plain_field(std::string_view text) {
    return is_plain_name(text) && word_kind(text) == TokenKind::Identifier;
}

std::string quote_field(std::string_view name) {
    return is_plain_field(name) ? std::string(name) : quote_string(name);
}

std::string quote_tag(std::string_view name) {
    std::string result = "'";
    result += is_plain_name(name) ? std::string(name) : quote_string(name);
    return result;
}

std::string quote_string(std::string_view text) { return "\"" + escape_string(text) + "\""; }

std::string escape_string(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t stop = text.find_first_of("\\\"%\n\r", at);
        if (stop == text.npos) stop = text.size();
        result.append(text, at, stop - at);
        if (stop == text.size()) break;
        at = stop + 1;
        switch (text[stop]) {
            case '\n': result += "\\n"; break;
            case '\r': result += "\\r"; break;
            // A `%` alone is text; only before a brace does it begin a hole.
            case '%': result += at < text.size() && text[at] == '{' ? "\\%" : "%"; break;
            default: (result += '\\') += text[stop];
        }
    }
    return result;
}

}
