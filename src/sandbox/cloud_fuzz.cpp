#include "base/check.hpp"
#include "base/text.hpp"
#include "sandbox/cloud.hpp"
#include "sandbox/control/faults.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

const std::string kToken(64, 'a');

std::unique_ptr<sandbox::Cloud> make(base::Clock& clock) {
    return sandbox::make_cloud("hetzner", {.seed = 1,
                                           .token = kToken,
                                           .settings = {.speed = 100, .rate_limit = 0},
                                           .clock = &clock})
        .value();
}

}

// Lines of "METHOD TARGET BODY" to a cloud of its own: whatever is asked, it answers with JSON, and
// never with its own failure. Lines that begin with '!' are faults.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 16'384) return 0;
    base::FakeClock clock;
    const auto cloud = make(clock);
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const std::string_view line : base::split_lines(text)) {
        if (line.starts_with('!')) {
            const auto value = json::parse(line.substr(1));
            if (!value.ok()) continue;
            auto fault = sandbox::Fault::from_json(*value);
            sandbox::Faults faults;
            if (fault.ok()) (void)faults.add(std::move(*fault));
            continue;
        }
        const std::size_t first = std::min(line.find(' '), line.size());
        const std::size_t second = std::min(line.find(' ', first + 1), line.size());
        net::Request request;
        request.method = std::string(line.substr(0, first));
        if (first < line.size()) request.target = line.substr(first + 1, second - first - 1);
        if (second < line.size()) request.body = std::string(line.substr(second + 1));
        request.headers.set("Authorization", "Bearer " + kToken);
        const net::Response response = cloud->answer(request, nullptr);
        CHECK(response.status >= 200 && response.status < 500);
        CHECK(response.body.empty() || json::parse(response.body).ok());
        clock.advance(std::chrono::seconds(1));
    }
    return 0;
}
