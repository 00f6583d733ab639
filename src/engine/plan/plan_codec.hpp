#pragma once

#include "base/result.hpp"
#include "engine/plan/plan.hpp"
#include "state/codec.hpp"

#include <string>
#include <string_view>

// A plan as one JSON document that another process of the workspace can read: to show it, to
// approve it, to run what of it is known. Nothing is lost. Values stand in it in the stored form of
// the state, their secret parts sealed with the workspace's key; the document for people and
// scripts is that of plan_json.hpp.
namespace engine {

base::Result<std::string> write_plan(const Plan& plan, const state::KeySource& key);

// InvalidArgument for what is no plan: another format, a member that is missing or of another kind,
// a number out of range, an order that does not fit the steps or goes in circles. DataLoss for
// values that were damaged, or sealed with another key.
base::Result<Plan> read_plan(std::string_view text, const state::KeySource& key);

}
