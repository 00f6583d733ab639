#include "engine/plan/create_first.hpp"

#include "engine/plan/attaching_ids.hpp"
#include "engine/plan/collect.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

// Of the replaced ones: whose new one cannot be there beside the old one, and why.
struct Clash {
    ResourceIndex of = kNoResource;   // itself, or one that it reads
    std::string input;
};

class Passing {
public:
    Passing(const ResourceTable& table, const lang::Program* program, Decisions& decisions,
            ProblemList& problems)
        : table_(table), program_(program), decisions_(decisions), problems_(problems),
          clashes_(table.size()), readers_(table.size()) {}

    void run() {
        std::vector<ResourceIndex> work;
        for (ResourceIndex i = 0; i < table_.size(); ++i) {
            if (is_replaced(i) && table_[i].lifecycle.create_first) work.push_back(i);
        }
        if (work.empty()) return;
        find_readers();
        find_clashes();
        std::erase_if(work, [&](ResourceIndex index) { return !is_possible(index); });
        for (const ResourceIndex index : work) decisions_.create_first[index] = true;
        while (!work.empty()) {
            const ResourceIndex index = work.back();
            work.pop_back();
            const auto pass_to = [&](ResourceIndex other) {
                if (!is_replaced(other) || decisions_.create_first[other] ||
                    clashes_[other].of != kNoResource) {
                    return;
                }
                decisions_.create_first[other] = true;
                work.push_back(other);
            };
            std::ranges::for_each(table_[index].desired->reads, pass_to);
            std::ranges::for_each(readers_[index], pass_to);
        }
    }

private:
    bool is_replaced(ResourceIndex index) const {
        const StepAction action = decisions_.actions[index];
        return (action == StepAction::Replace || action == StepAction::MayReplace) &&
               table_[index].desired.has_value();
    }

    void find_readers() {
        for (ResourceIndex i = 0; i < table_.size(); ++i) {
            if (!is_replaced(i)) continue;
            for (const ResourceIndex owner : table_[i].desired->reads) {
                if (is_replaced(owner)) readers_[owner].push_back(i);
            }
        }
    }

    void find_clashes() {
        std::vector<ResourceIndex> work;
        for (ResourceIndex i = 0; i < table_.size(); ++i) {
            if (!is_replaced(i)) continue;
            const std::string input = clashing_input(table_[i]);
            if (input.empty()) continue;
            clashes_[i] = {.of = i, .input = input};
            work.push_back(i);
        }
        while (!work.empty()) {
            const ResourceIndex index = work.back();
            work.pop_back();
            for (const ResourceIndex reader : readers_[index]) {
                if (clashes_[reader].of != kNoResource) continue;
                clashes_[reader] = clashes_[index];
                work.push_back(reader);
            }
        }
    }

    // By which the old one and the new one would be the same, to the platform.
    static std::string clashing_input(const Resource& resource) {
        const state::Row* row = resource.recorded.row;
        provider::ProviderInstance* link = resource.desired->link;
        if (row == nullptr || link == nullptr || row->type != resource.type->name ||
            row->connection->identity != link->record->identity) {
            return {};
        }
        const auto old = link->connection->conflict_keys(*resource.type, row->inputs);
        for (const provider::ConflictKey& key :
             link->connection->conflict_keys(*resource.type, resource.desired->inputs)) {
            if (std::ranges::find(old, key.text, &provider::ConflictKey::text) != old.end())
                return key.input;
        }
        // A volume has room for one server, and a server for one address of its kind: what attaches
        // them anew finds the place taken as long as the old one is there.
        const auto taken = exclusive_in(*resource.type, inputs_there(resource.recorded),
                                        row->outputs, *row->connection);
        for (const auto& [place, id] :
             exclusive_in(*resource.type, resource.desired->inputs, {}, *link->record)) {
            if (taken.contains(place)) return id.top->name;
        }
        return {};
    }

    bool is_possible(ResourceIndex index) {
        const Clash& clash = clashes_[index];
        if (clash.of == kNoResource) return true;
        const std::string& address = table_[index].address;
        const std::string& other = table_[clash.of].address;
        problems_.add(
            {.address = address,
             .message =
                 clash.of == index
                     ? fmt::format("the new {} cannot be made before the old one is gone, as both "
                                   "have this `{}`",
                                   address, clash.input)
                     : fmt::format("the new {} cannot be made before the old one is gone: {}, "
                                   "which it reads, is replaced too, and both of those have the "
                                   "same `{}`",
                                   address, other, clash.input),
             .help = fmt::format("give the new {} another `{}`, or leave `create_first` out", other,
                                 clash.input),
             .place = place_of(program_, table_[clash.of], clash.input)});
        return false;
    }

    const ResourceTable& table_;
    const lang::Program* program_;
    Decisions& decisions_;
    ProblemList& problems_;
    std::vector<Clash> clashes_;
    std::vector<std::vector<ResourceIndex>> readers_;   // of the replaced ones
};

}

void pass_on_create_first(const ResourceTable& table, const lang::Program* program,
                          Decisions& decisions, ProblemList& problems) {
    decisions.create_first.assign(table.size(), false);
    Passing(table, program, decisions, problems).run();
}

}
