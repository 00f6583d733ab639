#pragma once

#include "engine/plan/order.hpp"
#include "state/record.hpp"
#include "state/run.hpp"
#include "value/address.hpp"
#include "value/value.hpp"

#include <optional>
#include <string>
#include <vector>

// What planning finds, as data: for approval, views, JSON and apply (ENGINE §4 to §6).
namespace engine {

// One changed field, down to the innermost record: "labels.app". Of a list each element that was
// added, removed, changed or moved: "rules[3]", by its place now, of one that was removed by the
// place that it had.
struct FieldChange {
    std::string path;
    std::optional<value::Value> before;   // none: was not there
    std::optional<value::Value> after;
    bool forces = false;   // the replacement
    std::string was_at;    // of an element that was moved: the path that it had
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
    value::InputPlace called_at;   // of what a function in another file makes: where it stands
    StepAction action = StepAction::None;
};
std::string describe(const Cause& cause);   // "`image` changed", "network is replaced"

enum class Risk : std::uint8_t {
    None,     // makes something new
    Change,   // in place, can be set back
    Maybe,    // in place or a replacement: shown by apply
    Loss,     // something real goes away
};

// What is detached before the update, because the thing that it is attached to goes away, or is
// wanted by another resource.
struct Detach {
    std::string input;
    std::string id;             // that attaches it, in that input; a name that is given up
    std::string address;        // of what it is attached to; empty: of a name
    bool may = false;           // go away: it may be replaced
    std::string taker;          // that is to have it; empty: it goes away
    std::string becomes = {};   // of a name: another one, until it has the one that it is to have
};

struct Step {
    std::string address;
    std::string type;
    StepAction action = StepAction::None;
    std::vector<Cause> causes;
    std::vector<FieldChange> changes;   // of an update or replace; see `changes_of` for the others
    std::vector<std::string> changed;   // top-level inputs that approval covers
    std::vector<Detach> detaches;       // done first, as a call of its own
    bool reversible = false;
    std::string undo;   // how, or why not
    Risk risk = Risk::None;
    std::vector<provider::Cost> costs;   // in the order of the enumeration
    std::vector<std::string> exposed;    // inputs with a secret that become a program's arguments
    bool is_look_up = false;             // nothing is made and nothing deleted, but for a record
    bool starts_program = false;         // that it names: each is to be seen before it is approved
    std::uint64_t generation = 1;        // of the thing that is made or changed; of the deleted one

    // What carrying it out takes. What is unknown in it becomes known while applying (late/).
    bool create_first = false;            // of a replace: the new one before the old one goes
    value::Value inputs;                  // wanted, without the reserved ones; null for a delete
    value::Value outputs;                 // as planned, known or unknown
    value::Value lifecycle;               // as given
    provider::ConnectionRef connection;   // of what is wanted; null for a delete
    std::optional<state::Row> recorded;   // what is there, or was when it was last seen
    std::vector<std::string> reads;       // addresses whose outputs it reads, sorted
    std::vector<std::string> follows;     // addresses of which it reads inputs only
    value::InputPlace place;              // where it is written; file "" for what left the program
};

// What becomes of something that was changed outside.
enum class Fate : std::uint8_t {
    Unsaid,     // the step tells it, or there is none
    LeftAsIs,   // it is blocked
    Taken,      // an output: recorded as it is now
    Ignored,    // the program says so
    Set,        // by this plan
    AsWanted,   // it is as the program wants it now
};

struct Drift {
    std::string address;
    std::string type;
    bool gone = false;
    std::vector<FieldChange> changes;   // before: recorded, after: seen
    std::vector<Fate> fates;            // of each change
};

// What is to be written into the record of a thing that stays as it is: its lifecycle. No call is
// made for it, and only when it is recorded does it hold (a protection).
struct RecordChange {
    std::string address;
    std::string type;
    std::vector<FieldChange> changes;   // "lifecycle.protect"
};

struct Deferral {
    std::string address;                  // "" is the whole program
    std::vector<std::string> waits_for;   // "network.id"
};

struct Blocked {
    std::string address;
    std::string reason;
    bool by_orphan = false;   // recording what was made for it ends that
};

// Something that was made for this environment of the workspace, and that no row knows.
struct Orphan {
    std::string type;
    std::string key;
    std::string address;   // that its tag names, if any
    provider::ConnectionRef connection;
};

// A list that was refused: what it would have shown is not known.
struct Unlisted {
    std::string type;
    provider::ConnectionRef connection;
    bool is_own = false;   // of what carries our tags: else its rows were read one by one
    base::Code code = base::Code::PermissionDenied;
    std::string message;               // the platform's words
    std::vector<std::string> blocks;   // addresses that are not made because of it
};

struct Summary {
    std::size_t create = 0;
    std::size_t update = 0;
    std::size_t replace = 0;   // may-replace too
    std::size_t remove = 0;
    std::size_t look_up = 0;   // without a change outside, as are the next two
    std::size_t forget = 0;    // what was looked up
    std::size_t record = 0;    // of what stays as it is
    std::size_t unchanged = 0;

    bool is_empty() const { return create + update + replace + remove + look_up + forget == 0; }
    void count(StepAction action, bool is_look_up);
};

// A resource of the program or of the state, for pictures of the whole (`PlanOptions::graph`).
struct PlannedResource {
    std::string address;
    std::string type;
    StepAction action = StepAction::None;
    std::vector<std::string> needs;   // addresses
};

// What refresh saw of a thing that is to be changed: what a saved plan rests on.
struct Observed {
    std::string address;
    provider::ObservedResource seen;
};

// A plan owns all that showing, saving, approving and running it take; it can be written, sent and
// read elsewhere (plan_codec.hpp).
struct Plan {
    std::vector<Step> steps;   // by address; an order of running is in `order`
    Order order;
    std::vector<Drift> drift;
    std::vector<RecordChange> record_changes;   // by address; of those in record_updates
    std::vector<Deferral> deferred;
    std::vector<Blocked> blocked;
    std::vector<std::string> left_out;   // addresses with changes that were not asked for
    // Rows that get another address with the begin of the run; nothing outside changes by that. By
    // what was said, and one by one. All else in the plan has the addresses that they then have.
    std::vector<value::AddressMove> moves;
    std::vector<value::AddressMove> moved_rows;
    // What is deleted, and what is made just like it: perhaps a resource that was renamed.
    std::vector<value::AddressMove> renames;
    std::vector<Orphan> orphans;
    std::vector<Unlisted> unlisted;
    std::vector<std::string> unchanged;      // addresses
    std::optional<value::Value> outputs;     // the program's, with unknown parts
    std::vector<state::Expected> expected;   // rows and absences that the steps rest on
    // Rows that are written although their things do not change: what they depend on, their
    // lifecycle, or outputs that were seen to differ.
    std::vector<state::Row> record_updates;
    std::vector<Observed> observed;           // by address
    std::vector<PlannedResource> resources;   // empty unless asked for
    Summary summary;
    bool refreshed = true;
    std::string folder;   // of the workspace, which places lie in; not kept, as it may be moved

    // Nothing to approve: no call is made. There may be something to record.
    bool is_empty() const { return steps.empty(); }
    bool has_changes() const { return !steps.empty() || !record_changes.empty(); }
};

}
