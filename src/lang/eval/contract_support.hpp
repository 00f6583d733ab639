#pragma once

#include "lang/eval/machine.hpp"

// What the files about contracts share.
namespace lang {

// A mode in a frame.
inline Word mode_word(Machine::Mode mode) { return Word::integer(mode == Machine::Mode::Check); }
inline Machine::Mode mode_of(Word word) {
    return word == Word::integer(1) ? Machine::Mode::Check : Machine::Mode::Apply;
}

// A part of a type as a contract of its own.
Word sub_type(Machine& machine, const TypeObj& holder, const TypeCode* type);

// Whether applying both would add nothing to applying one.
bool same_contract(const ContractItem& a, const ContractItem& b);
// The same of the contracts of elements.
bool same_contract(Word a, Word b);

}
