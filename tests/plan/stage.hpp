#pragma once

#include "base/worker_pool.hpp"
#include "engine/apply/apply.hpp"
#include "engine/plan/planning.hpp"
#include "hetzner_platform.hpp"

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace scenario {

// A workspace with a real evaluation, planning and state in a folder of its own, and the shipped
// providers over a platform in this process. What each act prints is what the section of a scenario
// expects.
class Stage {
public:
    static base::Result<std::unique_ptr<Stage>> create();
    ~Stage();

    base::Result<void> set_program(std::string_view text);
    // What happens at the platform while nobody looks; see README.md.
    base::Result<void> outside(std::string_view line);

    using Words = std::set<std::string>;
    std::string plan(const Words& options);
    std::string apply();
    std::string order() const;
    std::string graph(const Words& options) const;
    std::string rows();
    // Plans and applies; an error unless all of it was done.
    base::Result<void> apply_silently();

private:
    Stage();
    // A field of what lies at a path of the API.
    base::Result<void> set(const std::string& path, const std::string& field,
                           const std::string& text);
    // Out of a network and into it again.
    base::Result<void> readdress(const std::string& server, const std::string& network,
                                 const std::string& address);
    base::Result<engine::Plan> make_plan(const Words& options);
    std::string recover();

    std::string folder_;
    HetznerPlatform hetzner_;
    std::unique_ptr<provider::ProviderRegistry> registry_;
    std::unique_ptr<state::State> state_;
    state::Snapshot snapshot_;
    std::unique_ptr<lang::Program> program_;
    base::WorkerPool workers_{2, 10'000};
    std::unique_ptr<engine::LateEvaluation> late_;
    std::unique_ptr<engine::Plan> plan_;
};

}
