#pragma once

#include "base/result.hpp"
#include "json/events.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace json::toml {

// A place in a text of TOML, and what all of its grammar needs: blanks, comments, ends of lines.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    std::size_t at() const { return at_; }
    bool is_at_end() const { return at_ == text_.size(); }
    // A null character beyond the end.
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    // A control character, which stands in no comment and no string of one line.
    bool is_at_control() const;

    void advance(std::size_t count = 1) { at_ += count; }
    void back_to(std::size_t at) { at_ = at; }
    bool take(std::string_view expected);
    bool take_newline() { return take("\n") || take("\r\n"); }
    void skip_space();
    base::Result<void> skip_blank_lines();
    base::Result<void> end_of_line();

    // What was passed since then.
    std::string_view text_since(std::size_t begin) const {
        return text_.substr(begin, at_ - begin);
    }
    Span since(std::size_t begin) const {
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
    }
    // About the character here.
    base::Error error(std::string message) const;
    base::Error error_at(Span span, std::string message) const;
    std::size_t line_of(Span span) const;

private:
    base::Result<void> skip_comment();

    std::string_view text_;
    std::size_t at_ = 0;
};

}
