#pragma once

#include "value/number/rational.hpp"
#include "json/writer.hpp"

namespace value {

// Writes an integer of 64 bits (signed or not) as such, and any other number as its nearest double.
// An error if it lies beyond the range of double (ExportError NumberOutOfRange).
base::Result<void> write_number(json::Writer& writer, const Rational& number);

// How a number of a data file becomes a rational. 64-bit integers are always exact; what has a
// point, an exponent or more digits depends on who reads it, as in the official implementation.
enum class Reading : unsigned char {
    Exact,            // as it is written: YAML, and imports of JSON
    SimplestDouble,   // the simplest rational of the nearest double: std.deserialize of JSON, TOML
    ExactDouble,      // the nearest double exactly: imports of TOML
};

base::Result<Rational> read_number(std::string_view text, Reading reading);

}
