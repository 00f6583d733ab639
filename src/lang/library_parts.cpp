#include "lang/library_parts.hpp"

#include <algorithm>

namespace lang {

static bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

const LibraryParts::Part* LibraryParts::find(std::string_view name) const {
    const auto found = std::ranges::find(parts, name, &Part::name);
    return found == parts.end() ? nullptr : &*found;
}

LibraryParts take_apart(std::string_view module) {
    LibraryParts result;
    constexpr std::string_view kOpen = "\n{\n";
    const std::size_t open = module.find(kOpen);
    const std::size_t close = module.rfind("\n}");
    if (open == module.npos || close == module.npos || close < open) return result;
    result.head = {0, open + kOpen.size()};
    result.tail = {close + 1, module.size()};
    for (std::size_t line = result.head.second; line < result.tail.first;) {
        const std::size_t end = std::min(module.find('\n', line), close) + 1;
        const std::string_view text = module.substr(line, end - line);
        if (text.size() > 2 && text.starts_with("  ") && is_name_character(text[2])) {
            std::size_t size = 0;
            while (is_name_character(text[2 + size])) ++size;
            if (!result.parts.empty()) result.parts.back().text.second = line;
            result.parts.push_back({text.substr(2, size), {line, result.tail.first}});
        }
        line = end;
    }
    return result;
}

}
