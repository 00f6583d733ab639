#include "base/redact_notations.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace base::redact {

bool is_at(const Bytes& in, std::size_t at, std::string_view text) {
    if (at + text.size() > in.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (in[at + i].byte != static_cast<std::uint8_t>(text[i])) return false;
    }
    return true;
}

bool contains(const Bytes& in, char c) {
    return std::ranges::find(in, static_cast<std::uint8_t>(c), &Byte::byte) != in.end();
}

// Appends what is written from `from` to `to` as these bytes.
void put(Bytes& out, const Bytes& in, std::size_t from, std::size_t to,
         std::initializer_list<unsigned> bytes) {
    for (const unsigned byte : bytes) {
        out.push_back({.begin = in[from].begin,
                       .end = in[to - 1].end,
                       .byte = static_cast<std::uint8_t>(byte),
                       .begins_anew = in[from].begins_anew});
    }
}

void put_utf8(Bytes& out, const Bytes& in, std::size_t from, std::size_t to, unsigned code) {
    if (code < 0x80) return put(out, in, from, to, {code});
    if (code < 0x800) return put(out, in, from, to, {0xc0 | code >> 6U, 0x80 | (code & 63U)});
    if (code < 0x10000) {
        return put(out, in, from, to,
                   {0xe0 | code >> 12U, 0x80 | (code >> 6U & 63U), 0x80 | (code & 63U)});
    }
    put(out, in, from, to,
        {0xf0 | code >> 18U, 0x80 | (code >> 12U & 63U), 0x80 | (code >> 6U & 63U),
         0x80 | (code & 63U)});
}

namespace {

constexpr int kNone = -1;

struct Entity {
    std::string_view name;
    char character;
};
// What escaping of HTML and XML makes of ASCII.
constexpr std::array<Entity, 9> kEntities{{{"&amp;", '&'},
                                           {"&lt;", '<'},
                                           {"&gt;", '>'},
                                           {"&quot;", '"'},
                                           {"&apos;", '\''},
                                           {"&sol;", '/'},
                                           {"&plus;", '+'},
                                           {"&equals;", '='},
                                           {"&nbsp;", ' '}}};

int digit_of(std::uint8_t c, unsigned base) {
    int digit = kNone;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
    return digit < static_cast<int>(base) ? digit : kNone;
}

// &#38; or &#x26; at a place; returns where it ends, or the place where it is none.
std::size_t put_number(Bytes& out, const Bytes& in, std::size_t at) {
    constexpr std::size_t kMostDigits = 8;
    constexpr unsigned kLargest = 0x10ffff;
    std::size_t end = at + 2;
    const bool is_hex = end < in.size() && (in[end].byte == 'x' || in[end].byte == 'X');
    if (is_hex) ++end;
    const std::size_t first = end;
    unsigned code = 0;
    for (; end < in.size() && end < first + kMostDigits; ++end) {
        const unsigned base = is_hex ? 16 : 10;
        const int digit = digit_of(in[end].byte, base);
        if (digit == kNone) break;
        code = code * base + static_cast<unsigned>(digit);
    }
    if (end == first || code > kLargest) return at;
    if (end < in.size() && in[end].byte == ';') ++end;
    put_utf8(out, in, at, end, code);
    return end;
}

std::size_t put_entity(Bytes& out, const Bytes& in, std::size_t at) {
    if (is_at(in, at, "&#")) return put_number(out, in, at);
    for (const Entity& entity : kEntities) {
        if (!is_at(in, at, entity.name)) continue;
        const std::size_t end = at + entity.name.size();
        put(out, in, at, end, {static_cast<unsigned char>(entity.character)});
        return end;
    }
    return at;
}

int base32_digit(std::uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a';
    return c >= '2' && c <= '7' ? c - '2' + 26 : kNone;
}

struct Digit {
    std::size_t at = 0;
    unsigned value = 0;
};
using Run = std::vector<Digit>;

constexpr std::size_t kShortestRun = 7;   // digits: less cannot be four bytes

// Words are runs too, but for those that go on over lines.
std::vector<Run> base32_runs(const Bytes& in) {
    std::vector<Run> out;
    Run run;
    const auto end_run = [&] {
        if (run.size() >= kShortestRun) out.push_back(std::move(run));
        run.clear();
    };
    for (std::size_t i = 0; i < in.size(); ++i) {
        const int digit = base32_digit(in[i].byte);
        if (digit != kNone) {
            run.push_back({.at = i, .value = static_cast<unsigned>(digit)});
        } else if (in[i].byte != '\n' && in[i].byte != '\r') {
            end_run();
        }
    }
    end_run();
    return out;
}

// Eight digits of five bits to five bytes; those before `first` belong to something else.
void put_base32(Bytes& out, const Bytes& in, const Run& run, std::size_t first) {
    bool begins_anew = true;
    for (std::size_t bit = 0;; bit += 8) {
        const std::size_t from = first + bit / 5;
        const std::size_t to = first + (bit + 7) / 5;   // two digits or three
        if (to >= run.size()) return;
        std::uint32_t bits = 0;
        for (std::size_t i = from; i <= to; ++i) bits = bits << 5U | run[i].value;
        const std::size_t behind = (to - first + 1) * 5 - (bit + 8);
        out.push_back({.begin = in[run[from].at].begin,
                       .end = in[run[to].at].end,
                       .byte = static_cast<std::uint8_t>(bits >> behind),
                       .begins_anew = begins_anew});
        begins_anew = false;
    }
}

Bytes from_utf16(const Bytes& in, bool is_big, std::size_t first) {
    const auto unit = [&](std::size_t at) {
        const unsigned low = in[is_big ? at + 1 : at].byte;
        const unsigned high = in[is_big ? at : at + 1].byte;
        return high << 8U | low;
    };
    Bytes out;
    out.reserve(in.size() / 2);
    for (std::size_t i = first; i + 1 < in.size();) {
        unsigned code = unit(i);
        std::size_t end = i + 2;
        if (code >= 0xd800 && code < 0xdc00 && i + 3 < in.size()) {
            const unsigned low = unit(i + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
                end = i + 4;
            }
        }
        put_utf8(out, in, i, end, code);
        i = end;
    }
    return out;
}

}

Bytes html_decoded(const Bytes& in) {
    Bytes out;
    out.reserve(in.size());
    for (std::size_t i = 0; i < in.size();) {
        const std::size_t end = in[i].byte == '&' ? put_entity(out, in, i) : i;
        if (end == i) out.push_back(in[i]);
        i = std::max(end, i + 1);
    }
    return out;
}

void each_base32(const Bytes& in, const std::function<void(const Bytes&)>& use) {
    constexpr std::size_t kGroup = 8;   // digits
    const std::vector<Run> runs = base32_runs(in);
    for (std::size_t first = 0; first < kGroup && !runs.empty(); ++first) {
        Bytes out;
        for (const Run& run : runs) put_base32(out, in, run, first);
        use(out);
    }
}

void each_utf16(const Bytes& in, const std::function<void(const Bytes&)>& use) {
    for (const bool is_big : {false, true}) {
        for (const std::size_t first : {0U, 1U}) use(from_utf16(in, is_big, first));
    }
}

}
