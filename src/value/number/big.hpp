#pragma once

// Arbitrary precision behind Rational. Only for the .cpp files of this folder: it includes GMP.

#include "value/number/rational.hpp"

#include <gmp.h>

namespace value {

using Int128 = __int128;
using Uint128 = unsigned __int128;

// An mpq_t that frees itself.
struct Big {
    mpq_t q;

    Big() { mpq_init(q); }
    explicit Big(const Rational& number);
    Big(const Big&) = delete;
    Big& operator=(const Big&) = delete;
    ~Big() { mpq_clear(q); }
};

// An mpz_t that frees itself.
struct BigInteger {
    mpz_t z;

    BigInteger() { mpz_init(z); }
    explicit BigInteger(std::uint64_t value) { mpz_init_set_ui(z, value); }
    BigInteger(const BigInteger&) = delete;
    BigInteger& operator=(const BigInteger&) = delete;
    ~BigInteger() { mpz_clear(z); }
};

struct RationalAccess {
    static std::int64_t numerator(const Rational& number) { return number.numerator_; }
    static std::int64_t denominator(const Rational& number) { return number.denominator_; }
    static mpq_ptr big(const Rational& number) {
        return reinterpret_cast<Big*>(number.numerator_)->q;   // NOLINT: the packed form
    }
    // In lowest terms already, both within 64 bits.
    static Rational small(std::int64_t numerator, std::int64_t denominator) {
        Rational result(numerator);
        result.denominator_ = denominator;
        return result;
    }
    // Takes the canonical value out of `from`, in the small form if it fits.
    static Rational take(Big& from);
    static Rational take_integer(BigInteger& from);
    static Rational reduce(Int128 numerator, Int128 denominator);
};

static_assert(sizeof(long) == 8, "GMP's *_si functions take 64 bits here");

}
