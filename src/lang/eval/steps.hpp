#pragma once

#include "lang/eval/machine.hpp"

#include <optional>
#include <string_view>

// Steps of the loop (run.cpp) that are so seldom, or do so much, that a call costs them nothing.
namespace lang {

// An operand at fault: 1 is the left one.
Next wrong_operand(Machine& m, const BinaryCode& code, Word operand, std::string_view wanted,
                   int position);
// Unless both operands are known and of the type wanted: what an unknown, a sealed or a wrong one
// comes to.
std::optional<Next> unusual_operands(Machine& m, const BinaryCode& code, Word left, Word right,
                                     Tag wanted, std::string_view name, value::ValueType result);
// Of numbers of any size, and of what is no number.
Next exact_arithmetic(Machine& m, const BinaryCode& code, Word left, Word right);
Next concat_strings(Machine& m, const BinaryCode& code, Word left, Word right);
Next concat_arrays(Machine& m, const BinaryCode& code, Word left, Word right);

// After a function that gave a function: `f x y` with an f of one argument.
Next resume_apply_more(Machine& m, const Frame& frame);

// The step of the walk over all of a value that a frame stands for, put behind `path`; whether it
// is one (deep.cpp).
bool add_deep_step(const Frame& frame, std::string& path);
// The operand that a frame waits for, or null (run.cpp).
const Code* waiting_operand(const Frame& frame);

// A string with holes. Results so far lie on the stack.
struct Interpolation {
    static Next from(Machine& m, const InterpolateCode& code, std::uint32_t part);

private:
    static Next hole_ready(Machine& m, const Frame& frame);   // frame.number: the part that it is
    static Next join(Machine& m, const InterpolateCode& code);
    // `at`: where the holes' texts begin on the stack.
    static Next join_secrets(Machine& m, const InterpolateCode& code, std::size_t at);
};

}
