#include "base/check.hpp"
#include "engine/plan/plan_codec.hpp"
#include "state/key.hpp"

#include <cstdint>

// A plan from another process: whatever reads must write and read to the same text again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto key = state::Key::from_bytes(std::string(32, 'k')).value();
    const state::KeySource source = []() -> base::Result<const state::Key*> { return key.get(); };
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto plan = engine::read_plan(text, source);
    if (!plan.ok()) return 0;
    const auto again = engine::read_plan(engine::write_plan(*plan, source).value(), source);
    CHECK(again.ok() && again->steps.size() == plan->steps.size());
    return 0;
}
