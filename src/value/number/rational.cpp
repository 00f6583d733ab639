#include "value/number/rational.hpp"

#include "base/check.hpp"
#include "value/number/big.hpp"

#include <limits>
#include <memory>
#include <numeric>
#include <utility>

namespace value {

static constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
static constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

Big::Big(const Rational& number) : Big() {
    if (number.is_small()) {
        mpz_set_si(mpq_numref(q), RationalAccess::numerator(number));
        mpz_set_si(mpq_denref(q), RationalAccess::denominator(number));
    } else {
        mpq_set(q, RationalAccess::big(number));
    }
}

namespace {

// A view of a number as an mpq: the block of a large one, a temporary for a small one.
class AsBig {
public:
    explicit AsBig(const Rational& number) {
        if (number.is_small()) {
            mpz_set_si(mpq_numref(temporary_.q), RationalAccess::numerator(number));
            mpz_set_si(mpq_denref(temporary_.q), RationalAccess::denominator(number));
            view_ = temporary_.q;
        } else {
            view_ = RationalAccess::big(number);
        }
    }
    operator mpq_srcptr() const { return view_; }

private:
    Big temporary_;
    mpq_srcptr view_;
};

// The same of an integer, and no memory is asked for.
class AsInteger {
public:
    explicit AsInteger(const Rational& number) {
        if (number.is_small()) {
            const std::int64_t value = RationalAccess::numerator(number);
            limb_ = value < 0 ? -static_cast<mp_limb_t>(value) : static_cast<mp_limb_t>(value);
            view_ = mpz_roinit_n(small_, &limb_, (value > 0) - (value < 0));
        } else {
            view_ = mpq_numref(RationalAccess::big(number));
        }
    }
    AsInteger(const AsInteger&) = delete;
    AsInteger& operator=(const AsInteger&) = delete;
    operator mpz_srcptr() const { return view_; }

private:
    mp_limb_t limb_ = 0;
    mpz_t small_{};
    mpz_srcptr view_;
};

// Whether GMP's integers do it, without looking for common divisors.
bool are_integers(const Rational& a, const Rational& b) { return a.is_integer() && b.is_integer(); }

Uint128 magnitude(Int128 value) {
    return value < 0 ? -static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

Uint128 gcd(Uint128 a, Uint128 b) {
    while (b != 0) {
        // A division of 128 bits is a call into the compiler's library; soon both fit in 64 bits,
        // and std::gcd is used.
        if (((a | b) >> 64) == 0) {
            return std::gcd(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b));
        }
        Uint128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

void set_integer(mpz_ptr to, Int128 value) {
    // A negative number's bits cannot be taken apart; -2^127 has a magnitude that only the
    // unsigned type holds.
    Uint128 size = magnitude(value);
    mpz_set_ui(to, static_cast<std::uint64_t>(size >> 64));
    mpz_mul_2exp(to, to, 64);
    mpz_add_ui(to, to, static_cast<std::uint64_t>(size));
    if (value < 0) mpz_neg(to, to);
}

}

Rational RationalAccess::take(Big& from) {
    // The header promises that equal numbers have equal forms: whatever has become small is made
    // small.
    if (mpz_fits_slong_p(mpq_numref(from.q)) && mpz_fits_slong_p(mpq_denref(from.q))) {
        return small(mpz_get_si(mpq_numref(from.q)), mpz_get_si(mpq_denref(from.q)));
    }
    auto block = std::make_unique<Big>();
    mpq_swap(block->q, from.q);
    Rational result;
    result.numerator_ = reinterpret_cast<std::int64_t>(block.release());
    result.denominator_ = 0;
    return result;
}

Rational RationalAccess::adopt(std::unique_ptr<Big> integer) {
    if (mpz_fits_slong_p(mpq_numref(integer->q))) return mpz_get_si(mpq_numref(integer->q));
    Rational result;
    result.numerator_ = reinterpret_cast<std::int64_t>(integer.release());
    result.denominator_ = 0;
    return result;
}

Rational RationalAccess::take_integer(BigInteger& from) {
    if (mpz_fits_slong_p(from.z)) return mpz_get_si(from.z);
    Big result;
    mpz_swap(mpq_numref(result.q), from.z);
    return take(result);
}

Rational RationalAccess::reduce(Int128 numerator, Int128 denominator) {
    if (numerator == 0) return 0;
    auto divisor = static_cast<Int128>(gcd(magnitude(numerator), magnitude(denominator)));
    if (denominator < 0) divisor = -divisor;
    numerator /= divisor;
    denominator /= divisor;
    // The denominator is positive here and compared with the upper end only.
    if (numerator >= kMin && numerator <= kMax && denominator <= kMax) {
        return small(static_cast<std::int64_t>(numerator), static_cast<std::int64_t>(denominator));
    }
    Big result;
    set_integer(mpq_numref(result.q), numerator);
    set_integer(mpq_denref(result.q), denominator);
    return take(result);
}

Rational Rational::from_uint64(std::uint64_t integer) {
    if (integer <= static_cast<std::uint64_t>(kMax)) return static_cast<std::int64_t>(integer);
    BigInteger big(integer);
    // Up to 2^64 - 1, ids of some platforms, beyond int64.
    return RationalAccess::take_integer(big);
}

Rational Rational::from_fraction(std::int64_t numerator, std::int64_t denominator) {
    CHECK(denominator != 0);
    return RationalAccess::reduce(numerator, denominator);
}

void Rational::copy_big(const Rational& other) {
    auto block = std::make_unique<Big>();
    mpq_set(block->q, RationalAccess::big(other));
    numerator_ = reinterpret_cast<std::int64_t>(block.release());
    denominator_ = 0;
}

void Rational::release() { delete reinterpret_cast<Big*>(numerator_); }   // NOLINT: the packed form

bool Rational::big_is_integer() const {
    return mpz_cmp_ui(mpq_denref(RationalAccess::big(*this)), 1) == 0;
}

bool Rational::big_is_too_large() const {
    mpq_srcptr number = RationalAccess::big(*this);
    return mpz_sizeinbase(mpq_numref(number), 2) > kMaxBits ||
           mpz_sizeinbase(mpq_denref(number), 2) > kMaxBits;
}

std::size_t Rational::big_bytes() const {
    mpq_srcptr number = RationalAccess::big(*this);
    // With what three allocations add.
    constexpr std::size_t kAround = 64;
    return (mpz_size(mpq_numref(number)) + mpz_size(mpq_denref(number))) * sizeof(mp_limb_t) +
           sizeof(Big) + kAround;
}

int Rational::big_sign() const { return mpq_sgn(RationalAccess::big(*this)); }

std::optional<std::uint64_t> Rational::to_uint64() const {
    if (denominator_ == 1 && numerator_ >= 0) return static_cast<std::uint64_t>(numerator_);
    if (is_small() || !big_is_integer()) return std::nullopt;
    mpz_srcptr integer = mpq_numref(RationalAccess::big(*this));
    if (!mpz_fits_ulong_p(integer)) return std::nullopt;
    return mpz_get_ui(integer);
}

Rational Rational::operator-() const {
    // -kMin does not fit.
    if (is_small() && numerator_ != kMin) return RationalAccess::small(-numerator_, denominator_);
    Big result(*this);
    mpq_neg(result.q, result.q);
    return RationalAccess::take(result);
}

// Products of two int64 fit 127 bits; only their sum may not. Then, rarely, GMP does it.
Rational Rational::add(const Rational& a, const Rational& b, bool subtract) {
    if (a.is_small() && b.is_small()) {
        Int128 left = static_cast<Int128>(a.numerator_) * b.denominator_;
        Int128 right = static_cast<Int128>(b.numerator_) * a.denominator_;
        Int128 sum;
        bool overflow = subtract ? __builtin_sub_overflow(left, right, &sum)
                                 : __builtin_add_overflow(left, right, &sum);
        if (!overflow) {
            return RationalAccess::reduce(sum,
                                          static_cast<Int128>(a.denominator_) * b.denominator_);
        }
    }
    if (are_integers(a, b)) {
        auto sum = std::make_unique<Big>();
        if (subtract) {
            mpz_sub(mpq_numref(sum->q), AsInteger(a), AsInteger(b));
        } else {
            mpz_add(mpq_numref(sum->q), AsInteger(a), AsInteger(b));
        }
        return RationalAccess::adopt(std::move(sum));
    }
    Big result;
    if (subtract) {
        mpq_sub(result.q, AsBig(a), AsBig(b));
    } else {
        mpq_add(result.q, AsBig(a), AsBig(b));
    }
    return RationalAccess::take(result);
}

Rational Rational::multiply(const Rational& a, const Rational& b) {
    if (a.is_small() && b.is_small()) {
        return RationalAccess::reduce(static_cast<Int128>(a.numerator_) * b.numerator_,
                                      static_cast<Int128>(a.denominator_) * b.denominator_);
    }
    if (are_integers(a, b)) {
        auto product = std::make_unique<Big>();
        mpz_mul(mpq_numref(product->q), AsInteger(a), AsInteger(b));
        return RationalAccess::adopt(std::move(product));
    }
    Big result;
    mpq_mul(result.q, AsBig(a), AsBig(b));
    return RationalAccess::take(result);
}

Rational Rational::divide(const Rational& a, const Rational& b) {
    CHECK(!b.is_zero());
    if (a.is_small() && b.is_small()) {
        return RationalAccess::reduce(static_cast<Int128>(a.numerator_) * b.denominator_,
                                      static_cast<Int128>(a.denominator_) * b.numerator_);
    }
    if (are_integers(a, b)) {
        bool is_rough = false;
        Rational quotient = divide_roughly(a, b, is_rough);
        if (is_rough) quotient.reduce();
        return quotient;
    }
    Big result;
    mpq_div(result.q, AsBig(a), AsBig(b));
    return RationalAccess::take(result);
}

Rational Rational::divide_roughly(const Rational& a, const Rational& b, bool& is_rough) {
    is_rough = false;
    if (a.is_small() && b.is_small()) return divide(a, b);
    auto quotient = std::make_unique<Big>();
    BigInteger rest;
    mpz_tdiv_qr(mpq_numref(quotient->q), rest.z, AsInteger(a), AsInteger(b));
    if (mpz_sgn(rest.z) == 0) return RationalAccess::adopt(std::move(quotient));
    is_rough = true;
    mpz_set(mpq_numref(quotient->q), AsInteger(a));
    mpz_set(mpq_denref(quotient->q), AsInteger(b));
    if (b.sign() < 0) {
        mpz_neg(mpq_numref(quotient->q), mpq_numref(quotient->q));
        mpz_neg(mpq_denref(quotient->q), mpq_denref(quotient->q));
    }
    Rational result;
    result.numerator_ = reinterpret_cast<std::int64_t>(quotient.release());
    result.denominator_ = 0;
    return result;
}

void Rational::reduce() {
    if (is_small()) return;
    Big whole;
    mpq_swap(whole.q, RationalAccess::big(*this));
    mpq_canonicalize(whole.q);
    *this = RationalAccess::take(whole);
}

Rational Rational::remainder(const Rational& a, const Rational& b) {
    CHECK(!b.is_zero());
    // INT64_MIN % -1 traps on x86, although the answer is 0.
    if (both_integers(a, b)) return b.numerator_ == -1 ? 0 : a.numerator_ % b.numerator_;
    if (are_integers(a, b)) {
        auto rest = std::make_unique<Big>();
        mpz_tdiv_r(mpq_numref(rest->q), AsInteger(a), AsInteger(b));
        return RationalAccess::adopt(std::move(rest));
    }
    return a - b * (a / b).truncate();
}

int Rational::compare(const Rational& a, const Rational& b) {
    if (a.is_small() && b.is_small()) {
        Int128 left = static_cast<Int128>(a.numerator_) * b.denominator_;
        Int128 right = static_cast<Int128>(b.numerator_) * a.denominator_;
        return (left > right) - (left < right);
    }
    return mpq_cmp(AsBig(a), AsBig(b));
}

Rational Rational::truncate() const {
    if (is_small()) return numerator_ / denominator_;
    mpq_srcptr number = RationalAccess::big(*this);
    auto result = std::make_unique<Big>();
    mpz_tdiv_q(mpq_numref(result->q), mpq_numref(number), mpq_denref(number));
    return RationalAccess::adopt(std::move(result));
}

Rational Rational::floor() const {
    if (!is_small()) {
        auto result = std::make_unique<Big>();
        mpq_srcptr number = RationalAccess::big(*this);
        mpz_fdiv_q(mpq_numref(result->q), mpq_numref(number), mpq_denref(number));
        return RationalAccess::adopt(std::move(result));
    }
    // A division goes towards zero, which is up for negative numbers.
    const std::int64_t whole = numerator_ / denominator_;
    return numerator_ % denominator_ < 0 ? whole - 1 : whole;
}

Rational Rational::ceil() const {
    if (!is_small()) {
        auto result = std::make_unique<Big>();
        mpq_srcptr number = RationalAccess::big(*this);
        mpz_cdiv_q(mpq_numref(result->q), mpq_numref(number), mpq_denref(number));
        return RationalAccess::adopt(std::move(result));
    }
    const std::int64_t whole = numerator_ / denominator_;
    return numerator_ % denominator_ > 0 ? whole + 1 : whole;
}

Rational Rational::fract() const { return *this - truncate(); }

// Multiplicative, by the golden ratio; the shift brings the high bits, which are the good ones,
// down to where tables look.
static std::size_t mix(std::size_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    return hash ^ (hash >> 32);
}

static std::size_t hash_integer(std::size_t hash, mpz_srcptr integer) {
    for (std::size_t i = 0; i < mpz_size(integer); ++i) {
        hash = mix(hash, mpz_getlimbn(integer, static_cast<mp_size_t>(i)));
    }
    return mix(hash, static_cast<std::uint64_t>(mpz_sgn(integer)));
}

std::size_t Rational::hash() const {
    if (is_small()) {
        return mix(mix(0, static_cast<std::uint64_t>(numerator_)),
                   static_cast<std::uint64_t>(denominator_));
    }
    mpq_srcptr number = RationalAccess::big(*this);
    return hash_integer(hash_integer(0, mpq_numref(number)), mpq_denref(number));
}

std::string Rational::to_fraction() const {
    if (is_small()) {
        std::string text = std::to_string(numerator_);
        return denominator_ == 1 ? text : text + "/" + std::to_string(denominator_);
    }
    mpq_srcptr number = RationalAccess::big(*this);
    std::string text(
        mpz_sizeinbase(mpq_numref(number), 10) + mpz_sizeinbase(mpq_denref(number), 10) + 3, '\0');
    // mpq_get_str() wants room for both numbers, a sign, a slash and the end.
    mpq_get_str(text.data(), 10, number);
    text.resize(text.find('\0'));
    return text;
}

}
