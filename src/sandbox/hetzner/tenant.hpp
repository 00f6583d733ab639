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

namespace sandbox::hetzner {

class Catalogue;

using Micros = std::chrono::microseconds;

// What goes on in one project: which actions end when, and which things they hold. Derived from the
// records, kept in memory.
struct PendingActions {
    std::set<std::pair<std::int64_t, std::int64_t>> due;   // microseconds of time, id of the action
    std::multimap<std::pair<std::string, std::int64_t>, std::int64_t> holds;   // thing, action
    std::multimap<std::int64_t, std::int64_t> waiting;   // action, one that begins after it
};

// One project of the cloud at one moment: what handlers and effects work on.
class Tenant {
public:
    Tenant(Store& store, std::string project, PendingActions& pending, const Catalogue& catalogue,
           const CloudSettings& options, base::Time now)
        : catalogue(catalogue), options(options), pending(pending), now(now), store_(store),
          project_(std::move(project)) {}

    const Table& all(std::string_view type) const { return store_.table(project_, type); }
    const Record* find(std::string_view type, std::int64_t id) const {
        return store_.find(project_, type, id);
    }
    Record& edit(std::string_view type, std::int64_t id) { return store_.edit(project_, type, id); }
    Record& add(std::string_view type, Record record) {
        return store_.add(project_, type, std::move(record));
    }
    void remove(std::string_view type, std::int64_t id) { store_.remove(project_, type, id); }
    // The one of that name, or null. Exact.
    const Record* named(std::string_view type, std::string_view name) const;

    std::int64_t next_id();          // not dense, never used again
    std::int64_t next_action_id();   // of 15 digits
    std::int64_t count(std::string_view counter) { return store_.count(counter); }
    std::uint64_t draw() { return store_.draw(); }
    std::string draw_text(std::size_t length);   // letters and digits
    std::string now_text() const { return base::format_time(now); }
    // A duration of the cloud in real time.
    Micros real(std::chrono::milliseconds duration) const;

    const Catalogue& catalogue;
    const CloudSettings& options;
    PendingActions& pending;
    base::Time now;
    std::optional<ActionFault> fault;   // for the next action that begins

private:
    Store& store_;
    std::string project_;
};

}
