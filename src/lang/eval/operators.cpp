#include "lang/eval/numbers.hpp"
#include "lang/eval/steps.hpp"

#include <cstring>

// Operators on what is not two small integers.
namespace lang {

Next wrong_operand(Machine& m, const BinaryCode& code, Word operand, std::string_view wanted,
                   int position) {
    const Code* side = position == 1 ? code.left : code.right;
    // As the user wrote it: `<=` and not the name of a node.
    std::string op(m.sources.text(code.op_span));
    if (op.empty() || op.size() > 3) op = "this operator";
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::NAryPrimopTypeError";
    diagnostic.message = op + " wants a " + std::string(wanted) + " on its " +
                         (position == 1 ? "left" : "right") + ", but this is " +
                         m.describe(operand);
    diagnostic.labels.push_back({side->span, "this is " + m.show(operand), true});
    if (const Span from = m.origin(side); from.exists())
        diagnostic.labels.push_back({from, "it comes from here", false});
    return m.fail(std::move(diagnostic));
}

static value::ValueType type_of(Tag tag) {
    switch (tag) {
        case Tag::String: return value::ValueType::String;
        case Tag::Rational: return value::ValueType::Number;
        case Tag::Array: return value::ValueType::Array;
        default: return value::ValueType::Dyn;
    }
}

std::optional<Next> unusual_operands(Machine& m, const BinaryCode& code, Word left, Word right,
                                     Tag wanted, std::string_view name, value::ValueType result) {
    // Seals first, in either place: an error whatever the other side is.
    for (Word side : {left, right}) {
        if (is(side, Tag::Sealed)) {
            return m.blame_sealed(side, "a value sealed by a polymorphic contract was inspected");
        }
    }
    auto fits = [&](Word word) {
        if (wanted == Tag::String && is(word, Tag::SecretTemplate)) return true;
        if (is(word, wanted) || (wanted == Tag::Rational && word.is_integer())) return true;
        if (!is(word, Tag::Unknown)) return false;
        auto type = static_cast<value::ValueType>(as<UnknownObj>(word)->type);
        return type == value::ValueType::Dyn || type == type_of(wanted);
    };
    if (!fits(left)) return wrong_operand(m, code, left, name, 1);
    if (!fits(right)) return wrong_operand(m, code, right, name, 2);
    if (!is(left, Tag::Unknown) && !is(right, Tag::Unknown)) return std::nullopt;
    if (wanted != Tag::String) return m.give(m.unknown(result));
    // Of a text with unknown parts messages show the known ones: "web-(known after apply)".
    return m.give(m.unknown_text(std::string(shown_text(left)).append(shown_text(right))));
}

Next exact_arithmetic(Machine& m, const BinaryCode& code, Word left, Word right) {
    auto op = static_cast<ast::BinaryOp>(code.small);
    if (auto next = unusual_operands(m, code, left, right, Tag::Rational, "number",
                                     value::ValueType::Number))
        return *next;
    Number a(left), b(right);
    value::Rational result;
    switch (op) {
        case ast::BinaryOp::Add: result = a.get() + b.get(); break;
        case ast::BinaryOp::Subtract: result = a.get() - b.get(); break;
        case ast::BinaryOp::Multiply: result = a.get() * b.get(); break;
        case ast::BinaryOp::Divide:
        case ast::BinaryOp::Modulo:
            if (b.get().is_zero()) {
                value::Diagnostic diagnostic;
                diagnostic.kind = "EvalError::Other";
                diagnostic.message = "division by zero";
                diagnostic.labels.push_back({code.right->span, "this is zero", true});
                if (const Span from = m.origin(code.right); from.exists())
                    diagnostic.labels.push_back({from, "it comes from here", false});
                return m.fail(std::move(diagnostic));
            }
            if (op == ast::BinaryOp::Divide && a.get().is_integer() && b.get().is_integer()) {
                bool is_rough = false;
                result = value::Rational::divide_roughly(a.get(), b.get(), is_rough);
                if (is_rough) return m.give(m.heap.rough_number(std::move(result)));
            } else {
                result = op == ast::BinaryOp::Divide ? a.get() / b.get() : a.get() % b.get();
            }
            break;
        default: UNREACHABLE();
    }
    // Numbers are exact and grow: without a bound `std.number.pow` in a loop would eat the
    // memory, one number at a time.
    if (result.is_too_large())
        return m.fail("EvalError::Other", "this number is too large to compute with", code.span);
    return m.give(m.heap.number(std::move(result)));
}

Next concat_strings(Machine& m, const BinaryCode& code, Word left, Word right) {
    if (!is(left, Tag::String) || !is(right, Tag::String)) {
        if (auto next = unusual_operands(m, code, left, right, Tag::String, "string",
                                         value::ValueType::String))
            return *next;
        value::SecretTemplate text;
        for (Word side : {left, right}) append_text(text, side);
        return m.give_secret(std::move(text));
    }
    std::string_view a = as<StringObj>(left)->text(), b = as<StringObj>(right)->text();
    // Before it is made, as sizes double with each step of a fold.
    if (!m.heap.has_room_for_text(a.size() + b.size())) return m.no_room();
    return m.give(m.heap.concat(*as<StringObj>(left), *as<StringObj>(right)));
}

Next concat_arrays(Machine& m, const BinaryCode& code, Word left, Word right) {
    if (!is(left, Tag::Array) || !is(right, Tag::Array)) {
        if (auto next = unusual_operands(m, code, left, right, Tag::Array, "array",
                                         value::ValueType::Array))
            return *next;
    }
    auto &a = *as<Array>(left), &b = *as<Array>(right);
    if (!m.heap.has_room((std::uint64_t{a.size} + b.size) * sizeof(Word))) return m.no_room();
    return m.give(m.concat(a, b));
}

}
