#pragma once

#include "engine/plan/observations.hpp"
#include "engine/plan/resource.hpp"

#include <optional>

// Diff: what is to happen to one resource so that it becomes what the program wants.
namespace engine {

// An output of each, of which nothing is known.
value::Value all_unknown(const provider::ResourceType& type);

// Inputs that the program leaves to the world (`lifecycle.ignore`) are taken from the record.
value::Value with_ignored(const Resource& resource, value::Value inputs);

// What can be told without asking the provider: it is blocked, or it is as it should be. None where
// the provider has to say. The connection has been looked at.
std::optional<Difference> quick_difference(const PlanningContext& context, Observations& seen,
                                           const Resource& resource);

// What the provider compares: the wanted inputs (moved from, and for the caller to put back) with
// what is there, or with nothing where that is of another type, elsewhere or gone.
provider::Change change_of(Resource& resource);

// The provider's answer, with what it cannot know: that it was another type, or elsewhere, or is
// not finished.
Difference difference_of(const Resource& resource, provider::PlannedChange planned);

}
