#pragma once

#include "lang/eval/objects.hpp"
#include "lang/syntax/ast.hpp"

#include <optional>
#include <string>

namespace lang {

inline bool is_number(Word word) { return word.is_integer() || is(word, Tag::Rational); }

// A number word seen as a Rational, without copying big ones.
class Number {
public:
    explicit Number(Word word)
        : small_(word.is_integer() ? value::Rational(word.as_integer()) : value::Rational()),
          value_(word.is_integer() ? nullptr : &as<RationalObj>(word)->reduced()) {}

    const value::Rational& get() const { return value_ ? *value_ : small_; }

private:
    value::Rational small_;
    const value::Rational* value_;
};

// Of two integers that are words, where the result is one as well.
inline bool integer_arithmetic(ast::BinaryOp op, std::int64_t a, std::int64_t b,
                               std::int64_t& result) {
    bool done = true;
    switch (op) {   // words of 61 bits: a sum of two cannot overflow 64, a product can
        case ast::BinaryOp::Add: result = a + b; break;
        case ast::BinaryOp::Subtract: result = a - b; break;
        case ast::BinaryOp::Multiply: done = !__builtin_mul_overflow(a, b, &result); break;
        case ast::BinaryOp::Modulo:
            done = b != 0;
            if (done) result = a % b;
            break;
        case ast::BinaryOp::Divide:
            // Only where it comes out whole; else the exact fraction, by Rational.
            done = b != 0 && a % b == 0;
            if (done) result = a / b;
            break;
        default: return false;
    }
    return done && Word::fits(result);
}

// to_string of null, booleans, numbers, strings and bare tags; nothing for anything else.
std::optional<std::string> to_text(Word word);

}
