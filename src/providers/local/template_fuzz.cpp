#include "base/check.hpp"
#include "providers/local/template_text.hpp"

#include <cstdint>
#include <string_view>

// A template renders or is refused; what has no holes comes out as it went in.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using value::Value;
    static const Value kVariables = Value::Record{
        {"a", "text"}, {"b", Value::Record{{"c", std::int64_t{1}}}}, {"u", Value::unknown({})}};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto out = providers::local::render_template("fuzz", text, kVariables);
    (void)providers::local::check_template("fuzz", text);
    if (text.find("{{") == std::string_view::npos) {
        CHECK(out.ok());
        CHECK(*out->as_string() == text);
    }
    return 0;
}
