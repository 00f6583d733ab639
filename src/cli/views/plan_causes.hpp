#pragma once

#include "engine/plan/plan.hpp"

#include <string>
#include <vector>

namespace cli {

// Why a step is there, followed to where it begins: an edit, something found outside, or a resource
// that came or went. Steps of a plan by their address.
class PlanCauses {
public:
    explicit PlanCauses(const engine::Plan& plan) : plan_(plan) {}

    // "`size` changed (main.ncl:12)"; "net is replaced ← `range` changed (main.ncl:4)".
    std::string text(const engine::Step& step) const;
    // The same for steps that differ in whose change reaches them only: "net.{1..3} are replaced".
    std::string text(const std::vector<const engine::Step*>& steps) const;
    // Equal for steps that may stand in one group: what is found at the same place relative to the
    // step, or under another number, is the same.
    std::string key(const engine::Step& step) const;
    // The beginnings alone: "`range` changed (main.ncl:4)".
    std::string root(const engine::Step& step) const;

private:
    const engine::Step* find(std::string_view address) const;
    const engine::Cause* origin(const engine::Cause& cause, std::size_t& hops) const;
    std::string own_text(const engine::Cause& cause) const;
    std::string place_text(const engine::Cause& cause) const;
    std::string tail(const engine::Cause& cause) const;
    std::string other_places(const std::vector<const engine::Cause*>& origins) const;
    std::string upstream_text(const std::vector<const engine::Step*>& steps) const;

    const engine::Plan& plan_;
};

}
