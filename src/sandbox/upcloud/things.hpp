#pragma once

#include "sandbox/kit/actions.hpp"
#include "sandbox/kit/api_call.hpp"
#include "sandbox/kit/family.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

// Things that are made, shown, listed, changed and deleted as the API does with most: a table of
// their members, and what is theirs alone as functions.
namespace sandbox::upcloud {

// A member of a thing that clients send.
struct Member {
    enum class Kind : unsigned char {
        Text,
        Number,       // an integer, or a text of digits; shown as an integer
        NumberText,   // the same, shown as a text
        YesNo,        // "yes", "no", and what stands for them
        Flag,
        Record,
        List,
    };
    std::string_view name;
    Kind kind = Kind::Text;
    bool is_required = false;
    bool is_fixed = false;         // said only when it is made
    std::string_view fallback{};   // JSON, of what is not said; empty: it is left out
    std::string_view choices{};    // "a|b"; empty: anything
    std::string_view code{};       // of refusals; empty: the name in capitals
    std::int64_t least = 0;        // of a number; of a text, its length
    std::int64_t most = 0;         // 0: no limit
    bool is_null_taken = false;    // null takes it away
};

struct Things {
    Family family;   // `plural` is what a list of the older services is called: "routers"
    bool is_old = true;
    std::string_view one;      // how the older services wrap one: "router"
    std::string_view prefix;   // the first byte of their ids
    std::string_view code;     // "ROUTER", of ROUTER_NOT_FOUND
    std::span<const Member> members;
    bool has_labels = true;
    bool wraps_labels = false;   // {"label": […]}
    bool has_unique_names = false;
    int created = 201;
    int changed = 200;

    // How long it takes until `state` is `ready`, or the thing has gone; 0: at once.
    std::string_view state{};   // the member; empty: it has none
    std::string_view ready = "running";
    std::string_view working = "pending";
    std::string_view going = "delete-service";
    std::chrono::seconds making{0};
    std::chrono::seconds changing{0};
    std::chrono::seconds removing{0};

    // What is wrong with what is wanted, and what follows from it. `before`: null for a new one.
    base::Result<void> (*complete)(ApiCall&, Record& wanted, const Record* before) = nullptr;
    base::Result<void> (*may_go)(ApiCall&, const Record&) = nullptr;
    // What else changes when the thing has been made, has changed or has gone.
    void (*after)(Project&, const Record& now) = nullptr;
    // What one shows by itself, where lists show less.
    json::Value (*detail)(const Project&, const Record&) = nullptr;
    // Of a thing that is known by another member than its uuid.
    std::string_view key = "uuid";

    json::Value show(const Project& project, const Record& record) const {
        return detail != nullptr ? detail(project, record) : family.view(project, record);
    }
};

json::Value view_thing(const Project& project, const Record& record);
// As a whole answer.
json::Value wrapped(const Things& things, json::Value shown);

base::Result<const Record*> require_thing(ApiCall& call, const Things& things);
base::Result<const Record*> require_thing(const Project& project, const Things& things,
                                          const std::string& key);

// The members of a request's body, checked. `record` has what it had before.
base::Result<void> read_members(const Things& things, const json::Value& body, bool is_new,
                                Record& record);
// The object of a body: what it is wrapped in.
base::Result<json::Value> object_of(const ApiCall& call, std::string_view one);
// As `wraps` says, [{"key", "value"}] or {"label": […]}.
base::Result<json::Value> read_labels(const json::Value& given, bool is_wrapped, bool is_old);
std::string new_uuid(Project& project, std::string_view prefix);
bool is_uuid(std::string_view text);
// Whether labels are as the query's `label` wants: "key", "key=value", all of several.
bool fits_labels(const ApiCall& call, const Record& record, bool is_wrapped);
// Lets it take its time until it is ready, or gone.
void take_time(Project& project, const Things& things, std::int64_t id, std::chrono::seconds time);

base::Result<Reply> list_of(ApiCall& call, const Things& things);
base::Result<Reply> show_of(ApiCall& call, const Things& things);
base::Result<Reply> create_of(ApiCall& call, const Things& things);
base::Result<Reply> change_of(ApiCall& call, const Things& things);
base::Result<Reply> remove_of(ApiCall& call, const Things& things);

template <const Things& kThings>
base::Result<Reply> list_them(ApiCall& call) {
    return list_of(call, kThings);
}
template <const Things& kThings>
base::Result<Reply> show_one(ApiCall& call) {
    return show_of(call, kThings);
}
template <const Things& kThings>
base::Result<Reply> create_one(ApiCall& call) {
    return create_of(call, kThings);
}
template <const Things& kThings>
base::Result<Reply> change_one(ApiCall& call) {
    return change_of(call, kThings);
}
template <const Things& kThings>
base::Result<Reply> remove_one(ApiCall& call) {
    return remove_of(call, kThings);
}

std::span<const Effect> thing_effects();

}
