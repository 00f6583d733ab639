#include "cli/limits.hpp"

#include "base/text.hpp"

namespace cli {

void read_limits(const Settings& settings, lang::Limits& limits) {
    if (const std::uint64_t steps = settings.number("limits.steps"); steps != 0)
        limits.max_steps = steps;
    for (const std::string_view folder : base::split(settings.text("limits.import_roots"), ':')) {
        if (!folder.empty()) limits.import_roots.emplace_back(folder);
    }
}

}
