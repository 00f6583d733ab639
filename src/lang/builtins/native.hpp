#pragma once

#include "lang/eval/word.hpp"
#include "lang/program.hpp"

#include <cstdint>
#include <string_view>

namespace lang {

class Machine;
enum class Next : std::uint8_t;

// A primitive operation or a native of the standard library. `run` gets `arity` words, the first
// `strict` of them evaluated. `array/map` is written %array/map% in Nickel.
struct Native {
    std::string_view name;
    std::uint8_t arity = 1;
    std::uint8_t strict = 1;
    Next (*run)(Machine& machine, const Word* arguments) = nullptr;
    // A strict argument that is unknown makes the whole unknown of this type, unless `raw`: then
    // `run` looks for unknown (and sealed) arguments itself.
    value::ValueType result = value::ValueType::Dyn;
    bool raw = false;
    // What is done with a text that has secrets in it is done where they are resolved; the others
    // are refused, as they would compute on the reference.
    bool takes_secrets = false;
};

// Null when there is none. The families are listed in natives.cpp.
const Native* find_native(std::string_view name);

}
