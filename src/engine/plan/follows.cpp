#include "engine/plan/follows.hpp"

#include <algorithm>

namespace engine {
namespace {

constexpr std::uint32_t kUnseen = UINT32_MAX;

// The strongly connected parts of all that reads, follows and comes after (Tarjan), with a stack of
// its own: programs are as deep as they are long.
class Circles {
public:
    explicit Circles(const ResourceTable& table)
        : table_(table), part_(table.size(), kUnseen), number_(table.size(), kUnseen),
          lowest_(table.size(), 0) {
        for (ResourceIndex i = 0; i < table.size(); ++i) {
            if (number_[i] == kUnseen) walk(i);
        }
    }

    bool are_together(ResourceIndex a, ResourceIndex b) const { return part_[a] == part_[b]; }

private:
    struct At {
        ResourceIndex index = 0;
        std::vector<ResourceIndex> owners;
        std::size_t next = 0;
    };

    std::vector<ResourceIndex> owners_of(const Resource& resource) const {
        if (!resource.desired) return {};
        std::vector<ResourceIndex> out = resource.desired->reads;
        out.insert(out.end(), resource.desired->follows.begin(), resource.desired->follows.end());
        for (const std::string& address : resource.lifecycle.after) {
            const ResourceIndex owner = table_.find(address);
            if (owner != kNoResource) out.push_back(owner);
        }
        return out;
    }

    void enter(ResourceIndex index) {
        number_[index] = lowest_[index] = count_++;
        open_.push_back(index);
        path_.push_back({.index = index, .owners = owners_of(table_[index])});
    }

    void walk(ResourceIndex start) {
        enter(start);
        while (!path_.empty()) {
            At& at = path_.back();
            if (at.next < at.owners.size()) {
                const ResourceIndex owner = at.owners[at.next++];
                if (number_[owner] == kUnseen) {
                    enter(owner);
                } else if (part_[owner] == kUnseen) {
                    lowest_[at.index] = std::min(lowest_[at.index], number_[owner]);
                }
                continue;
            }
            leave(at.index);
        }
    }

    void leave(ResourceIndex index) {
        if (lowest_[index] == number_[index]) {
            while (true) {
                const ResourceIndex member = open_.back();
                open_.pop_back();
                part_[member] = index;
                if (member == index) break;
            }
        }
        path_.pop_back();
        if (path_.empty()) return;
        const ResourceIndex reader = path_.back().index;
        lowest_[reader] = std::min(lowest_[reader], lowest_[index]);
    }

    const ResourceTable& table_;
    std::vector<std::uint32_t> part_;   // by resource, named by one of its members
    std::vector<std::uint32_t> number_;
    std::vector<std::uint32_t> lowest_;
    std::vector<ResourceIndex> open_;
    std::vector<At> path_;
    std::uint32_t count_ = 0;
};

}

void find_follows(const lang::Program& program, ResourceTable& table) {
    bool any = false;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (!table[i].desired) continue;
        Desired& desired = *table[i].desired;
        any = any || !desired.follows.empty();   // of the stages before
        for (const value::InstanceId id : program.instances_read_by(desired.instance)) {
            const ResourceIndex owner = table.find(id);
            const bool is_known =
                std::ranges::binary_search(desired.reads, owner) ||
                std::ranges::find(desired.follows, owner) != desired.follows.end();
            if (owner == kNoResource || owner == i || is_known) continue;
            desired.follows.push_back(owner);
            any = true;
        }
    }
    if (!any) return;
    const Circles circles(table);
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (!table[i].desired) continue;
        std::erase_if(table[i].desired->follows,
                      [&](ResourceIndex owner) { return circles.are_together(i, owner); });
    }
}

}
