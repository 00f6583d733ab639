#pragma once

#include "engine/plan/planning.hpp"
#include "engine/plan/problems.hpp"
#include "engine/plan/resource.hpp"

#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace engine {

// Refresh: what the look at each connection showed of the rows, and beside them. All rows of a
// place are looked at together, when the first resource that goes there is compared. Coordinating
// thread only; the calls run on the pool.
class Observations {
public:
    Observations(const PlanningContext& context, ProblemList& problems);

    // What is recorded of an address, with the place where its look will be told.
    Recorded recorded_of(std::string_view address);
    Recorded recorded_at(std::size_t row);

    // Waits for the answers. What went wrong is told as problems. Nothing where it was looked
    // already, or where no refresh is wanted.
    void look_at(provider::ProviderInstance& link);

    // A problem of this connection is told: what goes through it cannot be compared.
    bool has_failed(const provider::ProviderInstance* link) const { return failed_.contains(link); }
    void set_failed(const provider::ProviderInstance* link) { failed_.insert(link); }

    // After a backup was restored: whether what the resource is to be is there, with marks of ours,
    // and made since. Then it is an orphan, as if a list had shown it.
    void look_for_marked(const Resource& resource);
    // What was made for this address and is in no row, or null.
    const Orphan* orphan_of(const Resource& resource) const;
    // The refused list that would have shown whether it was made already, or null.
    const Unlisted* unlisted_for(const Resource& resource) const;

    const std::vector<Orphan>& orphans() const { return orphans_; }
    const std::vector<Unlisted>& unlisted() const { return unlisted_; }

private:
    using Place = std::pair<std::string_view, std::string_view>;   // provider, identity

    std::vector<RefreshTask> tasks_for(const provider::ProviderInstance& link,
                                       std::set<Place>& undecided);
    void take_orphans(const provider::ProviderInstance& link,
                      std::vector<UnrecordedResource> unrecorded, const std::set<Place>& undecided);
    void take_failed_lists(const provider::ProviderInstance& link, std::vector<FailedList> failed,
                           bool is_told);
    void check_read(std::span<const RefreshTask> tasks);
    void check_missing(const provider::ProviderInstance& link, std::span<const RefreshTask> tasks);

    const PlanningContext& context_;
    ProblemList& problems_;
    std::vector<RefreshResult> looked_;                          // beside the rows of the snapshot
    std::unordered_map<std::string_view, std::uint32_t> rows_;   // newest row of an address
    std::map<Place, std::vector<std::uint32_t>> rows_by_place_;
    std::set<std::pair<std::string, std::string>> seen_;   // places
    std::set<const provider::ProviderInstance*> failed_;
    std::vector<Orphan> orphans_;
    std::map<std::pair<std::string, std::string>, std::size_t> orphan_of_;   // type, address
    std::vector<Unlisted> unlisted_;
};

}
