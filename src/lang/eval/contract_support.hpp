#pragma once

#include "lang/eval/machine.hpp"

// What the files about contracts share.
namespace lang {

// A mode in a frame.
inline std::uint32_t number_of(Machine::Mode mode) { return mode == Machine::Mode::Check ? 1 : 0; }
inline Machine::Mode mode_of(std::uint32_t number) {
    return number == 1 ? Machine::Mode::Check : Machine::Mode::Apply;
}

// A part of a type as a contract of its own.
Word sub_type(Machine& machine, const TypeObj& holder, const TypeCode* type);

// Whether applying both would add nothing to applying one.
bool same_contract(const ContractItem& a, const ContractItem& b);
// The same of the contracts of elements.
bool same_contract(Word a, Word b);
// Through so many finished thunks, one behind the other, a comparison looks at what they captured:
// what lies behind more of them may be gone.
inline constexpr int kMostFinishedThunks = 4;
// Whether it looks at what this finished thunk captured at all.
bool may_be_compared(const Thunk& finished);

}
