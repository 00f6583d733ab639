#include "base/check.hpp"
#include "net/client/cassette.hpp"

#include <cstddef>
#include <cstdint>

// What is read is written as something that reads back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto calls = net::read_cassette({reinterpret_cast<const char*>(data), size});
    if (!calls.ok()) return 0;
    std::string text = "{\"cassette\":1}\n";
    for (const auto& call : *calls)
        text += net::write_cassette_line(call.request, call.exchange.result);
    auto again = net::read_cassette(text);
    CHECK(again.ok());
    CHECK(again->size() == calls->size());
    for (std::size_t i = 0; i < calls->size(); ++i) {
        const auto& before = (*calls)[i];
        const auto& after = (*again)[i];
        CHECK(before.request.body == after.request.body);
        CHECK(before.exchange.result.ok() == after.exchange.result.ok());
        if (before.exchange.result.ok())
            CHECK(before.exchange.result.value().body == after.exchange.result.value().body);
    }
    return 0;
}
