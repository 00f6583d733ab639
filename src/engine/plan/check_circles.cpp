#include "base/text.hpp"
#include "engine/plan/checks.hpp"
#include "engine/plan/collect.hpp"

#include <algorithm>

namespace engine {
namespace {

// A walk that goes deep first, on a stack of its own: programs have chains of thousands.
class Walk {
public:
    Walk(const ResourceTable& table, const std::vector<std::vector<value::InstanceId>>& touched)
        : table_(table), touched_(touched), seen_(table.size(), Seen::No) {}

    // The resources of the first circle, each reading the next; empty: there is none.
    std::vector<ResourceIndex> find() {
        for (std::size_t start = 0; start < touched_.size(); ++start) {
            if (seen_[start] != Seen::No) continue;
            open(static_cast<ResourceIndex>(start));
            while (!way_.empty()) {
                if (auto circle = step(); !circle.empty()) return circle;
            }
        }
        return {};
    }

private:
    enum class Seen : std::uint8_t { No, OnTheWay, Done };
    struct At {
        ResourceIndex index;
        std::size_t next = 0;   // of what it reads
    };

    void open(ResourceIndex index) {
        seen_[index] = Seen::OnTheWay;
        way_.push_back({.index = index});
    }

    std::vector<ResourceIndex> step() {
        At& at = way_.back();
        const bool has_more = at.index < touched_.size() && at.next < touched_[at.index].size();
        if (!has_more) {
            seen_[at.index] = Seen::Done;
            way_.pop_back();
            return {};
        }
        const ResourceIndex read = table_.find(touched_[at.index][at.next++]);
        if (read == kNoResource || seen_[read] == Seen::Done) return {};
        if (seen_[read] == Seen::No) {
            open(read);
            return {};
        }
        std::vector<ResourceIndex> circle;
        for (auto one = std::ranges::find(way_, read, &At::index); one != way_.end(); ++one) {
            circle.push_back(one->index);
        }
        return circle;
    }

    const ResourceTable& table_;
    const std::vector<std::vector<value::InstanceId>>& touched_;
    std::vector<Seen> seen_;
    std::vector<At> way_;
};

}

void check_circles(const ResourceTable& table,
                   const std::vector<std::vector<value::InstanceId>>& touched,
                   const lang::Program& program, ProblemList& problems) {
    const std::vector<ResourceIndex> circle = Walk(table, touched).find();
    if (circle.empty()) return;
    constexpr std::size_t kTold = 8;
    std::vector<std::string> names;
    for (std::size_t i = 0; i <= circle.size() && i < kTold; ++i) {
        names.push_back("`" + table[circle[i % circle.size()]].address + "`");
    }
    if (circle.size() >= kTold) names.emplace_back("…");
    Problem problem{.address = table[circle.front()].address,
                    .message = "resources need each other's outputs in a circle: " +
                               base::join(names, " needs "),
                    .help =
                        "break the circle: one of them has to do without an output of the others"};
    problem.place = place_of(&program, table[circle.front()], {});
    problem.other = place_of(&program, table[circle.back()], {});
    problems.add(std::move(problem));
}

}
