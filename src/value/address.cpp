#include "value/address.hpp"

#include "base/text.hpp"
#include "json/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace value {
namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Digits may come first, unlike in Nickel: addresses are typed in shells, and `web.1` is what a
// loop makes. A dash may not, as it would read as an option.
bool is_bare(std::string_view name) {
    return !name.empty() && name.front() != '-' && std::ranges::all_of(name, [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '-';
    });
}

void append_quoted(std::string& out, std::string_view name) {
    std::string text;
    for (std::size_t i = 0; i < name.size(); ++i) {
        switch (name[i]) {
            case '\n': text += "\\n"; break;
            case '\r': text += "\\r"; break;
            case '\t': text += "\\t"; break;
            case '"':
            case '\\': (text += '\\') += name[i]; break;
            // Only before a brace does it begin a hole in Nickel.
            case '%': text += name.substr(i + 1).starts_with('{') ? "\\%" : "%"; break;
            default: text += name[i];
        }
    }
    // What would not be seen, or would steer the terminal.
    ((out += '"') += base::escape_controls(text)) += '"';
}

void append_part(std::string& out, std::string_view name) {
    if (is_bare(name)) {
        out += name;
    } else {
        append_quoted(out, name);
    }
}

// The end of the part that begins at `at`, of a text of `print_address`: at a dot or the end.
std::size_t end_of_part(std::string_view address, std::size_t at) {
    if (!address.substr(at).starts_with('"')) {
        return std::min(address.find('.', at), address.size());
    }
    for (++at; at < address.size() && address[at] != '"'; ++at) at += address[at] == '\\' ? 1 : 0;
    return std::min(at + 1, address.size());
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    base::Result<AddressParts> parse() {
        AddressParts parts;
        for (;;) {
            parts.push_back(TRY(part()));
            if (at_ == text_.size()) return parts;
            if (text_[at_] != '.') return wrong("a dot has to follow a closing quote");
            ++at_;
        }
    }

private:
    base::Error wrong(std::string_view why) const {
        return base::invalid_argument(fmt::format("`{}` is no address: {}", text_, why))
            .with_help("names with dots are written in quotes: hosts.\"web.example.com\"");
    }

    base::Result<std::string> part() {
        if (text_.substr(at_).starts_with('"')) return quoted();
        const std::size_t end = std::min(text_.find('.', at_), text_.size());
        const std::string_view name = text_.substr(at_, end - at_);
        if (name.empty()) return wrong("a name is missing beside a dot");
        if (name.find('"') != std::string_view::npos) {
            return wrong("a quote stands within a name");
        }
        at_ = end;
        return std::string(name);
    }

    base::Result<std::string> quoted() {
        std::string name;
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return name;
            }
            if (c != '\\') {
                name += c;
            } else if (++at_ == text_.size() || !escape(name)) {
                return wrong("it has an escape that there is not");
            }
        }
        return wrong("a quote is not closed");
    }

    // At what follows the backslash; left at its last character.
    bool escape(std::string& name) {
        switch (text_[at_]) {
            case 'n': name += '\n'; return true;
            case 'r': name += '\r'; return true;
            case 't': name += '\t'; return true;
            case '"':
            case '%':
            case '\\': name += text_[at_]; return true;
            case 'x': return byte(name);
            case 'u': return character(name);
            default: return false;
        }
    }

    bool number(std::string_view digits, std::uint32_t& out) const {
        const auto [end, failure] =
            std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
        return failure == std::errc() && !digits.empty() && end == digits.data() + digits.size();
    }

    bool byte(std::string& name) {
        std::uint32_t code = 0;
        if (text_.size() - at_ < 3 || !number(text_.substr(at_ + 1, 2), code)) return false;
        name += static_cast<char>(code);
        at_ += 2;
        return true;
    }

    bool character(std::string& name) {
        const std::size_t end = text_.find('}', at_);
        std::uint32_t code = 0;
        if (!text_.substr(at_ + 1).starts_with('{') || end == std::string_view::npos ||
            !number(text_.substr(at_ + 2, end - at_ - 2), code) || code > 0x10ffff) {
            return false;
        }
        json::append_utf8(name, code);
        at_ = end;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}

std::string print_address(std::span<const std::string> parts) {
    std::string out;
    for (const std::string& part : parts) {
        if (!out.empty()) out += '.';
        append_part(out, part);
    }
    return out;
}

base::Result<AddressParts> parse_address(std::string_view text) { return Parser(text).parse(); }

base::Result<std::string> normal_address(std::string_view text) {
    return print_address(TRY(parse_address(text)));
}

std::string child_address(std::string_view parent, std::string_view name) {
    std::string out(parent);
    if (!out.empty()) out += '.';
    append_part(out, name);
    return out;
}

std::string_view parent_address(std::string_view address) {
    const auto parts = written_parts(address);
    if (parts.size() < 2) return {};
    return address.substr(0, address.size() - parts.back().size() - 1);
}

bool is_at_or_under(std::string_view address, std::string_view place) {
    return place.empty() || (address.starts_with(place) &&
                             (address.size() == place.size() || address[place.size()] == '.'));
}

std::vector<std::string_view> written_parts(std::string_view address) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at < address.size();) {
        const std::size_t end = end_of_part(address, at);
        parts.push_back(address.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

std::string unquoted_address(std::string_view address) {
    if (address.find('"') == std::string_view::npos) return std::string(address);
    auto parts = parse_address(address);
    return parts.ok() ? base::join(*parts, ".") : std::string(address);
}

bool is_moved(std::string_view address, const AddressMove& move) {
    return move.alone ? address == move.from : is_at_or_under(address, move.from);
}

std::string moved_address(std::string_view address, const AddressMove& move) {
    return move.to + std::string(address.substr(move.from.size()));
}

std::string suggest_address(std::string_view address, std::span<const std::string> known) {
    const std::string joined = unquoted_address(address);
    std::vector<std::string> words;
    for (const std::string& one : known) {
        if (one != joined && unquoted_address(one) == joined) {
            return fmt::format("did you mean {}? a name with dots is written in quotes",
                               base::quote_shell(one));
        }
        words.push_back(base::quote_shell(one));
    }
    return base::did_you_mean(address, words);
}

}
