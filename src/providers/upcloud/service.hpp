#pragma once

#include "providers/rest/rest_type.hpp"

#include <string>
#include <string_view>

// What the newer services have alike beside their documents: a state that ends well when they run,
// and lists of records that come back with more than was sent.
namespace providers::upcloud {

// Of a state that begins with being made: "pending", "setup-agent" … Those that end it: "running",
// "stopped" and the like.
rest::Progress progress_of_state(std::string_view state);
template <const char* const& kMember>
rest::Progress service_progress(const json::Value& object) {
    return progress_of_state(object.string_or(kMember, "running"));
}
inline constexpr const char* kOperationalState = "operational_state";
inline constexpr const char* kState = "state";

// An input that is compared as far as it says something.
rest::Field contained(rest::Field field);
// A list of records; none is an empty one.
rest::Field list_of_records(rest::Field field);
// "started" or "stopped".
rest::Field configured_status();
// The private and public networks that a service is in.
rest::Field service_networks(rest::Field (*how)(provider::InputField), bool is_required);
// {"uuid": …} within a list.
const rest::WireForm& uuid_in_list();

}
