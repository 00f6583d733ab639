#pragma once

#include "lang/eval/objects.hpp"

#include <optional>
#include <string>

namespace lang {

inline bool is_number(Word word) { return word.is_integer() || is(word, Tag::Rational); }

// A number word seen as a Rational, without copying big ones.
class Number {
public:
    explicit Number(Word word)
        : small_(word.is_integer() ? value::Rational(word.as_integer()) : value::Rational()),
          value_(word.is_integer() ? nullptr : &as<RationalObj>(word)->value) {}

    const value::Rational& get() const { return value_ ? *value_ : small_; }

private:
    value::Rational small_;
    const value::Rational* value_;
};

// to_string of null, booleans, numbers, strings and bare tags; nothing for anything else.
std::optional<std::string> to_text(Word word);

}
