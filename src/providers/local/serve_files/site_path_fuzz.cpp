#include "base/check.hpp"
#include "providers/local/serve_files/request.hpp"
#include "providers/local/supervisor/health.hpp"

#include <cstdint>
#include <string_view>

// Whatever is asked for, the path that comes out stays inside and names nothing hidden.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    providers::local::judge_http_answer(bytes);
    const auto parsed = providers::local::parse_request(bytes);
    if (!parsed || parsed->status != 0) return 0;
    const std::string path = "/" + parsed->request.path;
    CHECK(parsed->size <= size);
    CHECK(path.find('\0') == std::string::npos);
    CHECK(path.find("/.") == std::string::npos);
    return 0;
}
