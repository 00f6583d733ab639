#include "lang/text/marked_text.hpp"

#include "lang/text/unicode.hpp"

#include <algorithm>

namespace lang::text {

const CharSet& marked_words() {
    static const CharSet set = [] {
        CharSet beyond;
        beyond.add(0x80, 0x10FFFF);
        CharSet found = CharSet::word(true).intersect(beyond);
        found.add('_', '_');
        // Kept as ranges: it is asked for each character of each text.
        return found.intersect(CharSet::everything());   // as ranges
    }();
    return set;
}

std::optional<MarkedText> mark_words(std::string_view text) {
    // Beyond ASCII there is nothing to mark then, and RE2's own boundaries are right.
    if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return std::nullopt;
    static const std::vector<CharSet::Range> words = marked_words().ranges();
    MarkedText marked;
    bool needed = false;
    for (std::size_t at = 0; at < text.size();) {
        auto [character, size] = decode(text, at);
        if (!holds(words, character)) {
            marked.text += text.substr(at, size);
        } else {
            needed = needed || character != '_';
            marked.text += '_';
            // Worked example: "a é_" becomes "a _é__X_" with X for U+10FFFE. `é` now stands
            // between two underscores, which are letters of ASCII to RE2; so where "é" begins or
            // ends a word, an underscore does.
            append(marked.text, character == '_' ? kUnderscore : character);
            marked.text += '_';
        }
        marked.original.resize(marked.text.size(), at);
        at += size;
    }
    marked.original.push_back(text.size());
    if (!needed) return std::nullopt;
    return marked;
}

}
