#pragma once

#include "value/number/rational.hpp"

// The functions of the library on numbers that leave the rationals: they go through double and come
// back as the simplest rational. A result that is no number (or no finite one) is an error.
namespace value::number {

// Exact for an integer exponent of 64 bits, within Rational::kMaxBits.
base::Result<Rational> pow(const Rational& number, const Rational& exponent);
base::Result<Rational> log(const Rational& number, const Rational& base);
base::Result<Rational> sin(const Rational& number);
base::Result<Rational> cos(const Rational& number);
base::Result<Rational> tan(const Rational& number);
base::Result<Rational> arcsin(const Rational& number);
base::Result<Rational> arccos(const Rational& number);
base::Result<Rational> arctan(const Rational& number);
base::Result<Rational> arctan2(const Rational& y, const Rational& x);

}
