#include "lang/builtins/support.hpp"

#include "value/number/functions.hpp"

namespace lang {

static Next give_number(Machine& m, base::Result<value::Rational> result) {
    if (!result.ok())
        return m.fail("EvalError::Other", std::string(result.error().message()), m.current_span());
    // Each operation checks its result: the limit is on numbers, whatever made them.
    if (result->is_too_large())
        return m.fail("EvalError::Other", "this number is too large to compute with",
                      m.current_span());
    return m.give(m.heap.number(std::move(result).value()));
}

using Function1 = base::Result<value::Rational> (*)(const value::Rational&);
using Function2 = base::Result<value::Rational> (*)(const value::Rational&, const value::Rational&);

template <Function1 function, const char* name>
static Next unary(Machine& m, const Word* arguments) {
    if (!is_number(arguments[0])) return wrong_argument(m, name, "a number", arguments[0]);
    return give_number(m, function(Number(arguments[0]).get()));
}

template <Function2 function, const char* name>
static Next binary(Machine& m, const Word* arguments) {
    // From left to right, as arguments are; the first wrong one is named.
    for (int i = 0; i < 2; ++i) {
        if (!is_number(arguments[i]))
            return wrong_argument(m, name, i + 1, "a number", arguments[i]);
    }
    return give_number(m, function(Number(arguments[0]).get(), Number(arguments[1]).get()));
}

// Whole numbers next to one. A quotient that is still rough is as good.
template <value::Rational (value::Rational::*round)() const, const char* name>
static Next rounded(Machine& m, const Word* arguments) {
    if (arguments[0].is_integer()) return m.give(arguments[0]);
    if (!is(arguments[0], Tag::Rational)) return wrong_argument(m, name, "a number", arguments[0]);
    return give_number(m, (as<RationalObj>(arguments[0])->value.*round)());
}

// Decimal digits as [+-]? digits [. digits] [e…]; nothing else, spaces neither.
static Next from_string(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::String))
        return wrong_argument(m, "%number/from_string%", "a string", arguments[0]);
    auto number = value::Rational::from_decimal(text_of(arguments[0]));
    if (!number.ok()) {
        return m.fail("EvalError::Other",
                      "`" + std::string(text_of(arguments[0])) + "` is not a number",
                      m.current_span());
    }
    return m.give(m.heap.number(std::move(number).value()));
}

static constexpr char kSin[] = "%number/sin%", kCos[] = "%number/cos%", kTan[] = "%number/tan%",
                      kArcsin[] = "%number/arcsin%", kArccos[] = "%number/arccos%",
                      kArctan[] = "%number/arctan%", kArctan2[] = "%number/arctan2%",
                      kLog[] = "%number/log%", kPow[] = "%pow%", kCeil[] = "std.number.ceil",
                      kFloor[] = "std.number.floor", kTruncate[] = "std.number.truncate";

std::span<const Native> number_natives() {
    static const Native natives[] = {
        {.name = "number/sin",
         .run = unary<value::number::sin, kSin>,
         .result = value::ValueType::Number},
        {.name = "number/cos",
         .run = unary<value::number::cos, kCos>,
         .result = value::ValueType::Number},
        {.name = "number/tan",
         .run = unary<value::number::tan, kTan>,
         .result = value::ValueType::Number},
        {.name = "number/arcsin",
         .run = unary<value::number::arcsin, kArcsin>,
         .result = value::ValueType::Number},
        {.name = "number/arccos",
         .run = unary<value::number::arccos, kArccos>,
         .result = value::ValueType::Number},
        {.name = "number/arctan",
         .run = unary<value::number::arctan, kArctan>,
         .result = value::ValueType::Number},
        {.name = "number/arctan2",
         .arity = 2,
         .strict = 2,
         .run = binary<value::number::arctan2, kArctan2>,
         .result = value::ValueType::Number},
        {.name = "number/log",
         .arity = 2,
         .strict = 2,
         .run = binary<value::number::log, kLog>,
         .result = value::ValueType::Number},
        {.name = "pow",
         .arity = 2,
         .strict = 2,
         .run = binary<value::number::pow, kPow>,
         .result = value::ValueType::Number},
        {.name = "native/number/ceil",
         .run = rounded<&value::Rational::ceil, kCeil>,
         .result = value::ValueType::Number},
        {.name = "native/number/floor",
         .run = rounded<&value::Rational::floor, kFloor>,
         .result = value::ValueType::Number},
        {.name = "native/number/truncate",
         .run = rounded<&value::Rational::truncate, kTruncate>,
         .result = value::ValueType::Number},
        {.name = "number/from_string", .run = from_string, .result = value::ValueType::Number},
    };
    return natives;
}

}
