#include "engine/run/plan_files.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "engine/run/evaluate.hpp"

#include <fmt/core.h>

namespace engine {
namespace {

// What cannot be read is as good as not there: whoever needs it will say so.
std::string digest_of(const std::string& path) {
    const auto content = base::read_file(path);
    return content.ok() ? base::sha256_hex(*content) : std::string();
}

}

base::Result<std::map<std::string, std::string>> files_of(Deployment& deployment,
                                                          const Plan& plan) {
    const provider::ProviderRegistry& registry = *TRY(deployment.providers());
    const std::string prefix = deployment.workspace().folder() + "/";
    std::map<std::string, std::string> out;
    for (const Step& step : plan.steps) {
        const provider::Provider* provider = registry.provider_of(step.type);
        const provider::ResourceType* type = registry.type(step.type);
        if (provider == nullptr || type == nullptr) continue;
        const auto add = [&](const value::Value& inputs) {
            for (const std::string& file : provider->files_of(*type, inputs, registry.host())) {
                std::string name = file.starts_with(prefix) ? file.substr(prefix.size()) : file;
                auto [at, is_new] = out.try_emplace(std::move(name));
                if (is_new) at->second = digest_of(path_of(deployment.workspace(), at->first));
            }
        };
        if (!step.inputs.is_null()) add(step.inputs);
        // What is taken away is so by what was recorded of it.
        if (step.recorded && (step.inputs.is_null() || step.action == StepAction::Replace ||
                              step.action == StepAction::MayReplace)) {
            add(step.recorded->inputs);
        }
    }
    return out;
}

base::Result<void> check_files(const Workspace& workspace, const SavedPlan& approved) {
    for (const auto& [name, digest] : approved.files) {
        if (digest_of(path_of(workspace, name)) == digest) continue;
        return base::Error(base::Code::OutOfDate,
                           fmt::format("the plan is out of date: {} is not as it was planned with",
                                       base::escape_controls(name)))
            .with_help("nothing was changed")
            .with_advice({.next = base::Next::PlanAgain});
    }
    return {};
}

}
