#pragma once

#include "sandbox/kit/project.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Actions: what takes time. An action holds things until it ends; what it does to them is in the
// API's effects, by command, so that it goes on after the sandbox was killed. Its record, in the
// table "action", has: id, command, status ("running", "success", "error"), progress, started,
// finished, resources and error. Showing that in the vendor's form is for the vendor's folder.
namespace sandbox {

struct ResourceRef {
    std::string type;   // "server"
    std::int64_t id = 0;
};

struct Begin {
    std::string_view command;
    std::vector<ResourceRef> resources;
    std::chrono::milliseconds duration{0};   // of the cloud; 0: it has ended in success already
    json::Value args;                        // for its effect
    std::int64_t after = 0;                  // begins when this action has ended
    // What refuses other changes meanwhile; otherwise all of the resources.
    std::optional<std::vector<ResourceRef>> locked;
    std::optional<ActionFault> fault;   // it will end in error
};

// Gives the action's id. Effects of an action without a duration are the caller's.
std::int64_t begin_action(Project& project, Begin begin);
// Something that happens later and is no action: its effect's `finish` runs.
void begin_timer(Project& project, std::string_view command, std::chrono::milliseconds after,
                 json::Value args);

// What an action of a command does when its time comes. Null: nothing.
struct Effect {
    std::string_view command;
    void (*begin)(Project&, const json::Value& args) = nullptr;
    void (*finish)(Project&, const json::Value& args) = nullptr;
    // Instead of finish, when the action ends in error and what it does has not taken place.
    void (*undo)(Project&, const json::Value& args) = nullptr;
};

// Lets happen what is due until `now`, in order.
void advance(Project& project, base::Time now);
// Of a project that was loaded.
PendingActions pending_actions_of(const Store& store, const std::string& project);

bool is_locked(const Project& project, std::string_view type, std::int64_t id);
// Refused (Reason::Busy) while an action holds it.
base::Result<void> require_free(const Project& project, std::string_view type, std::int64_t id);

// In percent.
int progress_of(const Project& project, const Record& action);

}
