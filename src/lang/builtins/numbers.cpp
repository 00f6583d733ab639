#include "lang/builtins/support.hpp"

#include "lang/number/functions.hpp"

namespace lang {

static Next give_number(Machine& m, base::Result<Rational> result) {
    if (!result.ok())
        return m.fail("EvalError::Other", std::string(result.error().message()), m.current_span());
    if (result->is_too_large())
        return m.fail("EvalError::Other", "this number is too large to compute with",
                      m.current_span());
    return m.give(m.heap.number(std::move(result).value()));
}

using Function1 = base::Result<Rational> (*)(const Rational&);
using Function2 = base::Result<Rational> (*)(const Rational&, const Rational&);

template <Function1 function, const char* name>
static Next unary(Machine& m, const Word* arguments) {
    if (!is_number(arguments[0])) return wrong_argument(m, name, "a number", arguments[0]);
    return give_number(m, function(Number(arguments[0]).get()));
}

template <Function2 function, const char* name>
static Next binary(Machine& m, const Word* arguments) {
    for (int i = 0; i < 2; ++i) {
        if (!is_number(arguments[i]))
            return wrong_argument(m, name, i + 1, "a number", arguments[i]);
    }
    return give_number(m, function(Number(arguments[0]).get(), Number(arguments[1]).get()));
}

// Decimal digits as [+-]? digits [. digits] [e…]; nothing else, spaces neither.
static Next from_string(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::String))
        return wrong_argument(m, "%number/from_string%", "a string", arguments[0]);
    auto number = Rational::from_decimal(text_of(arguments[0]));
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
                      kLog[] = "%number/log%", kPow[] = "%pow%";

std::span<const Native> number_natives() {
    static const Native natives[] = {
        {.name = "number/sin", .run = unary<number::sin, kSin>, .result = ValueType::Number},
        {.name = "number/cos", .run = unary<number::cos, kCos>, .result = ValueType::Number},
        {.name = "number/tan", .run = unary<number::tan, kTan>, .result = ValueType::Number},
        {.name = "number/arcsin",
         .run = unary<number::arcsin, kArcsin>,
         .result = ValueType::Number},
        {.name = "number/arccos",
         .run = unary<number::arccos, kArccos>,
         .result = ValueType::Number},
        {.name = "number/arctan",
         .run = unary<number::arctan, kArctan>,
         .result = ValueType::Number},
        {.name = "number/arctan2",
         .arity = 2,
         .strict = 2,
         .run = binary<number::arctan2, kArctan2>,
         .result = ValueType::Number},
        {.name = "number/log",
         .arity = 2,
         .strict = 2,
         .run = binary<number::log, kLog>,
         .result = ValueType::Number},
        {.name = "pow",
         .arity = 2,
         .strict = 2,
         .run = binary<number::pow, kPow>,
         .result = ValueType::Number},
        {.name = "number/from_string", .run = from_string, .result = ValueType::Number},
    };
    return natives;
}

}
