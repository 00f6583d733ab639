#include "base/check.hpp"
#include "net/http/url.hpp"

#include <cstddef>
#include <cstdint>

// What is accepted prints as something that is read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto url = net::parse_url(text); url.ok()) {
        auto again = net::parse_url(url->text());
        CHECK(again.ok() || url->text().size() > net::kMaxUrlBytes);
        if (again.ok()) CHECK(again->text() == url->text());
    }
    if (auto fields = net::parse_query(text); fields.ok()) {
        const std::string written = net::build_query(*fields);
        auto again = net::parse_query(written);
        CHECK(again.ok() || written.size() > net::kMaxUrlBytes);
        if (again.ok()) CHECK(*again == *fields);
    }
    return 0;
}
