#include "lang/syntax/lexer.hpp"
#include "lang/syntax/scan.hpp"

#include <algorithm>
#include <utility>

// Strings and what is quoted like them, in pieces where they have holes.
namespace lang {

// At the opening quote. A literal without holes becomes one token.
void Lexer::lex_quote(const char* start, TokenKind whole) {
    bool needs_decoding = false;
    const char* at = at_ + 1;
    for (;;) {
        at = find_any(at, end_, '"', '\\', '%', '\r');
        if (at == end_) break;
        if (*at == '"') {
            at_ = at + 1;
            push(whole, start, at_, needs_decoding);
            return;
        }
        // A hole makes it a string of several tokens.
        if (*at == '%' && at + 1 != end_ && at[1] == '{') break;
        if (*at == '%') {
            ++at;
        } else if (*at == '\r') {
            needs_decoding = true;
            ++at;
        } else {
            needs_decoding = true;
            at = at + 1 == end_ ? end_ : at + 2;   // checked below or when decoded
        }
    }
    // From the beginning again, in the other mode, which pushes text and holes one by one. The
    // text was read twice up to the first hole; most strings have none.
    if (whole == TokenKind::StringLiteral) {
        push(TokenKind::StringStart, start, ++at_);
        frames_.push_back({Mode::String, 0, pos(start)});
        return;
    }
    if (at == end_) {
        report({pos(start), pos(start) + 2}, "unclosed enum tag", "its closing quote is missing");
        push(TokenKind::Invalid, start, at_ = end_);
        return;
    }
    // It goes on as a string, so that its end is found.
    report({pos(at), pos(at) + 2}, "an enum tag cannot hold interpolated text", "");
    push(TokenKind::Invalid, start, start + 1);
    push(TokenKind::StringStart, start + 1, ++at_);
    frames_.push_back({Mode::String, 0, pos(start)});
}

void Lexer::lex_string() {
    const char* start = at_;
    bool needs_decoding = false;
    for (;;) {
        at_ = find_any(at_, end_, '"', '\\', '%', '\r');
        if (at_ == end_) {
            report_open_string({frames_.back().opened, frames_.back().opened + 1});
            push(TokenKind::StringText, start, at_, needs_decoding);
            frames_.resize(1);
            return;
        }
        if (*at_ == '"' || (*at_ == '%' && at_ + 1 != end_ && at_[1] == '{')) break;
        if (*at_ == '%') {
            ++at_;
        } else {
            needs_decoding = true;
            at_ = *at_ == '\\' && at_ + 1 != end_ ? at_ + 2 : at_ + 1;
        }
    }
    if (at_ != start) push(TokenKind::StringText, start, at_, needs_decoding);
    if (*at_ == '"') {
        push(TokenKind::StringEnd, at_, at_ + 1);
        ++at_;
        frames_.pop_back();
    } else {
        push(TokenKind::HoleStart, at_, at_ + 2);
        // A hole is code again, with braces of its own to count: the `}` that ends it is the one
        // that none of them opened.
        frames_.push_back({Mode::Code, 0, pos(at_)});
        at_ += 2;
    }
}

void Lexer::lex_multiline() {
    const char* start = at_;
    Frame frame = frames_.back();
    for (;;) {
        at_ = find_any(at_, end_, '"', '%', '"', '%');
        if (at_ == end_) {
            report_open_string({frame.opened, frame.opened + 2},
                               "it ends at `\"` followed by as many `%` as it began with");
            push(TokenKind::StringText, start, at_);
            frames_.resize(1);
            return;
        }
        const char* signs = *at_ == '"' ? at_ + 1 : at_;
        const char* after = signs;
        // Any number of signs is counted at once, so that `"%%%` in a string of one `%` is one end
        // with a mistake and not two ends.
        while (after != end_ && *after == '%') ++after;
        auto count = static_cast<std::size_t>(after - signs);
        // `"%{x}"`: a quote and then a hole. Nothing can be applied to a text, so it ends none.
        if (*at_ == '"' && count >= frame.count && after != end_ && *after == '{') {
            at_ = signs;
            continue;
        }
        // As many as at the beginning end it; fewer are text, which is what the longer marks are
        // for.
        if (*at_ == '"' && count >= frame.count) {
            if (at_ != start) push(TokenKind::StringText, start, at_);
            push(TokenKind::StringEnd, at_, after);
            if (count > frame.count) {
                report({pos(at_), pos(after)}, "the string is closed with too many `%`",
                       "closed here");
                diagnostics_.back().labels.push_back(
                    {{frame.opened, frame.opened + 1}, "opened here", false});
            }
            at_ = after;
            frames_.pop_back();
            return;
        }
        if (*at_ == '%' && count >= frame.count && after != end_ && *after == '{') {
            // The signs before those of the hole are text: in `m%"%%%{x}"%` the hole takes one of
            // three.
            const char* hole = after - frame.count;
            if (hole != start) push(TokenKind::StringText, start, hole);
            push(TokenKind::HoleStart, hole, after + 1);
            frames_.push_back({Mode::Code, 0, pos(hole)});
            at_ = after + 1;
            return;
        }
        at_ = after;
    }
}

// A quote that is missing turns all strings behind it inside out: what is open at the end is the
// last of them, and the line where one goes on that nobody meant to is the one to look at.
void Lexer::report_open_string(Span where, std::string note) {
    report(where, "unclosed string", "this string is still open at the end of the file",
           std::move(note));
    const auto goes_on = [this](const Token& token) {
        const auto [from, to] =
            std::pair(begin_ + (token.begin - base_), begin_ + (token.end - base_));
        return token.kind == TokenKind::StringLiteral && std::find(from, to, '\n') != to;
    };
    const auto first = std::ranges::find_if(tokens_, goes_on);
    if (first == tokens_.end()) return;
    diagnostics_.back().labels.push_back(
        {{first->begin, first->begin + 1},
         "this one goes on over the line: is a quote missing here?",
         false});
}

// The text ended inside a hole: the string around it can never be closed.
void Lexer::report_open_hole() {
    const Frame& string = frames_[frames_.size() - 2];
    report_open_string({string.opened, string.opened + 1},
                       "the `%{` that was opened in it is not closed either");
    // Only the outermost is left: each string around the hole would report the same end.
    frames_.resize(1);
}

}
