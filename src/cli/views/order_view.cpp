#include "cli/views/order_view.hpp"

#include "base/text.hpp"
#include "cli/views/names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace cli {
namespace {

using engine::Order;
using engine::StepAction;

std::string_view verb_of(const Order::Node& node, StepAction action) {
    if (node.detaches) return "detach";
    if (node.removes) return "delete";
    return action == StepAction::Update || action == StepAction::MayReplace ? "update" : "create";
}

// Of what is decided on the way.
std::string_view doubt_of(const Order::Node& node, StepAction action) {
    if (action != StepAction::MayReplace || node.detaches) return "";
    return node.removes ? " (if it must be)" : " (or create)";
}

}

// Rounds as if every step took as long: what could run side by side has one number. The scheduler
// does not wait for rounds.
std::string order_text(const engine::Plan& plan) {
    const Order& order = plan.order;
    auto text_of = [&](std::uint32_t node) {
        const engine::Step& step = plan.steps[order.nodes()[node].step];
        return fmt::format("{} {}{}", verb_of(order.nodes()[node], step.action),
                           base::escape_controls(step.address),
                           doubt_of(order.nodes()[node], step.action));
    };
    std::vector<std::uint32_t> rounds(order.nodes().size(), 1);
    std::vector<std::map<std::string_view, std::vector<std::string>>> waits(order.nodes().size());
    for (const std::uint32_t node : order.sequence()) {
        for (const Order::Edge& edge : order.followers(node)) {
            rounds[edge.follower] = std::max(rounds[edge.follower], rounds[node] + 1);
            waits[edge.follower][explain(edge.why)].push_back(text_of(node));
        }
    }
    std::vector<std::uint32_t> sorted = order.sequence();
    std::ranges::stable_sort(sorted, {}, [&](std::uint32_t node) { return rounds[node]; });
    std::string out;
    for (const std::uint32_t node : sorted) {
        out += fmt::format("{:>3}  {}", rounds[node], text_of(node));
        for (auto& [why, firsts] : waits[node]) {
            std::ranges::sort(firsts);
            firsts.erase(std::ranges::unique(firsts).begin(), firsts.end());
            const std::vector<std::string_view> names(firsts.begin(), firsts.end());
            out += fmt::format("{} after {}, {}", &why == &waits[node].begin()->first ? "" : ";",
                               addresses_text(names, 60), why);
        }
        out += '\n';
    }
    return out;
}

}
