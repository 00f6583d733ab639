#include "base/check.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// A secret up to the first zero byte, and a text behind it. No window of the secret is left in what
// is shown, and what is shown has nothing more to hide.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 16'384) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\0');
    if (end == std::string_view::npos) return 0;
    const std::string_view secret = base::trim(input.substr(0, end));
    const base::Redactor redactor({std::string(secret)});
    // A mark that no secret has a part of.
    const std::string shown = redactor.hide(input.substr(end + 1), "\x01\x02\x03");
    for (std::size_t i = 0; i + base::Redactor::kWindow <= secret.size(); ++i) {
        const std::string_view window = secret.substr(i, base::Redactor::kWindow);
        if (window.contains('\x03') || window.contains('\x01')) continue;
        CHECK(!base::Redactor::is_telling(window) || !shown.contains(window));
    }
    return 0;
}
