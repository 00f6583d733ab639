#include "base/redact_views.hpp"

#include "base/redact_notations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace base::redact {
namespace {

constexpr int kNone = -1;

int hex_digit(std::uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return kNone;
}

// Both alphabets of RFC 4648 at once.
int base64_digit(std::uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return kNone;
}

bool is_blank(std::uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// `count` hexadecimal digits from a place on.
int number_at(const Bytes& in, std::size_t at, std::size_t count) {
    if (at + count > in.size()) return kNone;
    int out = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const int digit = hex_digit(in[at + i].byte);
        if (digit == kNone) return kNone;
        out = out * 16 + digit;
    }
    return out;
}

Bytes plain(std::string_view text) {
    Bytes out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto at = static_cast<std::uint32_t>(i);
        out.push_back({.begin = at, .end = at + 1, .byte = static_cast<std::uint8_t>(text[i])});
    }
    return out;
}

// The character that a letter behind a backslash stands for.
unsigned escaped(std::uint8_t letter) {
    switch (letter) {
        case 'a': return '\a';
        case 'b': return '\b';
        case 'e':
        case 'E': return 0x1b;
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'v': return '\v';
        default: return letter;   // of shells: "\ ", "\$"
    }
}

// One escape of JSON, C or a shell; returns where it ends. With `is_bytes`, \u00e9 is a byte and
// not a character: some print bytes so that are no UTF-8.
std::size_t put_escape(Bytes& out, const Bytes& in, std::size_t at, bool is_bytes) {
    const std::uint8_t kind = in[at + 1].byte;
    if (kind == 'x') {
        const int code = number_at(in, at + 2, 2);
        if (code != kNone) {
            put(out, in, at, at + 4, {static_cast<unsigned>(code)});
            return at + 4;
        }
    }
    if (kind == 'u') {
        int code = number_at(in, at + 2, 4);
        std::size_t end = at + 6;
        if (code >= 0xd800 && code < 0xdc00 && is_at(in, end, "\\u")) {
            const int low = number_at(in, end + 2, 4);
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
                end += 6;
            }
        }
        if (code != kNone) {
            if (is_bytes && code < 0x100)
                put(out, in, at, end, {static_cast<unsigned>(code)});
            else
                put_utf8(out, in, at, end, static_cast<unsigned>(code));
            return end;
        }
    }
    std::size_t end = at + 1;
    unsigned code = 0;
    for (; end < in.size() && end < at + 4 && in[end].byte >= '0' && in[end].byte <= '7'; ++end) {
        code = code * 8 + (in[end].byte - '0');
    }
    if (end == at + 1) {
        code = escaped(kind);
        ++end;
    }
    put(out, in, at, end, {code});
    return end;
}

Bytes unescaped(const Bytes& in, bool is_bytes) {
    Bytes out;
    out.reserve(in.size());
    for (std::size_t i = 0; i < in.size();) {
        if (in[i].byte == '\\' && i + 1 < in.size())
            i = put_escape(out, in, i, is_bytes);
        else
            out.push_back(in[i++]);
    }
    return out;
}

// Within quotes a shell knows no escape: 'it'\''s', or 'it'"'"'s'.
Bytes unquoted(const Bytes& in) {
    Bytes out;
    out.reserve(in.size());
    for (std::size_t i = 0; i < in.size();) {
        std::size_t end = i + 1;
        if (is_at(in, i, "'\\''"))
            end = i + 4;
        else if (is_at(in, i, "'\"'\"'"))
            end = i + 5;
        put(out, in, i, end, {in[i].byte});
        i = end;
    }
    return out;
}

Bytes percent_decoded(const Bytes& in, bool is_form) {
    Bytes out;
    out.reserve(in.size());
    for (std::size_t i = 0; i < in.size();) {
        const int code = in[i].byte == '%' ? number_at(in, i + 1, 2) : kNone;
        if (code != kNone) {
            put(out, in, i, i + 3, {static_cast<unsigned>(code)});
            i += 3;
        } else {
            put(out, in, i, i + 1, {is_form && in[i].byte == '+' ? 0x20U : in[i].byte});
            ++i;
        }
    }
    return out;
}

struct Digit {
    std::size_t at = 0;
    unsigned value = 0;
};

