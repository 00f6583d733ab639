#include "json/reader.hpp"

#include "json/error.hpp"

#include <cstring>
#include <string>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The next quote, backslash or control character.
const char* find_special(const char* at, const char* end) {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i last_control = _mm_set1_epi8(0x1F);
    // 16 bytes at a time: strings are most of a document. The comparison is of unsigned bytes, so
    // UTF-8 is plain text here.
    for (; end - at >= 16; at += 16) {
        __m128i block;
        std::memcpy(&block, at, sizeof block);
        __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, last_control), block);
        __m128i found = _mm_or_si128(
            control, _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
        int mask = _mm_movemask_epi8(found);
        if (mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
    }
#endif
    while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
    return at;
}

// One pass over the text with the open brackets on a stack of its own: no recursion.
class Reader {
public:
    Reader(std::string_view text, Events& events, const Limits& limits)
        : text_(text), events_(events), limits_(limits), at_(text.data()),
          end_(text.data() + text.size()) {
        // Editors of some systems put it before a text; RFC 8259 lets it be ignored.
        constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
        if (text.starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
    }

    // RFC 8259: one value, white space around it, and nothing else.
    base::Result<void> run() {
        TRY(value());
        while (!open_.empty()) TRY(next());
        skip_space();
        if (at_ != end_) return error("expected the end");
        return {};
    }

private:
    struct Open {
        std::uint32_t begin;
        bool is_object;
        bool has_members;
    };

    std::uint32_t offset(const char* at) const {
        return static_cast<std::uint32_t>(at - text_.data());
    }
    Span span_from(const char* begin) const { return {offset(begin), offset(at_)}; }

    base::Error error_at(const char* at, std::string message) const {
        std::uint32_t begin = offset(at);
        return syntax_error(text_, {begin, begin + (at < end_ ? 1 : 0)}, std::move(message));
    }
    base::Error error(std::string message) const {
        if (at_ == end_) message += ", found the end of the text";
        return error_at(at_, std::move(message));
    }

    // Section 2 has four kinds of white space: no form feed, no U+00A0. A byte order mark is
    // refused too, as section 8.1 permits.
    void skip_space() {
        while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
    }

    // What follows in the innermost open bracket: a member, or its end.
    base::Result<void> next() {
        Open& open = open_.back();
        skip_space();
        char close = open.is_object ? '}' : ']';
        // "[1,]" does not pass: after a comma a value or a key is demanded below.
        if (at_ < end_ && *at_ == close) return close_bracket();
        if (open.has_members) {
            if (at_ == end_ || *at_ != ',') {
                return error(std::string("expected a comma or '") + close + "'");
            }
            // The comma is seen and the bracket is not looked for again.
            ++at_;
            skip_space();
        }
        open.has_members = true;
        if (!open.is_object) return value();
        if (at_ == end_ || *at_ != '"') return error("expected a string as key");
        const char* begin = at_;
        std::string_view name = TRY(string_body());
        TRY(events_.key(name, span_from(begin)));
        skip_space();
        if (at_ == end_ || *at_ != ':') return error("expected a colon");
        ++at_;
        return value();
    }

    base::Result<void> open_bracket(bool is_object) {
        // The stack here is our own and would hold more. It is what comes after that recurses:
        // writing a tree, comparing it, destroying it.
        if (open_.size() >= limits_.max_depth) {
            return error("nested deeper than " + std::to_string(limits_.max_depth) + " levels");
        }
        const char* begin = at_++;
        open_.push_back({offset(begin), is_object, false});
        return is_object ? events_.begin_object(span_from(begin))
                         : events_.begin_array(span_from(begin));
    }

    base::Result<void> close_bracket() {
        ++at_;
        Open open = open_.back();
        open_.pop_back();
        Span span = {open.begin, offset(at_)};
        return open.is_object ? events_.end_object(span) : events_.end_array(span);
    }

    base::Result<void> value() {
        skip_space();
        if (at_ == end_) return error("expected a value");
        const char* begin = at_;
        switch (*at_) {
            case '{': return open_bracket(true);
            case '[': return open_bracket(false);
            case '"': {
                std::string_view body = TRY(string_body());
                return events_.string(body, span_from(begin));
            }
            case 't': TRY(word("true")); return events_.boolean(true, span_from(begin));
            case 'f': TRY(word("false")); return events_.boolean(false, span_from(begin));
            case 'n': TRY(word("null")); return events_.null(span_from(begin));
            default: break;
        }
        if (*at_ != '-' && !is_digit(*at_)) return error("expected a value");
        return number();
    }

    base::Result<void> word(std::string_view expected) {
        if (static_cast<std::size_t>(end_ - at_) < expected.size() ||
            std::string_view(at_, expected.size()) != expected) {
            return error("expected '" + std::string(expected) + "'");
        }
        at_ += expected.size();
        return {};
    }

    base::Result<void> digits() {
        if (at_ == end_ || !is_digit(*at_)) return error("expected a digit");
        while (at_ < end_ && is_digit(*at_)) ++at_;
        return {};
    }

    base::Result<void> number() {
        const char* begin = at_;
        if (*at_ == '-') ++at_;
        // Section 6: no leading zero ("012" is eight to some and twelve to others), no leading
        // plus, digits on both sides of a point.
        if (at_ < end_ && *at_ == '0') {
            ++at_;
            if (at_ < end_ && is_digit(*at_)) return error("a number may not start with a zero");
        } else {
            TRY(digits());
        }
        if (at_ < end_ && *at_ == '.') {
            ++at_;
            TRY(digits());
        }
        if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
            ++at_;
            if (at_ < end_ && (*at_ == '+' || *at_ == '-')) ++at_;
            TRY(digits());
        }
        // The digits as they are written: no double comes in between, so 0.1 and 2^63 arrive as
        // what they are.
        std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
        return events_.number(text, span_from(begin));
    }

