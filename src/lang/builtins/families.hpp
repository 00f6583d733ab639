#pragma once

#include "lang/builtins/native.hpp"

#include <span>

// The primitive operations and natives, by family: one function and one file each. A native whose
// name starts with "native/" is handed to the standard library's modules (stdlib/NATIVES.md).
namespace lang {

std::span<const Native> value_natives();          // values.cpp
std::span<const Native> number_natives();         // numbers.cpp
std::span<const Native> enum_natives();           // enums.cpp
std::span<const Native> array_natives();          // arrays.cpp
std::span<const Native> fold_natives();           // folds.cpp: what calls back into the program
std::span<const Native> string_natives();         // strings.cpp
std::span<const Native> pattern_natives();        // patterns.cpp: regular expressions
std::span<const Native> record_natives();         // records.cpp
std::span<const Native> record_merge_natives();   // record_merges.cpp
std::span<const Native> contract_natives();       // contracts.cpp
std::span<const Native> data_natives();           // data.cpp

std::span<const std::span<const Native>> native_families();

}