// What stands between the bytes of "de:ad", "de ad", "0xde, 0xad" and "\xde\xad": its length.
std::size_t hex_separator(const Bytes& in, std::size_t at) {
    for (const std::string_view prefix : {"0x", "0X", "\\x"}) {
        if (is_at(in, at, prefix) && number_at(in, at + 2, 1) != kNone) return 2;
    }
    const std::uint8_t c = in[at].byte;
    return is_blank(c) || c == ':' || c == '-' || c == ',' ? 1 : 0;
}

// From the digits of one run, which begin anew: two to a byte.
void put_hex(Bytes& out, const Bytes& in, const std::vector<Digit>& run, std::size_t first) {
    bool begins_anew = true;
    for (std::size_t i = first; i + 1 < run.size(); i += 2) {
        out.push_back({.begin = in[run[i].at].begin,
                       .end = in[run[i + 1].at].end,
                       .byte = static_cast<std::uint8_t>(run[i].value << 4U | run[i + 1].value),
                       .begins_anew = begins_anew});
        begins_anew = false;
    }
}

// Four digits to three bytes.
void put_base64(Bytes& out, const Bytes& in, const std::vector<Digit>& run, std::size_t first) {
    bool begins_anew = true;
    for (std::size_t i = first; i + 1 < run.size(); ++i) {
        const std::size_t place = (i - first) % 4;
        if (place == 3) continue;
        const unsigned both = run[i].value << 6U | run[i + 1].value;
        out.push_back({.begin = in[run[i].at].begin,
                       .end = in[run[i + 1].at].end,
                       .byte = static_cast<std::uint8_t>(both >> (4 - 2 * place)),
                       .begins_anew = begins_anew});
        begins_anew = false;
    }
}

constexpr std::size_t kShortestRun = 5;   // digits: less cannot be four bytes

// The bytes of all runs of digits, when those before `first` belong to something else.
Bytes in_hex(const Bytes& in, std::size_t first) {
    Bytes out;
    std::vector<Digit> run;
    const auto end_run = [&] {
        if (run.size() >= kShortestRun) put_hex(out, in, run, first);
        run.clear();
    };
    for (std::size_t i = 0; i < in.size();) {
        const std::size_t skipped = hex_separator(in, i);
        const int digit = skipped == 0 ? hex_digit(in[i].byte) : kNone;
        if (digit != kNone)
            run.push_back({.at = i, .value = static_cast<unsigned>(digit)});
        else if (skipped == 0)
            end_run();
        i += std::max<std::size_t>(skipped, 1);
    }
    end_run();
    return out;
}

Bytes in_base64(const Bytes& in, std::size_t first) {
    Bytes out;
    std::vector<Digit> run;
    const auto end_run = [&] {
        if (run.size() >= kShortestRun) put_base64(out, in, run, first);
        run.clear();
    };
    for (std::size_t i = 0; i < in.size(); ++i) {
        const int digit = base64_digit(in[i].byte);
        // Blanks are where it was wrapped.
        if (digit != kNone)
            run.push_back({.at = i, .value = static_cast<unsigned>(digit)});
        else if (!is_blank(in[i].byte))
            end_run();
    }
    end_run();
    return out;
}

void each_encoding(const Bytes& in, const std::function<void(const Bytes&)>& give) {
    // What PowerShell is given is UTF-16 within base64.
    const auto use = [&give](const Bytes& view) {
        give(view);
        if (contains(view, '\0')) each_utf16(view, give);
    };
    use(in);
    if (contains(in, '&')) use(html_decoded(in));
    each_base32(in, use);
    if (contains(in, '%')) use(percent_decoded(in, false));
    if (contains(in, '+')) use(percent_decoded(in, true));
    for (const std::size_t first : {0U, 1U}) use(in_hex(in, first));
    for (const std::size_t first : {0U, 1U, 2U, 3U}) use(in_base64(in, first));
}

}

void each_view(std::string_view text, const std::function<void(const Bytes&)>& use) {
    const Bytes as_it_is = plain(text);
    each_encoding(as_it_is, use);
    if (!contains(as_it_is, '\\')) {
        if (contains(as_it_is, '"')) use(unquoted(as_it_is));
        return;
    }
    use(unquoted(as_it_is));
    const Bytes once = unescaped(as_it_is, false);
    each_encoding(once, use);
    use(unquoted(once));
    use(unescaped(as_it_is, true));
    if (!contains(once, '\\')) return;
    use(unescaped(once, false));
    use(unescaped(once, true));
}

}
