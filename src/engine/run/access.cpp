#include "engine/run/access.hpp"

#include "base/parallel.hpp"
#include "base/text.hpp"
#include "engine/run/evaluate.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

base::Result<void> keep_only(std::vector<FoundConnection>& found,
                             const std::vector<std::string>& only) {
    if (only.empty()) return {};
    for (const std::string& address : only) {
        if (std::ranges::find(found, address, &FoundConnection::address) != found.end()) continue;
        std::vector<std::string> known;
        for (const FoundConnection& one : found) known.push_back(one.address);
        base::Error error =
            base::not_found(fmt::format("the program has no connection `{}`", address));
        if (known.empty()) return error;
        return std::move(error).with_help("there is: " + base::join(known, ", "));
    }
    std::erase_if(found, [&](const FoundConnection& one) {
        return std::ranges::find(only, one.address) == only.end();
    });
    return {};
}

}

base::Result<std::vector<CheckedAccess>> check_access(Deployment& deployment,
                                                      const AccessRequest& request,
                                                      Observer& observer,
                                                      const std::stop_token& stop) {
    TRY(deployment.require_own_state());
    provider::ProviderRegistry& registry = *TRY(deployment.providers());
    registry.use_stop(stop);
    const auto program = TRY(make_program(
        deployment,
        {.given = request.given, .approved = nullptr, .all_unknown = false, .stop = stop}));
    state::Snapshot snapshot;
    if (state::State* state = TRY(deployment.state_if_any())) snapshot = TRY(state->read());
    const RefreshOptions looking = looking_options(deployment, observer, stop);
    auto found = find_connections({.registry = registry,
                                   .snapshot = snapshot,
                                   .workers = deployment.workers(),
                                   .options = {.looking = looking}},
                                  *program);
    if (!found.ok()) return with_program(std::move(found).error(), program);
    TRY(keep_only(*found, request.only));
    const auto ask = [&](std::size_t i) -> base::Result<provider::AccessReport> {
        const provider::ProviderInstance* instance = (*found)[i].instance;
        if (instance == nullptr) return provider::AccessReport{};
        provider::Connection& connection = *instance->connection;
        return connection.check_access({.stop = stop,
                                        .timeout = connection.capabilities().call_deadline,
                                        .patience = looking.patience,
                                        .who = instance->record->label()});
    };
    auto answers =
        base::for_each_parallel(deployment.workers(), found->size(), {.stop = stop}, ask);
    std::vector<CheckedAccess> out;
    for (std::size_t i = 0; i < found->size(); ++i) {
        FoundConnection& one = (*found)[i];
        CheckedAccess& checked = out.emplace_back();
        checked.address = one.address;
        checked.provider = one.provider->schema().provider;
        checked.waits_for = std::move(one.waits_for);
        checked.error = std::move(one.error);
        if (one.instance == nullptr) continue;
        checked.identity = one.instance->record->identity;
        if (answers[i].ok()) {
            checked.report = std::move(answers[i]).value();
        } else {
            checked.error = std::move(answers[i]).error();
        }
    }
    return out;
}

}
