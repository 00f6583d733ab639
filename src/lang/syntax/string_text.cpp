#include "lang/syntax/string_text.hpp"

#include "lang/syntax/utf8.hpp"

#include <algorithm>
#include <limits>

namespace lang {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// `\xHH`, with at[0] the x. Returns how many characters it has behind the backslash, 0 if none fit.
std::size_t decode_hex(std::string_view at, std::string& text, BadEscape& bad) {
    int high = at.size() >= 3 ? hex_value(at[1]) : -1;
    int low = at.size() >= 3 ? hex_value(at[2]) : -1;
    if (high < 0 || low < 0) return 0;
    if (high > 7) {
        // Above 7F it would be one byte that is no UTF-8, in a language whose strings are text.
        bad = {0, 3, "an ASCII escape is at most \\x7F"};
        return 3;
    }
    text.push_back(static_cast<char>(high * 16 + low));
    return 3;
}

// `\u{H…}`, with at[0] the u.
std::size_t decode_unicode(std::string_view at, std::string& text, BadEscape& bad) {
    // Six digits at the most, with `u{` before and `}` behind: nine characters.
    std::size_t close = at.substr(0, 9).find('}');
    if (at.size() < 4 || at[1] != '{' || close == at.npos || close == 2) return 0;
    std::uint32_t code = 0;
    for (char c : at.substr(2, close - 2)) {
        int value = hex_value(c);
        if (value < 0) return 0;
        code = code * 16 + static_cast<std::uint32_t>(value);
    }
    // Unicode ends at 10FFFF. The surrogates are halves of UTF-16's pairs and no characters.
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        bad = {0, close + 1, "there is no character of this number"};
        return close + 1;
    }
    append_utf8(text, code);
    return close + 1;
}

// What stands behind a backslash. Returns its size, 0 when it is no escape.
std::size_t decode_escape(std::string_view at, std::string& text, BadEscape& bad) {
    if (at.empty()) return 0;
    switch (at[0]) {
        case '\'':
        case '"':
        case '\\':
        case '%': text.push_back(at[0]); return 1;
        case 'n': text.push_back('\n'); return 1;
        case 'r': text.push_back('\r'); return 1;
        case 't': text.push_back('\t'); return 1;
        case 'x': return decode_hex(at, text, bad);
        case 'u': return decode_unicode(at, text, bad);
        default: return 0;
    }
}

bool is_indentation(char c) { return c == ' ' || c == '\t'; }

bool is_blank(std::string_view text) { return std::ranges::all_of(text, is_indentation); }

std::string_view without_carriage_returns(std::string_view text, Arena& arena) {
    // A file that is saved with \r\n has the same strings as one saved with \n.
    if (text.find("\r\n") == text.npos) return text;
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n')
            result.push_back(text[i]);
    }
    return arena.copy(std::string_view(result));
}

std::uint32_t shared_indentation(const std::vector<MultilinePiece>& pieces) {
    std::uint32_t shared = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t current = 0;
    bool at_start = true;
    for (const MultilinePiece& piece : pieces) {
        // A hole that begins a line counts as text.
        if (piece.is_hole && at_start) {
            shared = std::min(shared, current);
            at_start = false;
        }
        for (std::size_t i = 0; i < piece.text.size(); ++i) {
            char c = piece.text[i];
            if (c == '\n') {
                at_start = true;
                current = 0;
            } else if (at_start && is_indentation(c)) {
                ++current;
            } else if (at_start) {
                shared = std::min(shared, current);
                at_start = false;
            }
            // On to the end of the line in one step; only beginnings matter here.
            if (!at_start) {
                i = piece.text.find('\n', i);
                if (i == piece.text.npos) break;
                --i;
            }
        }
    }
    return shared;
}

// Of a hole that begins its line.
bool is_only_hole_of_line(const std::vector<MultilinePiece>& pieces, std::size_t hole) {
    for (std::size_t i = hole + 1; i < pieces.size(); ++i) {
        if (pieces[i].is_hole) return false;
        if (pieces[i].text.find('\n') != std::string_view::npos) return true;
    }
    return true;
}

}

std::string decode_string(std::string_view raw, BadEscape& bad) {
    std::string text;
    text.reserve(raw.size());
    std::size_t at = 0;
    while (at < raw.size()) {
        std::size_t stop = raw.find_first_of("\\\r", at);
        if (stop == raw.npos) stop = raw.size();
        text.append(raw, at, stop - at);
        if (stop == raw.size()) break;
        at = stop + 1;
        if (raw[stop] == '\r') {
            // A carriage return before a line feed is dropped, any other is text.
            if (at == raw.size() || raw[at] != '\n') text.push_back('\r');
            continue;
        }
        BadEscape found;
        std::size_t size = decode_escape(raw.substr(at), text, found);
        if (size == 0) found = {0, 1, "there is no such escape"};
        if (found.message && !bad.message) bad = {stop, found.size + 1, found.message};
        at += size;
    }
    return text;
}

void strip_indentation(std::vector<MultilinePiece>& pieces, Arena& arena) {
    for (MultilinePiece& piece : pieces) piece.text = without_carriage_returns(piece.text, arena);
    // The line of `m%"` and that of `"%` are there for the looks of the source; only when blank,
    // or text would be lost.
    if (!pieces.empty() && !pieces.front().is_hole) {
        std::string_view& first = pieces.front().text;
        std::size_t newline = first.find('\n');
        if (newline != first.npos && is_blank(first.substr(0, newline)))
            first.remove_prefix(newline + 1);
    }
    if (!pieces.empty() && !pieces.back().is_hole) {
        std::string_view& last = pieces.back().text;
        std::size_t newline = last.rfind('\n');
        if (newline != last.npos && is_blank(last.substr(newline + 1)))
            last = last.substr(0, newline);
    }
    std::uint32_t shared = shared_indentation(pieces);
    std::uint32_t current = 0;
    bool at_start = true;
    std::string text;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        MultilinePiece& piece = pieces[i];
        if (piece.is_hole) {
            // What the hole's text is indented by on its further lines, so that a text of several
            // lines keeps its shape. Beside another hole it has no shape to keep.
            if (at_start && is_only_hole_of_line(pieces, i))
                piece.indent = current - std::min(current, shared);
            at_start = false;
            continue;
        }
        text.clear();
        for (char c : piece.text) {
            if (c == '\n') {
                at_start = true;
                current = 0;
            } else if (at_start && is_indentation(c)) {
                // Tabs and blanks count alike, one each: what is shared is a number of characters.
                if (current++ < shared) continue;
            } else {
                at_start = false;
            }
            text.push_back(c);
        }
        piece.text =
            text.size() == piece.text.size() ? piece.text : arena.copy(std::string_view(text));
    }
}

}