    // The value of the string that starts here, in the text itself where it has no escapes.
    // Valid until the next string: with escapes it lies in the scratch buffer.
    base::Result<std::string_view> string_body() {
        const char* begin = ++at_;
        at_ = find_special(at_, end_);
        if (at_ < end_ && *at_ == '"') {
            return std::string_view(begin, static_cast<std::size_t>(at_++ - begin));
        }
        scratch_.assign(begin, at_);
        while (at_ < end_ && *at_ != '"') {
            // Section 7: U+0000 to U+001F have to be escaped.
            if (*at_ != '\\') return error("a control character must be escaped in a string");
            TRY(escape());
            const char* plain = at_;
            at_ = find_special(at_, end_);
            scratch_.append(plain, at_);
        }
        if (at_ == end_) return error("expected the end of the string");
        ++at_;
        return std::string_view(scratch_);
    }

    base::Result<void> escape() {
        const char* begin = at_++;
        if (at_ == end_) return error("expected an escape");
        switch (*at_++) {
            case '"': scratch_ += '"'; return {};
            case '\\': scratch_ += '\\'; return {};
            case '/': scratch_ += '/'; return {};
            case 'b': scratch_ += '\b'; return {};
            case 'f': scratch_ += '\f'; return {};
            case 'n': scratch_ += '\n'; return {};
            case 'r': scratch_ += '\r'; return {};
            case 't': scratch_ += '\t'; return {};
            case 'u': break;
            default: return error_at(begin, "unknown escape in a string");
        }
        std::uint32_t unit = TRY(hex());
        // Characters beyond U+FFFF are two escapes, a surrogate pair as in UTF-16. Half of one has
        // no spelling in UTF-8, and RFC 8259, section 8.2, warns of what readers make of it; here
        // it is an error.
        if (unit >= 0xD800 && unit < 0xDC00 && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
            at_ += 2;
            std::uint32_t low = TRY(hex());
            if (low < 0xDC00 || low > 0xDFFF) return error_at(begin, "unpaired surrogate");
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        } else if (unit >= 0xD800 && unit < 0xE000) {
            return error_at(begin, "unpaired surrogate");
        }
        append_utf8(scratch_, unit);
        return {};
    }

    base::Result<std::uint32_t> hex() {
        std::uint32_t unit = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            char c = at_ < end_ ? *at_ : '\0';
            char lower = static_cast<char>(c | 0x20);
            if (is_digit(c)) {
                unit = unit * 16 + static_cast<std::uint32_t>(c - '0');
            } else if (lower >= 'a' && lower <= 'f') {
                unit = unit * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
            } else {
                return error("expected four hexadecimal digits");
            }
        }
        return unit;
    }

    std::string_view text_;
    Events& events_;
    const Limits& limits_;
    const char* at_;
    const char* end_;
    std::vector<Open> open_;
    std::string scratch_;
};

}

base::Result<void> read(std::string_view text, Events& events, const Limits& limits) {
    TRY(check_text(text, limits));
    return Reader(text, events, limits).run();
}

}
