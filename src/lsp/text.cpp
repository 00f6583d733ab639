#include "lsp/text.hpp"

#include <algorithm>

namespace lsp {

Text::Text(std::string text, bool counts_bytes)
    : text_(std::move(text)), counts_bytes_(counts_bytes) {
    find_lines();
}

void Text::find_lines() {
    lines_.assign(1, 0);
    for (std::size_t at = text_.find('\n'); at != text_.npos; at = text_.find('\n', at + 1)) {
        lines_.push_back(at + 1);
    }
}

// How many bytes a character has, by its first one.
static std::size_t length_of(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

std::size_t Text::offset(Position position) const {
    if (position.line >= lines_.size()) return text_.size();
    std::size_t at = lines_[position.line];
    std::size_t end =
        position.line + 1 < lines_.size() ? lines_[position.line + 1] - 1 : text_.size();
    if (end > at && text_[end - 1] == '\r') --end;
    if (counts_bytes_) return std::min(at + position.character, end);
    for (std::uint32_t units = 0; at < end && units < position.character;) {
        const std::size_t bytes = length_of(text_[at]);
        units += bytes == 4 ? 2 : 1;   // beyond the first plane it is a pair
        at = std::min(at + bytes, end);
    }
    return at;
}

Position Text::position(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto line = std::prev(std::ranges::upper_bound(lines_, offset));
    Position result{static_cast<std::uint32_t>(line - lines_.begin()), 0};
    if (counts_bytes_) {
        result.character = static_cast<std::uint32_t>(offset - *line);
        return result;
    }
    for (std::size_t at = *line; at < offset;) {
        const std::size_t bytes = length_of(text_[at]);
        result.character += bytes == 4 ? 2 : 1;
        at += bytes;
    }
    return result;
}

std::size_t Text::offset_of(std::int64_t line, std::int64_t column) const {
    if (line < 1 || static_cast<std::size_t>(line) > lines_.size()) return text_.size();
    std::size_t at = lines_[static_cast<std::size_t>(line) - 1];
    for (; column > 1 && at < text_.size() && text_[at] != '\n'; --column) {
        at = std::min(at + length_of(text_[at]), text_.size());
    }
    return at;
}

void Text::replace(Position begin, Position end, std::string_view with) {
    const std::size_t from = offset(begin);
    const std::size_t to = std::max(from, offset(end));
    text_.replace(from, to - from, with);
    find_lines();
}

Position position_from(const json::Value* value) {
    if (value == nullptr) return {};
    const auto number = [&](std::string_view key) {
        const std::int64_t given = value->int64_or(key, 0);
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(given, 0, 0x7FFFFFFF));
    };
    return {number("line"), number("character")};
}

json::Value to_json(Position position) {
    return json::Object{{"line", std::int64_t{position.line}},
                        {"character", std::int64_t{position.character}}};
}

json::Value range_json(Position begin, Position end) {
    return json::Object{{"start", to_json(begin)}, {"end", to_json(end)}};
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string path_of_uri(std::string_view uri) {
    constexpr std::string_view kScheme = "file://";
    if (!uri.starts_with(kScheme)) return {};
    uri.remove_prefix(kScheme.size());
    const std::size_t slash = uri.find('/');   // behind the name of this machine
    if (slash == uri.npos) return {};
    uri.remove_prefix(slash);
    std::string path;
    for (std::size_t i = 0; i < uri.size(); ++i) {
        const bool escape = uri[i] == '%' && i + 2 < uri.size() && hex_digit(uri[i + 1]) >= 0 &&
                            hex_digit(uri[i + 2]) >= 0;
        path +=
            escape ? static_cast<char>(hex_digit(uri[i + 1]) * 16 + hex_digit(uri[i + 2])) : uri[i];
        if (escape) i += 2;
    }
    return path;
}

std::string uri_of_path(std::string_view path) {
    constexpr std::string_view kPlain = "/-_.~";
    std::string uri = "file://";
    for (const char c : path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || kPlain.find(c) != kPlain.npos;
        if (plain) {
            uri += c;
            continue;
        }
        constexpr const char* kDigits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        uri += '%';
        uri += kDigits[byte / 16];
        uri += kDigits[byte % 16];
    }
    return uri;
}

}
