#include "engine/plan/removed.hpp"

#include "engine/plan/addresses.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

class Removal {
public:
    Removal(const PlanningContext& context, bool is_destroy, std::span<const Deferral> deferrals,
            Observations& observations, ProblemList& problems)
        : context_(context), is_destroy_(is_destroy), deferrals_(deferrals),
          observations_(observations), problems_(problems) {}

    Difference difference_of(Resource& resource) {
        const state::Row& row = *resource.recorded.row;
        Difference out;
        out.change.outputs = row.outputs;
        if (resource.type == nullptr) {
            problems_.add(
                {.address = row.address,
                 .message = fmt::format("{} is a {}, a type that this program does not know",
                                        row.address, row.type),
                 // Not forgotten and not deleted: without its type nobody could say how.
                 .help = "use the version that made it"});
            out.is_refused = true;
        } else if (resource.recorded.open != nullptr) {
            out.blocked = Difference::Blocked::Undecided;
        } else if (!resource.recorded.is_superseded && is_deferred(row.address)) {
            // What is not known to be unwanted is not deleted. An older generation is unwanted
            // whatever the program turns out to say.
            out.blocked = Difference::Blocked::Deferred;
        } else {
            plan_delete(resource, out);
        }
        return out;
    }

private:
    bool is_deferred(const std::string& address) const {
        return std::ranges::any_of(deferrals_, [&](const Deferral& deferral) {
            return is_under(address, deferral.address);
        });
    }

    // Through the connection that the row was made through: the program may have none any more.
    void plan_delete(Resource& resource, Difference& out) {
        auto link = context_.registry.link_of(*resource.recorded.row->connection);
        if (!link.ok()) {
            return problems_.add(Problem::of_call(link.error(), resource.address));
        }
        resource.recorded.link = *link;
        // What is gone already needs no call to delete it, and what somebody protects is to be
        // known.
        observations_.look_at(**link);
        out.action = StepAction::Delete;
        Cause::Kind kind = is_destroy_ ? Cause::Kind::Destroy : Cause::Kind::Removed;
        if (resource.recorded.is_superseded) kind = Cause::Kind::Superseded;
        // "Destroy" of a part must not read as if all of it went.
        const bool is_part = kind == Cause::Kind::Destroy &&
                             !(context_.options.only.empty() && context_.options.except.empty());
        out.cause = Cause{.kind = kind, .subject = is_part ? "what was chosen" : "", .place = {}};
    }

    const PlanningContext& context_;
    const bool is_destroy_;
    const std::span<const Deferral> deferrals_;
    Observations& observations_;
    ProblemList& problems_;
};

}

void add_removed(const PlanningContext& context, bool is_destroy,
                 std::span<const Deferral> deferrals, ResourceTable& table,
                 Observations& observations, ProblemList& problems) {
    Removal removal(context, is_destroy, deferrals, observations, problems);
    for (std::size_t row = 0; row < context.snapshot.rows.size(); ++row) {
        Recorded recorded = observations.recorded_at(row);
        const std::string& address = recorded.row->address;
        if (!recorded.is_superseded && table.find(address) != kNoResource) continue;
        Resource& resource = table.add(address);
        resource.type = context.registry.type(recorded.row->type);
        resource.recorded = recorded;
        resource.lifecycle = read_lifecycle(recorded.row->lifecycle);
        if (!recorded.is_superseded) table.name(table.last());
        resource.difference = removal.difference_of(resource);
    }
}

}
