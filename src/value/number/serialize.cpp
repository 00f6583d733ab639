#include "value/number/serialize.hpp"

#include <cmath>
#include <cstdlib>

namespace value {

base::Result<void> write_number(json::Writer& writer, const Rational& number) {
    if (auto integer = number.to_int64()) {
        writer.number(*integer);
    } else if (auto natural = number.to_uint64()) {
        writer.number(*natural);
    } else {
        // JSON numbers have no limit (RFC 8259, section 6), but its readers take doubles: what we
        // write must be what they read.
        double nearest = number.to_double();
        if (std::isinf(nearest)) {
            return base::Error(base::Code::InvalidArgument,
                               "the number " + number.to_string() + " is too large to be exported");
        }
        writer.number(nearest);
    }
    return {};
}

base::Result<Rational> read_number(std::string_view text, Reading reading) {
    Rational exact = TRY(Rational::from_decimal(text));
    bool is_integer = text.find_first_of(".eE") == std::string_view::npos;
    // A whole number of up to 64 bits is kept whatever the reading: ids must not become doubles,
    // where 2^53 + 1 is 2^53.
    bool is_kept = is_integer && (exact.to_int64() || exact.to_uint64());
    if (reading == Reading::Exact || is_kept) return exact;
    double nearest = exact.to_double();
    auto number = reading == Reading::SimplestDouble ? Rational::from_double(nearest)
                                                     : Rational::from_double_exactly(nearest);
    if (number) return *std::move(number);
    return base::Error(base::Code::InvalidArgument, "the number is out of range");
}

}
