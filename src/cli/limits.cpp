#include "cli/limits.hpp"

#include "base/text.hpp"
#include "cli/packages/place.hpp"

namespace cli {

std::vector<std::string> import_roots(const Settings& settings) {
    std::vector<std::string> out;
    for (const std::string_view folder : base::split(settings.text("limits.import_roots"), ':')) {
        if (!folder.empty()) out.emplace_back(folder);
    }
    return out;
}

void read_limits(const Settings& settings, lang::Limits& limits) {
    const std::uint64_t steps = settings.number("limits.steps");
    // 0 means any number to people; to the machine it is a number that is never reached.
    limits.max_steps = steps != 0 ? steps : ~std::uint64_t{0};
    limits.import_roots = import_roots(settings);
    limits.package_cache = packages::default_cache();
}

}
