#pragma once

#include "engine/plan/problems.hpp"
#include "engine/plan/resource.hpp"

// Resources that have another address than their rows: declared so, written so by an older program,
// or perhaps only renamed.
namespace engine {

struct Moves {
    std::vector<value::AddressMove> done;   // in the order in which they can be done
    std::vector<value::AddressMove> rows;   // one by one

    void take(state::Snapshot& snapshot, const value::AddressMove& move);
};

// Does to the snapshot what of `declared` there is to do: where nothing is recorded at `from`, or
// something at `to`, it was done before. FailedPrecondition: an intent is open there.
base::Result<void> take_moves(const std::vector<value::AddressMove>& declared,
                              state::Snapshot& snapshot, Moves& moves);

// Rows that are those of a resource with a name that was not quoted when they were written. Which
// of several it is, is a problem.
std::vector<value::AddressMove> older_addresses(const state::Snapshot& snapshot,
                                                const ResourceTable& table, ProblemList& problems);

// Of what left the program and what is new in it, the pairs that are alike.
std::vector<value::AddressMove> find_renames(const ResourceTable& table,
                                             const Decisions& decisions);

}
