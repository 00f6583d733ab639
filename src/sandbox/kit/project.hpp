#pragma once

#include "base/clock.hpp"
#include "sandbox/cloud.hpp"
#include "sandbox/store/store.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace sandbox {

class Api;

using Micros = std::chrono::microseconds;

// What goes on in one project: which actions end when, and which things they hold. Derived from the
// records, kept in memory.
struct PendingActions {
    std::set<std::pair<std::int64_t, std::int64_t>> due;   // microseconds of time, id of the action
    std::multimap<std::pair<std::string, std::int64_t>, std::int64_t> holds;   // thing, action
    std::multimap<std::int64_t, std::int64_t> waiting;   // action, one that begins after it
};

// One project of the cloud at one moment: what handlers and effects work on.
class Project {
public:
    Project(Store& store, std::string name, PendingActions& pending, const Api& api,
            const CloudSettings& options, base::Time now)
        : api(api), options(options), pending(pending), now(now), store_(store),
          name_(std::move(name)) {}

    const Table& all(std::string_view type) const { return store_.table(name_, type); }
    const Record* find(std::string_view type, std::int64_t id) const {
        return store_.find(name_, type, id);
    }
    Record& edit(std::string_view type, std::int64_t id) { return store_.edit(name_, type, id); }
    Record& add(std::string_view type, Record record) {
        return store_.add(name_, type, std::move(record));
    }
    void remove(std::string_view type, std::int64_t id) { store_.remove(name_, type, id); }
    // The one whose member is this text, or null. Exact. What the vendor knows by a text keeps that
    // as a member: the number that every record has need not be shown.
    const Record* find_by(std::string_view type, std::string_view member,
                          std::string_view text) const;
    const Record* named(std::string_view type, std::string_view name) const {
        return find_by(type, "name", name);
    }

    std::int64_t next_id();   // not dense, never used again
    std::int64_t next_action_id();
    std::int64_t count(std::string_view counter) { return store_.count(counter); }
    std::uint64_t draw() { return store_.draw(); }
    std::string draw_text(std::size_t length);   // letters and digits
    std::string draw_uuid();                     // "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx"
    std::string now_text() const { return base::format_time(now); }
    // A duration of the cloud in real time.
    Micros real(std::chrono::milliseconds duration) const;

    const Api& api;
    const CloudSettings& options;
    PendingActions& pending;
    base::Time now;
    std::optional<ActionFault> fault;   // for the next action that begins

private:
    Store& store_;
    std::string name_;
};

// The record without what is the sandbox's own.
json::Object public_part(const Record& record);

}
