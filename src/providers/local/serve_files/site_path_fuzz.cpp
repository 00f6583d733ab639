#include "base/check.hpp"
#include "providers/local/serve_files/site_path.hpp"

#include <cstdint>
#include <string_view>

// Whatever is asked for, the path that comes out stays inside and names nothing hidden.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view target(reinterpret_cast<const char*>(data), size);
    const auto found = providers::local::site_path(target);
    if (!found) return 0;
    const std::string path = "/" + *found;
    CHECK(path.size() <= size);
    CHECK(path.find('\0') == std::string::npos);
    CHECK(path.find("/.") == std::string::npos);
    return 0;
}
