#include "base/check.hpp"
#include "value/number/rational.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>

// Reads the bytes as a number literal. What is read must print as something that reads back to the
// same print, and its double must come back as itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    for (int radix : {2, 8, 10, 16}) (void)value::Rational::from_digits(text, radix);
    auto number = value::Rational::from_decimal(text);
    if (!number.ok()) return 0;
    if (text.size() > 40) return 0;   // the checks below take time with large exponents
    std::string printed = number->to_string();
    auto again = value::Rational::from_decimal(printed);
    if (!again.ok()) {   // one digit in front may cross the limit of the exponent
        CHECK(again.error().code() == base::Code::Exhausted);
        return 0;
    }
    CHECK(again->to_string() == printed);
    double nearest = number->to_double();
    if (std::isfinite(nearest))
        CHECK(value::Rational::from_double(nearest)->to_double() == nearest);
    return 0;
}
