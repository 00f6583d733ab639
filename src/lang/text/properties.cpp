#include "lang/text/properties.hpp"

#include "embedded/lang.hpp"

#include <array>
#include <charconv>
#include <string>

namespace lang::text {

namespace {

using Ranges = std::vector<CharSet::Range>;

// Loose matching of names, UAX #44-LM3: case, spaces, `_` and `-` do not count, nor an "is" before.
std::string simplify(std::string_view name) {
    std::string out;
    for (char c : name) {
        if (c == ' ' || c == '_' || c == '-') continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    // "isc" is a name of its own (ISO_Comment), and not "c".
    if (out.starts_with("is") && out != "isc") out.erase(0, 2);
    return out;
}

unsigned read_base36(std::string_view& text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 36);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

Ranges read_runs(std::string_view text) {
    Ranges ranges;
    char32_t behind = 0;
    while (!text.empty()) {
        const char32_t first = behind + read_base36(text);
        char32_t last = first;
        if (text.starts_with(',')) {
            text.remove_prefix(1);
            last += read_base36(text);
        }
        ranges.push_back({first, last});
        behind = last + 1;
        if (text.starts_with(' ')) text.remove_prefix(1);
    }
    return ranges;
}

// A line of the tables: "gc uppercaseletter lu:RUNS".
struct Line {
    std::string_view names;
    std::string_view runs;

    bool is_named(std::string_view name) const {
        for (std::string_view rest = names; !rest.empty();) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            if (rest.substr(0, end) == name) return true;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return false;
    }
};

// Hundreds of lines and a hundred kilobytes: looking through them takes microseconds, and a program
// names few properties.
template <typename Visit>
void each_line(std::string_view family, const Visit& visit) {
    for (std::string_view rest = embedded::unicode_tables; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!line.starts_with(family) || line[family.size()] != ' ') continue;
        const std::size_t colon = line.find(':');
        if (!visit(Line{line.substr(family.size() + 1, colon - family.size() - 1),
                        line.substr(colon + 1)}))
            return;
    }
}

std::optional<Ranges> find(std::string_view family, std::string_view name) {
    std::optional<Ranges> found;
    each_line(family, [&](const Line& line) {
        if (line.is_named(name)) found = read_runs(line.runs);
        return !found;
    });
    return found;
}

// "v61 6.1" as 601, for the order of ages.
unsigned age_of(std::string_view names) {
    unsigned major = 0;
    unsigned minor = 0;
    names.remove_prefix(names.find(' ') + 1);
    const std::size_t dot = names.find('.');
    std::from_chars(names.data(), names.data() + dot, major);
    std::from_chars(names.data() + dot + 1, names.data() + names.size(), minor);
    return major * 100 + minor;
}

CharSet set_of(const Ranges& ranges) {
    CharSet set;
    for (const CharSet::Range& range : ranges) set.add(range.first, range.second);
    return set;
}

// The characters of an age are those of the ages before, too.
std::optional<Ranges> find_age(std::string_view name) {
    std::optional<unsigned> asked;
    each_line("age", [&](const Line& line) {
        if (line.is_named(name)) asked = age_of(line.names);
        return !asked;
    });
    if (!asked) return std::nullopt;
    CharSet all;
    each_line("age", [&](const Line& line) {
        if (age_of(line.names) <= *asked) all.add(set_of(read_runs(line.runs)));
        return true;
    });
    return all.ranges();
}

std::optional<Ranges> find_category(std::string_view name) {
    if (name == "any") return Ranges{{0, 0x10FFFF}};
    if (name == "ascii") return Ranges{{0, 0x7F}};
    if (name == "assigned") return set_of(*find("gc", "cn")).complement().ranges();
    return find("gc", name);
}

std::optional<Ranges> find_value(std::string_view kind, std::string_view value) {
    struct Family {
        std::string_view name;
        std::string_view long_name;
    };
    static constexpr std::array<Family, 7> kFamilies = {{{"gc", "generalcategory"},
                                                         {"sc", "script"},
                                                         {"scx", "scriptextensions"},
                                                         {"age", "age"},
                                                         {"gcb", "graphemeclusterbreak"},
                                                         {"wb", "wordbreak"},
                                                         {"sb", "sentencebreak"}}};
    for (const Family& family : kFamilies) {
        if (kind != family.name && kind != family.long_name) continue;
        if (family.name == "gc") return find_category(value);
        if (family.name == "age") return find_age(value);
        return find(family.name, value);
    }
    return std::nullopt;
}

}

std::optional<Ranges> property_ranges(std::string_view name) {
    const std::size_t sign = name.find_first_of("=:");
    if (sign == std::string_view::npos) {
        const std::string simple = simplify(name);
        // These three are short names of properties that no expression can ask for, and of
        // categories.
        if (simple != "cf" && simple != "sc" && simple != "lc" && simple != "incb") {
            if (auto found = find("bool", simple)) return found;
        }
        if (auto found = find_category(simple)) return found;
        return find("sc", simple);
    }
    // `\p{sc!=Greek}`: the exclamation mark belongs to the sign.
    const bool negated = sign > 0 && name[sign] == '=' && name[sign - 1] == '!';
    const std::string kind = simplify(name.substr(0, negated ? sign - 1 : sign));
    auto found = find_value(kind, simplify(name.substr(sign + 1)));
    if (!found || !negated) return found;
    return set_of(*found).complement().ranges();
}

}
