#include "lang/text/char_set.hpp"

#include "base/guarded.hpp"
#include "lang/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include <re2/re2.h>

namespace lang::text {

static constexpr char32_t kLast = 0x10FFFF;

namespace {

using Range = CharSet::Range;

std::vector<Range> normalize(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end());
    std::vector<Range> out;
    for (const Range& range : ranges) {
        // Neighbours become one range too: ("a" to "c") and ("d" to "f").
        if (!out.empty() && range.first <= out.back().second + 1) {
            out.back().second = std::max(out.back().second, range.second);
        } else {
            out.push_back(range);
        }
    }
    return out;
}

// Every character once, in order.
std::string all_characters() {
    std::string text;
    text.reserve(std::size_t{4'400'000});
    for (char32_t c = 0; c <= kLast; ++c) {
        // Surrogates are no characters, and UTF-8 cannot hold them.
        if (c < 0xD800 || c > 0xDFFF) append(text, c);
    }
    return text;
}

// RE2 is asked for the runs of the property among all characters.
// RE2 has the tables inside and no call that gives them. Asking it keeps ours equal to what it
// will match.
std::vector<Range> find_ranges(const std::string& property) {
    static const std::string text = all_characters();
    RE2 runs("(" + property + "+)");
    std::vector<Range> ranges;
    re2::StringPiece rest(text);
    for (re2::StringPiece run; RE2::FindAndConsume(&rest, runs, &run);) {
        std::string_view found(run.data(), run.size());
        std::size_t last = found.size() - 1;
        // The last character of the run begins at its last byte that continues none.
        while ((static_cast<unsigned char>(found[last]) & 0xC0) == 0x80) --last;
        ranges.push_back({decode(found, 0).character, decode(found, last).character});
    }
    return ranges;
}

// Computed once for each of the few hundred properties, as it takes milliseconds.
std::vector<Range> ranges_of(const std::string& property) {
    static base::Guarded<std::map<std::string, std::vector<Range>>> known;
    return known.with([&](auto& ranges) {
        auto found = ranges.find(property);
        if (found == ranges.end()) found = ranges.emplace(property, find_ranges(property)).first;
        return found->second;
    });
}

// Loose matching of property names, UAX #44-LM3: case, spaces, `_` and `-` do not count.
std::string simplify(std::string_view name) {
    std::string out;
    for (char c : name) {
        if (c == ' ' || c == '_' || c == '-') continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

// The two-letter name of a general category, or empty.
std::string_view category_of(std::string_view simple) {
    struct Category {
        std::string_view long_name;
        std::string_view name;
    };
    static constexpr std::array<Category, 36> kCategories = {{
        {"letter", "L"},
        {"lowercaseletter", "Ll"},
        {"uppercaseletter", "Lu"},
        {"titlecaseletter", "Lt"},
        {"modifierletter", "Lm"},
        {"otherletter", "Lo"},
        {"mark", "M"},
        {"nonspacingmark", "Mn"},
        {"spacingmark", "Mc"},
        {"enclosingmark", "Me"},
        {"number", "N"},
        {"decimalnumber", "Nd"},
        {"letternumber", "Nl"},
        {"othernumber", "No"},
        {"punctuation", "P"},
        {"connectorpunctuation", "Pc"},
        {"dashpunctuation", "Pd"},
        {"openpunctuation", "Ps"},
        {"closepunctuation", "Pe"},
        {"initialpunctuation", "Pi"},
        {"finalpunctuation", "Pf"},
        {"otherpunctuation", "Po"},
        {"symbol", "S"},
        {"mathsymbol", "Sm"},
        {"currencysymbol", "Sc"},
        {"modifiersymbol", "Sk"},
        {"othersymbol", "So"},
        {"separator", "Z"},
        {"spaceseparator", "Zs"},
        {"lineseparator", "Zl"},
        {"paragraphseparator", "Zp"},
        {"other", "C"},
        {"control", "Cc"},
        {"format", "Cf"},
        {"privateuse", "Co"},
        {"punct", "P"},
    }};
    for (const Category& category : kCategories) {
        if (simple == category.long_name || simple == simplify(category.name)) {
            return category.name;
        }
    }
    return {};
}

// "old_italic" as RE2 spells it: "Old_Italic".
std::string script_name(std::string_view name) {
    std::string out;
    bool starts_word = true;
    for (char c : name) {
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && c != '_' && c != ' ' && c != '-') return {};
        if (!is_letter) {
            out += '_';
        } else {
            out += static_cast<char>(starts_word ? c & ~0x20 : c | 0x20);
        }
        starts_word = !is_letter;
    }
    return out;
}

void append_escaped(std::string& out, char32_t c) {
    std::array<char, 16> buffer;
    std::snprintf(buffer.data(), buffer.size(), "\\x{%X}", static_cast<unsigned>(c));
    out += buffer.data();
}

}

CharSet CharSet::everything() {
    CharSet set;
    set.add(0, kLast);
    return set;
}

CharSet CharSet::digits(bool unicode) {
    CharSet set;
    if (unicode) {
        set.properties_.push_back("\\p{Nd}");
    } else {
        set.add('0', '9');
    }
    return set;
}

CharSet CharSet::word(bool unicode) {
    CharSet set;
    if (unicode) {
        // UTS #18, annex C: \w is Alphabetic, M, Nd, Pc and Join_Control. Alphabetic beyond
        // letters and Nl is what the ranges add.
        set.properties_ = {"\\p{L}", "\\p{M}", "\\p{Nd}", "\\p{Nl}", "\\p{Pc}"};
        // Alphabetic symbols, and the two joiners.
        set.ranges_ = {{0x200C, 0x200D},
                       {0x24B6, 0x24E9},
                       {0x1F130, 0x1F149},
                       {0x1F150, 0x1F169},
                       {0x1F170, 0x1F189}};
    } else {
        set.ranges_ = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    }
    return set;
}

CharSet CharSet::space(bool unicode) {
    CharSet set;
    // White_Space of the character database.
    set.ranges_ = {{9, 13}, {' ', ' '}};
    if (unicode) {
        for (char32_t c : U"\u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000") {
            if (c != 0) set.add(c, c);
        }
        set.add(0x2000, 0x200A);
    }
    return set;
}

std::optional<CharSet> CharSet::posix(std::string_view name) {
    struct Named {
        std::string_view name;
        std::vector<Range> ranges;
    };
    const std::array<Named, 14> kNamed = {{
        {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
        {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
        {"ascii", {{0, 0x7F}}},
        {"blank", {{'\t', '\t'}, {' ', ' '}}},
        {"cntrl", {{0, 0x1F}, {0x7F, 0x7F}}},
        {"digit", {{'0', '9'}}},
        {"graph", {{'!', '~'}}},
        {"lower", {{'a', 'z'}}},
        {"print", {{' ', '~'}}},
        {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
        {"space", {{9, 13}, {' ', ' '}}},
        {"upper", {{'A', 'Z'}}},
        {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
        {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
    }};
    for (const Named& named : kNamed) {
        if (named.name != name) continue;
        CharSet set;
        set.ranges_ = named.ranges;
        return set;
    }
    return std::nullopt;
}

std::optional<CharSet> CharSet::property(std::string_view name) {
    std::size_t separator = name.find_first_of("=:");
    std::string kind;
    if (separator != std::string_view::npos) {
        // `\p{sc!=Greek}`: the exclamation mark belongs to the sign.
        std::size_t end = separator > 0 && name[separator - 1] == '!' ? separator - 1 : separator;
        bool negated = end != separator;
        kind = simplify(name.substr(0, end));
        name.remove_prefix(separator + 1);
        bool known = kind == "sc" || kind == "script" || kind == "gc" || kind == "generalcategory";
        if (!known) return std::nullopt;
        if (negated) {
            auto set = property(kind + "=" + std::string(name));
            return set ? std::optional(set->complement()) : std::nullopt;
        }
    }
    bool is_script = kind == "sc" || kind == "script";
    std::string simple = simplify(name);
    CharSet set;
    if (!is_script) {
        if (auto category = category_of(simple); !category.empty()) {
            set.properties_.push_back("\\p{" + std::string(category) + "}");
            return set;
        }
    }
    if (kind.empty()) {
        if (simple == "any") return everything();
        if (simple == "ascii") return posix("ascii");
        if (simple == "whitespace" || simple == "space" || simple == "wspace") return space(true);
        if (simple == "alphabetic" || simple == "alpha") {
            set.properties_ = {"\\p{L}", "\\p{Nl}"};
            set.ranges_ = {{0x24B6, 0x24E9}};
            return set;
        }
        if (simple == "uppercase" || simple == "upper") return property("Lu");
        if (simple == "lowercase" || simple == "lower") return property("Ll");
    } else if (!is_script) {
        return std::nullopt;
    }
    std::string script = "\\p{" + script_name(name) + "}";
    RE2::Options quiet;
    // An unknown script is found by RE2's refusal; it is not to print it as well.
    quiet.set_log_errors(false);
    if (script.size() < 6 || !RE2(script, quiet).ok()) return std::nullopt;
    set.properties_.push_back(script);
    return set;
}

void CharSet::add(const CharSet& other) {
    ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
    for (const std::string& property : other.properties_) {
        if (std::find(properties_.begin(), properties_.end(), property) == properties_.end()) {
            properties_.push_back(property);
        }
    }
}

std::vector<Range> CharSet::resolved() const {
    std::vector<Range> ranges = ranges_;
    for (const std::string& property : properties_) {
        std::vector<Range> more = ranges_of(property);
        ranges.insert(ranges.end(), more.begin(), more.end());
    }
    return normalize(std::move(ranges));
}

bool holds(const std::vector<Range>& ranges, char32_t character) {
    auto behind = std::ranges::upper_bound(ranges, character, {}, &Range::first);
    return behind != ranges.begin() && std::prev(behind)->second >= character;
}

CharSet CharSet::with_cases() const {
    // The cased characters all lie below: a loop over the rest would be time for nothing.
    constexpr char32_t kLastCased = 0x1FFFF;
    std::vector<Range> known = resolved();
    // Unicode has letters of three forms: K, k and the Kelvin sign. The first pass finds the lower
    // form, the second what else has it.
    for (int pass = 0; pass < 2; ++pass) {   // twice for letters of more than two forms
        std::vector<Range> all = known;
        for (char32_t c = 0; c <= kLastCased; ++c) {
            const char32_t lower = simple_lower(c);
            const char32_t upper = simple_upper(c);
            if (lower == upper) continue;
            if (!holds(known, c) && !holds(known, lower) && !holds(known, upper)) continue;
            for (char32_t form : {c, lower, upper}) all.push_back({form, form});
        }
        known = normalize(std::move(all));
    }
    CharSet out;
    out.ranges_ = std::move(known);
    return out;
}

CharSet CharSet::complement() const {
    CharSet out;
    char32_t next = 0;
    for (const Range& range : resolved()) {
        if (range.first > next) out.add(next, range.first - 1);
        next = range.second + 1;
    }
    if (next <= kLast) out.add(next, kLast);
    return out;
}

CharSet CharSet::intersect(const CharSet& other) const {
    CharSet out;
    std::vector<Range> mine = resolved();
    std::vector<Range> theirs = other.resolved();
    for (std::size_t i = 0, j = 0; i < mine.size() && j < theirs.size();) {
        char32_t first = std::max(mine[i].first, theirs[j].first);
        char32_t last = std::min(mine[i].second, theirs[j].second);
        if (first <= last) out.add(first, last);
        if (mine[i].second < theirs[j].second) {
            ++i;
        } else {
            ++j;
        }
    }
    return out;
}

std::string CharSet::to_re2(bool negated) const {
    if (ranges_.empty() && properties_.empty()) {
        // An empty class matches nothing; RE2 has no `[]`. Its opposite is any character, line
        // ends included.
        return negated ? "(?s:.)" : "[^\\x{0}-\\x{10FFFF}]";
    }
    std::string out = negated ? "[^" : "[";
    // Properties stay names as long as they can: the pattern is short, and RE2 has them at hand.
    for (const std::string& property : properties_) out += property;
    for (const Range& range : normalize(ranges_)) {
        append_escaped(out, range.first);
        if (range.second == range.first) continue;
        out += '-';
        append_escaped(out, range.second);
    }
    return out + ']';
}

}
