#include "base/check.hpp"
#include "lang/text/regex.hpp"
#include "lang/text/text.hpp"
#include "json/error.hpp"

#include <cstddef>
#include <cstdint>

// The first line is the pattern, the rest a text. Matches must lie in the text, in order.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    if (size > 300 || json::find_invalid_utf8(input) != size) return 0;
    std::size_t line = input.find('\n');
    std::string_view text = line == std::string_view::npos ? "" : input.substr(line + 1);
    auto regex = lang::text::Regex::compile(input.substr(0, line));
    if (!regex.ok()) return 0;
    const char* last = text.data();
    const auto matches = (*regex)->find_all(text, ~std::uint64_t{0});
    for (const auto& match : *matches) {
        CHECK(match.matched.data() >= last);
        last = match.matched.data() + match.matched.size();
        CHECK(last <= text.data() + text.size());
        CHECK(match.index <= lang::text::length(text));
    }
    return 0;
}
