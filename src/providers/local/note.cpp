#include "providers/local/note.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <charconv>

namespace providers::local {
namespace {

base::Result<std::string> unescape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            // The four characters that would end a line or begin an escape; all others stand as
            // they are.
            continue;
        }
        if (++i == text.size()) return base::invalid_argument("a text ends in a backslash");
        switch (text[i]) {
            case '\\': out += '\\'; break;
            case 'n': out += '\n'; break;
            case 'r': out += '\r'; break;
            case '0': out += '\0'; break;
            default: return base::invalid_argument("a text has an unknown escape");
        }
    }
    return out;
}

bool is_name(std::string_view name) {
    if (name.empty()) return false;
    for (const char c : name) {
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return true;
}

}

base::Result<Note> Note::parse(std::string_view text) {
    // Limits, as the folder may be written by others of the same user.
    if (text.size() > kMaxBytes) return base::invalid_argument("the note is too large");
    Note note;
    for (const std::string_view line : base::split(text, '\n')) {
        if (line.empty()) continue;
        const std::size_t space = line.find(' ');
        const std::string_view name = line.substr(0, space);
        if (space == std::string_view::npos || !is_name(name)) {
            return base::invalid_argument("a line is not of the form \"name text\"");
        }
        if (note.fields_.size() == kMaxFields) {
            return base::invalid_argument("the note has too many lines");
        }
        note.fields_.emplace_back(name, TRY(unescape(line.substr(space + 1))));
    }
    return note;
}

base::Result<Note> Note::load(const std::string& path) {
    const std::string text = TRY(base::read_file(path, kMaxBytes));
    return parse(text).context(path);
}

void Note::add(std::string_view name, std::string_view text) { fields_.emplace_back(name, text); }

std::string_view Note::text(std::string_view name) const {
    for (const auto& [field, text] : fields_) {
        if (field == name) return text;
    }
    return {};
}

std::int64_t Note::number(std::string_view name, std::int64_t fallback) const {
    const std::string_view found = text(name);
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(found.data(), found.data() + found.size(), out);
    return error == std::errc() && end == found.data() + found.size() ? out : fallback;
}

std::vector<std::string> Note::all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [field, text] : fields_) {
        if (field == name) out.push_back(text);
    }
    return out;
}

std::string Note::print() const {
    std::string out;
    for (const auto& [name, text] : fields_) {
        out += name;
        out += ' ';
        for (const char c : text) {
            switch (c) {
                case '\\': out += "\\\\"; break;
                case '\n': out += "\\n"; break;
                case '\r': out += "\\r"; break;
                case '\0': out += "\\0"; break;
                default: out += c;
            }
        }
        out += '\n';
    }
    return out;
}

base::Result<void> Note::save(const std::string& path) const {
    // Not synced: after a power cut the processes it tells of are gone as well.
    return base::write_file_atomic(path, print(), {.mode = 0600, .sync = false});
}

}
