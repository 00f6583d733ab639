#include "cli/reveal.hpp"

#include "base/text.hpp"
#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "engine/run/reveal.hpp"

#include <fmt/core.h>

namespace cli {

void declare_reveal(Args& args, RevealOptions& options) {
    args.flag("reveal", options.reveals, "print secrets; who did is recorded");
    args.flag("yes,y", options.is_approved, "reveal without asking");
}

base::Result<void> approve_reveal(Context& context, engine::Deployment& deployment,
                                  const RevealOptions& options,
                                  const std::vector<std::string>& names) {
    if (names.empty()) return {};
    // Without a person to ask, the option is the answer.
    if (!options.is_approved && context.can_ask()) {
        TRY(ask_approval(context, fmt::format("Print the {} of {}?",
                                              names.size() == 1 ? "secret" : "secrets",
                                              base::join(names, ", "))));
    }
    return engine::record_reveal(deployment, names);
}

}
