#pragma once

#include "lang/builtins/families.hpp"
#include "lang/eval/machine.hpp"
#include "lang/eval/numbers.hpp"

// What the families share.
namespace lang {

inline std::string_view text_of(Word word) { return as<StringObj>(word)->text(); }
inline bool is_function(Word word) {
    return is(word, Tag::Function) || is(word, Tag::Partial) || is(word, Tag::NativeFunction) ||
           is(word, Tag::Wrapped);
}

// Errors of a wrong argument: Unary for operations with one strict argument, NAry (1-based) else.
Next wrong_argument(Machine& machine, std::string_view operation, std::string_view wanted,
                    Word got);
Next wrong_argument(Machine& machine, std::string_view operation, int position,
                    std::string_view wanted, Word got);

// Evaluates every element in order, then calls `then`; an unknown element makes the whole unknown
// of type `otherwise`.
using WithElements = Next (*)(Machine&, Array&, Word state);
Next with_elements(Machine& machine, Word array, Word state, WithElements then,
                   value::ValueType otherwise);
// An element that with_elements evaluated.
inline Word evaluated(Machine& machine, Array& array, std::size_t index) {
    Word value;
    machine.at_hand(machine.element(array, index), value);
    return value;
}

// Of a record with a sealed tail: the failure of an operation that would look into it.
std::optional<Next> refuse_sealed_tail(Machine& machine, Record& record, std::string action);

// A whole number in [0, limit], or nothing.
std::optional<std::uint64_t> natural(Word word, std::uint64_t limit);

}
