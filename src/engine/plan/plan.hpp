#pragma once

#include "engine/plan/order.hpp"
#include "lang/program.hpp"
#include "state/record.hpp"
#include "value/value.hpp"

#include <optional>
#include <string>
#include <vector>

// What planning finds, as data: for approval, views, JSON and apply (ENGINE §4 to §6).
namespace engine {

// One changed field, down to the innermost record: "labels.app".
struct FieldChange {
    std::string path;
    std::optional<value::Value> before;   // none: was not there
    std::optional<value::Value> after;
    bool forces = false;   // the replacement
};

// Why a step is there. Several may hold.
struct Cause {
    enum class Kind : std::uint8_t {
        New,          // the program has it, the state has not
        Edited,       // `subject` is the input, `place` where it is written
        Upstream,     // `subject` is the resource whose change reaches this one by `action`;
                      // None: what it shows was changed outside
        Drift,        // `subject` is the input that was changed outside
        Gone,         // what was recorded does not exist any more
        Removed,      // the program has it no longer
        Incomplete,   // an earlier run did not finish it
        TypeChanged,
        ConnectionChanged,
        Superseded,   // an older generation whose deletion is due
        Destroy,
    };
    Kind kind = Kind::New;
    std::string subject;
    value::InputPlace place;
    StepAction action = StepAction::None;
};
std::string describe(const Cause& cause);   // "`image` changed", "network is replaced"

enum class Risk : std::uint8_t {
    None,     // makes something new
    Change,   // in place, can be set back
    Maybe,    // in place or a replacement: shown by apply
    Loss,     // something real goes away
};

// An input that is taken away before the update, because it holds a thing that goes away.
struct Release {
    std::string input;
    std::string address;   // what it holds
    bool may = false;      // go away: it may be replaced
};

struct Step {
    std::string address;
    std::string type;
    StepAction action = StepAction::None;
    std::vector<Cause> causes;
    std::vector<FieldChange> changes;   // of an update or replace; see `changes_of` for the others
    std::vector<std::string> changed;   // top-level inputs that approval covers
    std::vector<Release> releases;      // done first, as a call of its own
    bool reversible = false;
    std::string undo;   // how, or why not
    Risk risk = Risk::None;
    std::uint64_t generation = 1;   // of the thing that is made or changed; of the deleted one
    std::uint32_t resource = 0;     // index into the planner's resources
};

struct Drift {
    std::string address;
    std::string type;
    bool gone = false;
    std::vector<FieldChange> changes;   // before: recorded, after: seen
    std::uint32_t resource = 0;         // index into the planner's resources
};

struct Deferral {
    std::string address;                  // "" is the whole program
    std::vector<std::string> waits_for;   // "network.id"
};

struct Blocked {
    std::string address;
    std::string reason;
};

// Something that was made for this environment of the workspace, and that no row knows.
struct Orphan {
    std::string type;
    std::string key;
    std::string address;   // that its tag names, if any
    provider::ConnectionRef connection;
};

struct Summary {
    std::size_t create = 0;
    std::size_t update = 0;
    std::size_t replace = 0;   // may-replace too
    std::size_t remove = 0;
    std::size_t unchanged = 0;

    bool is_empty() const { return create + update + replace + remove == 0; }
    void count(StepAction action);
};

struct Plan {
    std::vector<Step> steps;   // by address; an order of running is in `order`
    Order order;
    std::vector<Drift> drift;
    std::vector<Deferral> deferred;
    std::vector<Blocked> blocked;
    std::vector<std::string> left_out;   // addresses with changes that were not asked for
    std::vector<Orphan> orphans;
    std::vector<std::string> unchanged;   // addresses
    std::vector<std::string> warnings;
    std::optional<value::Value> outputs;   // the program's, with unknown parts
    Summary summary;
    bool refreshed = true;

    // Nothing to approve or do.
    bool is_empty() const { return steps.empty(); }
};

}
