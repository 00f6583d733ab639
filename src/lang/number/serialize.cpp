#include "lang/number/serialize.hpp"

#include <cmath>
#include <cstdlib>

namespace lang {

base::Result<void> write_number(json::Writer& writer, const Rational& number) {
    if (auto integer = number.to_int64()) {
        writer.number(*integer);
    } else if (auto natural = number.to_uint64()) {
        writer.number(*natural);
    } else {
        double nearest = number.to_double();
        if (std::isinf(nearest)) {
            return base::Error(base::Code::InvalidArgument,
                               "the number " + number.to_string() + " is too large to be exported");
        }
        writer.number(nearest);
    }
    return {};
}

base::Result<Rational> number_through_double(std::string_view text) {
    Rational exact = TRY(Rational::from_decimal(text));
    if (text.find_first_of(".eE") == std::string_view::npos &&
        (exact.to_int64() || exact.to_uint64())) {
        return exact;
    }
    if (auto number = Rational::from_double(exact.to_double())) return *std::move(number);
    return base::Error(base::Code::InvalidArgument, "the number is out of range");
}

}
