#pragma once

#include "json/writer.hpp"
#include "lang/number/rational.hpp"

namespace lang {

// Writes an integer of 64 bits (signed or not) as such, and any other number as its nearest double.
// An error if it lies beyond the range of double (ExportError NumberOutOfRange).
base::Result<void> write_number(json::Writer& writer, const Rational& number);

// A number of a data file as std.deserialize reads it from JSON and TOML: 64-bit integers exactly,
// others through double. (Imports and YAML read every number exactly: Rational::from_decimal.)
base::Result<Rational> number_through_double(std::string_view text);

}
