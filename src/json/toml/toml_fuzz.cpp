#include "base/check.hpp"
#include "json/format.hpp"
#include "json/toml/reader.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <cstdint>

// What is read must print as something that reads back to the same value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    json::Limits limits{.max_depth = 100};
    json::ValueBuilder builder;
    std::string_view input(reinterpret_cast<const char*>(data), size);
    if (!json::toml::read(input, builder, limits).ok()) return 0;
    json::Value value = builder.take();
    std::string text;
    auto writer = json::make_writer(json::Format::Toml, text);
    json::write(*writer, value);
    CHECK(writer->finish().ok());
    json::ValueBuilder again;
    CHECK(json::toml::read(text, again, {.max_depth = 200}).ok());
    CHECK(again.take() == value);
    return 0;
}
