#include "engine/plan/moves.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace engine {
namespace {

using value::AddressMove;

bool has_row(const state::Snapshot& snapshot, const AddressMove& move) {
    return std::ranges::any_of(
        snapshot.rows, [&](const state::Row& row) { return value::is_moved(row.address, move); });
}

bool is_taken(const state::Snapshot& snapshot, const AddressMove& move) {
    return std::ranges::any_of(snapshot.rows, [&](const state::Row& row) {
        return value::is_moved(row.address, move) &&
               snapshot.find(value::moved_address(row.address, move)) != nullptr;
    });
}

// Recovery would write the row where the intent is.
base::Result<void> refuse_open(const state::Snapshot& snapshot, const AddressMove& move) {
    for (const state::OpenIntent& open : snapshot.open) {
        if (!value::is_moved(open.intent.address, move)) continue;
        base::Advice advice{.next = base::Next::ResolveIntent, .subject = open.intent.address};
        if (open.run_live) {
            advice = {.next = base::Next::WaitForRun, .subject = std::to_string(open.run)};
        }
        return base::Error(
                   base::Code::FailedPrecondition,
                   fmt::format("`moved` makes {} of {}, but what became of a change of {} is not "
                               "known yet",
                               move.to, move.from, open.intent.address))
            .with_advice(std::move(advice));
    }
    return {};
}

struct Claim {
    const Resource* exact = nullptr;          // it is written so today as well
    std::vector<const Resource*> otherwise;   // quoted today
};

// The one that the row is of, or null; several, where that cannot be told.
std::vector<const Resource*> claimants(const state::Row& row, const Claim& claim) {
    if (claim.exact != nullptr && claim.exact->type->name == row.type) return {};
    std::vector<const Resource*> of_type;
    std::ranges::copy_if(claim.otherwise, std::back_inserter(of_type),
                         [&](const Resource* one) { return one->type->name == row.type; });
    // It may have another type now.
    if (of_type.empty() && claim.exact == nullptr) return claim.otherwise;
    return of_type;
}

}

void Moves::take(state::Snapshot& snapshot, const AddressMove& move) {
    for (const state::Row& row : snapshot.rows) {
        if (!value::is_moved(row.address, move)) continue;
        std::string now = value::moved_address(row.address, move);
        const auto before =
            std::ranges::find(rows, row.address, [](const AddressMove& one) { return one.to; });
        if (before != rows.end()) {
            before->to = std::move(now);
        } else {
            rows.push_back({.from = row.address, .to = std::move(now), .alone = true});
        }
    }
    snapshot.move(move);
    done.push_back(move);
}

base::Result<void> take_moves(const std::vector<AddressMove>& declared, state::Snapshot& snapshot,
                              Moves& moves) {
    // What is moved twice may be declared in any order.
    std::vector<AddressMove> left = declared;
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (auto at = left.begin(); at != left.end();) {
            if (!has_row(snapshot, *at) || is_taken(snapshot, *at)) {
                ++at;
                continue;
            }
            TRY(refuse_open(snapshot, *at));
            moves.take(snapshot, *at);
            at = left.erase(at);
            goes_on = true;
        }
    }
    return {};
}

std::vector<AddressMove> older_addresses(const state::Snapshot& snapshot,
                                         const ResourceTable& table, ProblemList& problems) {
    std::map<std::string, Claim> claims;   // by how it was written
    for (const Resource& resource : table) {
        if (!resource.desired || resource.recorded.row != nullptr) continue;
        std::string older = value::unquoted_address(resource.address);
        if (older == resource.address || snapshot.find(older) == nullptr) continue;
        claims[std::move(older)].otherwise.push_back(&resource);
    }
    std::vector<AddressMove> out;
    for (auto& [older, claim] : claims) {
        const ResourceIndex exact = table.find(older);
        if (exact != kNoResource && table[exact].desired) claim.exact = &table[exact];
        const auto of = claimants(*snapshot.find(older), claim);
        if (of.size() == 1) {
            out.push_back({.from = older, .to = of.front()->address, .alone = true});
        } else if (of.size() > 1) {
            std::vector<std::string> commands;
            for (const Resource* one : of) {
                commands.push_back(fmt::format("{} {}", base::quote_shell(older),
                                               base::quote_shell(one->address)));
            }
            problems.add({.address = older,
                          .message = fmt::format("{} was recorded when names with dots were not "
                                                 "quoted: it may be any of {} resources",
                                                 older, of.size()),
                          .help = "say which: state mv " + base::join(commands, ", or state mv "),
                          .code = base::Code::FailedPrecondition});
        }
    }
    return out;
}

}
