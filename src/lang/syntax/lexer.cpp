#include "lang/syntax/lexer.hpp"

#include "lang/syntax/primops.hpp"
#include "lang/syntax/scan.hpp"
#include "lang/syntax/utf8.hpp"

#include <array>
#include <cstring>

namespace lang {

namespace {

enum : std::uint8_t { kBlank = 1, kDigit = 2, kLetter = 4, kWord = 8, kPrimOp = 16 };

constexpr auto kClasses = [] {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit | kWord | kPrimOp;
    for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = kLetter | kWord | kPrimOp;
    for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter | kWord;
    classes['_'] = kWord | kPrimOp;
    classes['/'] = kPrimOp;
    classes['-'] = kWord;
    classes['\''] = kWord;
    for (char c : {' ', '\t', '\n', '\f', '\v'}) classes[static_cast<unsigned char>(c)] = kBlank;
    return classes;
}();

bool is(char c, std::uint8_t what) { return (kClasses[static_cast<unsigned char>(c)] & what) != 0; }

const char* skip(const char* at, const char* end, std::uint8_t what) {
    while (at != end && is(*at, what)) ++at;
    return at;
}

// The end of `_*[a-zA-Z][_a-zA-Z0-9-']*` at `at`, or null.
const char* word_end(const char* at, const char* end) {
    while (at != end && *at == '_') ++at;
    if (at == end || !is(*at, kLetter)) return nullptr;
    return skip(at + 1, end, kWord);
}

bool is_digit_of(char c, char base) {
    switch (base) {
        case 'b': return c == '0' || c == '1';
        case 'o': return c >= '0' && c <= '7';
        default: return is(c, kDigit) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}

}

Lexer::Lexer(const Source& source, std::vector<value::Diagnostic>& diagnostics,
             std::stop_token stop)
    : begin_(source.text.data()), end_(begin_ + source.text.size()), at_(begin_),
      base_(source.base), stop_(std::move(stop)), diagnostics_(diagnostics) {}

std::vector<Token> Lexer::run() {
    // Four bytes to a token, which is what code with blanks and short names has.
    tokens_.reserve(static_cast<std::size_t>(end_ - begin_) / 4 + 16);
    frames_.push_back({Mode::Code, 0, base_});
    if (validate_text()) lex_to_end();
    // The end is told of where the last token ends, not behind blank lines and comments.
    const char* last = tokens_.empty() ? begin_ : begin_ + (tokens_.back().end - base_);
    push(TokenKind::End, last, last);
    return std::move(tokens_);
}

std::vector<Token> Lexer::run(std::span<const std::pair<std::size_t, std::size_t>> only) {
    frames_.push_back({Mode::Code, 0, base_});
    for (const auto& [from, to] : only) {
        at_ = begin_ + from;
        end_ = begin_ + to;
        lex_to_end();
    }
    push(TokenKind::End, end_, end_);
    return std::move(tokens_);
}

void Lexer::lex_to_end() {
    // An open string at the end of the text is reported by its own mode, hence the second
    // condition.
    while ((at_ != end_ || frames_.back().mode != Mode::Code) && !stop_.stop_requested()) {
        switch (frames_.back().mode) {
            case Mode::Code: lex_code(); break;
            case Mode::String: lex_string(); break;
            case Mode::Multiline: lex_multiline(); break;
        }
    }
}

bool Lexer::validate_text() {
    // Once for the whole, so that nothing behind it needs to ask again whether a character is
    // sound.
    const char* bad = find_invalid_utf8(begin_, end_);
    if (!bad) return true;
    report({pos(bad), pos(bad) + 1}, "the text is not valid UTF-8",
           "this byte belongs to no character");
    push(TokenKind::Invalid, bad, bad + 1);
    return false;
}

void Lexer::push(TokenKind kind, const char* from, const char* to, bool needs_decoding) {
    tokens_.push_back({kind, needs_decoding, 0, pos(from), pos(to)});
}

void Lexer::report(Span span, std::string message, std::string label, std::string note) {
    value::Diagnostic& found = diagnostics_.emplace_back();
    found.kind = "ParseError::ParseError";
    found.message = std::move(message);
    found.labels.push_back({span, std::move(label), true});
    if (!note.empty()) found.notes.push_back(std::move(note));
}

// Skips blanks and comments; false at the end of the text.
bool Lexer::skip_blanks() {
    while (at_ != end_) {
        if (is(*at_, kBlank)) {
            ++at_;
        } else if (*at_ == '#') {
            const void* newline = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
            at_ = newline ? static_cast<const char*>(newline) : end_;
            // Only before a line feed; alone it is a mistake of its own kind, told as one.
        } else if (*at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n') {
            at_ += 2;
        } else {
            return true;
        }
    }
    return false;
}

void Lexer::lex_code() {
    // Stays here until a string begins or a hole ends, which change the mode.
    std::size_t depth = frames_.size();
    while (frames_.size() == depth && !stop_.stop_requested() && skip_blanks()) {
        char c = *at_;
        if (is(c, kLetter) || c == '_') {
            lex_word();
            // A number may begin with its dot, `.5`, when a digit follows; `a.5` is therefore no
            // access.
        } else if (is(c, kDigit) || (c == '.' && at_ + 1 != end_ && is(at_[1], kDigit))) {
            lex_number();
        } else if (c == '"') {
            lex_quote(at_, TokenKind::StringLiteral);
        } else if (c == '\'') {
            lex_tag();
        } else if (c == '%') {
            lex_percent();
        } else if (c == '}') {
            lex_close_brace();
        } else {
            lex_punctuation();
        }
    }
    if (at_ == end_ && frames_.size() == depth && depth > 1) report_open_hole();
}

void Lexer::lex_word() {
    const char* start = at_;
    const char* stop = word_end(at_, end_);
    if (!stop) {
        push(TokenKind::Underscore, start, ++at_);
        return;
    }
    at_ = stop;
    std::string_view word(start, static_cast<std::size_t>(stop - start));
    if (stop != end_ && *stop == '%' &&
        // `m%` and `x-s%` begin a string only before a quote: `m % 2` and `m%2` are the remainder.
        // The prefix has a name before its `-s`.
        (word == "m" || (word.size() > 2 && word.ends_with("-s") && word[0] != '_'))) {
        const char* quote = stop;
        while (quote != end_ && *quote == '%') ++quote;
        if (quote != end_ && *quote == '"') {
            at_ = quote + 1;
            push(word == "m" ? TokenKind::MultilineStart : TokenKind::SymbolicStart, start, at_);
            frames_.push_back(
                {Mode::Multiline, static_cast<std::uint32_t>(quote - stop), pos(start)});
            return;
        }
    }
    push(word_kind(word), start, stop);
}

void Lexer::lex_number() {
    const char* start = at_;
    if (*at_ == '0' && end_ - at_ >= 3 && (at_[1] == 'x' || at_[1] == 'o' || at_[1] == 'b') &&
        // Without a digit it is `0` and then a name.
        is_digit_of(at_[2], at_[1])) {
        char base = at_[1];
        at_ += 2;
        while (at_ != end_ && is_digit_of(*at_, base)) ++at_;
        push(TokenKind::Number, start, at_);
        return;
    }
    at_ = skip(at_, end_, kDigit);
    // The dot needs a digit behind it: it may also be the first of `..`, or lead to a field.
    if (end_ - at_ >= 2 && *at_ == '.' && is(at_[1], kDigit)) at_ = skip(at_ + 1, end_, kDigit);
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
        const char* digits = at_ + 1;
        if (digits != end_ && (*digits == '+' || *digits == '-')) ++digits;
        const char* stop = skip(digits, end_, kDigit);
        // `1e` is a number and a name.
        if (stop != digits) at_ = stop;
        // Eighteen digits fit in 64 bits with their sign, for all who read this number later.
        // Zeros before them do not count.
        while (digits < stop && *digits == '0') ++digits;
        if (stop - digits > 18) {
            report({pos(start), pos(stop)}, "the exponent of this number is too large", "");
            push(TokenKind::Invalid, start, stop);
            return;
        }
    }
    push(TokenKind::Number, start, at_);
}

void Lexer::lex_tag() {
    const char* start = at_;
    if (const char* stop = word_end(at_ + 1, end_)) {
        at_ = stop;
        push(TokenKind::EnumTag, start, stop);
    } else if (at_ + 1 != end_ && at_[1] == '"') {
        ++at_;
        lex_quote(start, TokenKind::QuotedEnumTag);
    } else {
        report({pos(start), pos(start) + 1}, "an enum tag needs a name",
               "no name follows this quote", "strings are written with double quotes: \"…\"");
        push(TokenKind::Invalid, start, ++at_);
    }
}

// `%name%` when there is such an operation, otherwise the modulo operator.
// Names of operations have a slash and lower case: `a %b% c` with no such operation is two
// remainders.
void Lexer::lex_percent() {
    const char* start = at_;
    const char* stop = skip(at_ + 1, end_, kPrimOp);
    if (stop != end_ && *stop == '%') {
        std::string_view name(start + 1, static_cast<std::size_t>(stop - start - 1));
        if (auto id = find_primop(name)) {
            at_ = stop + 1;
            push(TokenKind::PrimOp, start, at_);
            tokens_.back().primop = static_cast<std::uint16_t>(*id);
            return;
        }
    }
    push(TokenKind::Percent, start, ++at_);
}

void Lexer::lex_close_brace() {
    Frame& frame = frames_.back();
    // In code that is no hole, a brace too many stays a brace, and the parser tells of it.
    if (frames_.size() > 1 && frame.count == 0) {
        push(TokenKind::HoleEnd, at_, at_ + 1);
        frames_.pop_back();
    } else {
        if (frame.count > 0) --frame.count;
        push(TokenKind::RightBrace, at_, at_ + 1);
    }
    ++at_;
}

void Lexer::lex_punctuation() {
    using enum TokenKind;
    char next = at_ + 1 == end_ ? '\0' : at_[1];
    auto one = [this](TokenKind kind) { push(kind, at_, at_ + 1), ++at_; };
    auto two = [this](TokenKind kind) { push(kind, at_, at_ + 2), at_ += 2; };
    switch (*at_) {
        case '{': ++frames_.back().count; return one(LeftBrace);
        case '(': return one(LeftParen);
        case ')': return one(RightParen);
        case '[': return next == '|' ? two(LeftEnum) : one(LeftBracket);
        case ']': return one(RightBracket);
        case ',': return one(Comma);
        case ';': return one(Semicolon);
        case ':': return one(Colon);
        case '?': return one(Question);
        case '.': return next == '.' ? two(Ellipsis) : one(Dot);
        case '|':
            if (next == ']') return two(RightEnum);
            if (next == '|') return two(OrOr);
            return next == '>' ? two(Pipe) : one(Bar);
        case '=':
            if (next == '>') return two(FatArrow);
            return next == '=' ? two(EqualEqual) : one(Equal);
        case '-': return next == '>' ? two(Arrow) : one(Minus);
        case '+': return next == '+' ? two(PlusPlus) : one(Plus);
        case '*': return one(Star);
        case '/': return one(Slash);
        case '@': return one(At);
        case '<': return next == '=' ? two(LessEqual) : one(Less);
        case '>': return next == '=' ? two(GreaterEqual) : one(Greater);
        case '!': return next == '=' ? two(NotEqual) : one(Bang);
        case '&': return next == '&' ? two(AndAnd) : one(Ampersand);
        default: return lex_stray_character();
    }
}

void Lexer::lex_stray_character() {
    const char* start = at_;
    at_ += utf8_length(*at_);
    if (at_ > end_) at_ = end_;
    Span span{pos(start), pos(at_)};
    std::string_view text(start, static_cast<std::size_t>(at_ - start));
    auto code = static_cast<unsigned char>(*start);
    // Each of these comes from an editor or a web page and looks like what is meant; hence a note
    // for each.
    if (code == '\r') {
        report(span, "a carriage return without a line feed", "",
               "lines end with \\n or \\r\\n; this file seems to use the old \\r alone");
    } else if (code < 0x20 || code == 0x7F) {
        report(span, "a control character outside of a string", "");
    } else if (text == "\u201C" || text == "\u201D" || text == "\u2018" || text == "\u2019") {
        report(span, "a typographic quote outside of a string", "",
               "strings are written with straight double quotes: \"…\"");
    } else if (text == "\u00A0") {
        report(span, "a no-break space outside of a string", "",
               "replace it with an ordinary space");
    } else if (text == "\uFEFF") {
        report(span, "a byte order mark", "", "save the file as UTF-8 without a byte order mark");
    } else if (code >= 0x80) {
        report(span, "unexpected character `" + std::string(text) + "`", "",
               "names are made of ASCII letters, digits, `_`, `-` and `'`; quote others: \"…\"");
    } else {
        report(span, "unexpected character `" + std::string(text) + "`", "");
    }
    push(TokenKind::Invalid, start, at_);
}

}
