#pragma once

// Arbitrary precision behind Rational. Only for the .cpp files of this folder: it includes GMP.

#include "value/number/rational.hpp"

#include <gmp.h>

#include <memory>

namespace value {

using Int128 = __int128;
using Uint128 = unsigned __int128;

// The denominator of integers: nobody writes there, as GMP writes only where it has allocated.
inline constexpr mp_limb_t kOneLimb = 1;

// An mpq_t that frees itself. It costs no memory of its own until there is something in it; the
// denominator of an integer never does.
struct Big {
    mpq_t q;

    Big() {
        mpz_init(mpq_numref(q));
        mpz_roinit_n(mpq_denref(q), &kOneLimb, 1);
    }
    explicit Big(const Rational& number);
    Big(const Big&) = delete;
    Big& operator=(const Big&) = delete;
    ~Big() {
        clear(mpq_numref(q));
        clear(mpq_denref(q));
    }

private:
    static void clear(mpz_ptr integer) {
        if (integer->_mp_alloc > 0) mpz_clear(integer);
    }
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
    // The same of an integer that already has its block.
    static Rational adopt(std::unique_ptr<Big> integer);
    static Rational take_integer(BigInteger& from);
    static Rational reduce(Int128 numerator, Int128 denominator);
};

static_assert(sizeof(long) == 8, "GMP's *_si functions take 64 bits here");

}
