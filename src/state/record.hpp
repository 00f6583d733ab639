#pragma once

#include "base/clock.hpp"
#include "provider/connection_record.hpp"
#include "provider/provider.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the state keeps, as plain data (ENGINE §8). Values leave it unsealed, with their secret
// marks.
namespace state {

// When a row was written: never used twice, restores of a backup included.
struct Version {
    std::int64_t epoch = 0;      // begins anew with each restore
    std::int64_t run = 0;        // number of the run
    std::int64_t sequence = 0;   // within the run

    auto operator<=>(const Version&) const = default;
};
std::string to_string(const Version& version);   // "1.17.42"

// One real thing. There is one row for each (address, generation); generations of one address other
// than the newest are superseded things whose deletion is due.
struct Row {
    std::string address;
    std::uint64_t generation = 1;
    std::string type;
    provider::ConnectionRef connection;   // never null in what is read
    std::string key;
    std::string token;                       // of the intent that created it; "" without intents
    value::Value inputs;                     // a record
    value::Value outputs;                    // a record
    value::Value lifecycle;                  // as given; null if it was not
    std::vector<std::string> dependencies;   // addresses whose cells it touched, `after` included
    bool complete = true;   // false: there, but not as wanted; the next plan finishes it
    Version version;        // set by State
};

enum class RunStatus : std::uint8_t {
    Running,
    Done,
    Failed,   // also in part
    Interrupted,
    Died,   // its process was gone
};
std::string_view name_of(RunStatus status);   // "running", …

struct RunInfo {
    std::int64_t number = 0;   // what people type: `run show 17`
    std::string id;            // unique everywhere, fit for labels and tags: "17-k3m9x2q7w4tz"
    std::int64_t epoch = 0;
    std::string command;   // "apply"
    std::int64_t pid = 0;
    std::string host;
    std::string boot_id;   // of that host
    std::string user;
    base::Time started;
    std::optional<base::Time> ended;   // of a run that died: when it was dead for certain
    RunStatus status = RunStatus::Running;
    std::string summary;      // JSON, as the command ended with (ENGINE §11)
    std::string plan_id;      // of the saved plan that it consumed
    bool live = false;        // its process is there, or it is elsewhere
    bool elsewhere = false;   // begun on another machine, and not ended: nobody can tell from here
};

enum class Outcome : std::uint8_t {
    Done,
    Failed,     // the call failed; `find` has told what is there
    Absent,     // recovery: nothing happened, and nothing can happen any more
    Unsure,     // cannot be told; the intent is still open
    Skipped,    // not begun, because of something it depends on
    Refused,    // would have done more than was approved (ENGINE §5)
    Resolved,   // by hand
};
std::string_view name_of(Outcome outcome);           // "done", …
std::string_view name_of(provider::Action action);   // "create", "update", "delete"

// A step that was not plain success. Those that were leave their row, and nothing here.
struct StepRecord {
    std::string address;
    std::uint64_t generation = 1;
    provider::Action action = provider::Action::Create;
    Outcome outcome = Outcome::Failed;
    std::string message;   // for people; never a secret
    base::Time started;
    base::Time ended;
};

// An intent with all that its row would need, and what recovery needs to judge it.
struct OpenIntent {
    provider::Intent intent;
    provider::ConnectionRef connection;
    std::vector<std::string> dependencies;
    value::Value lifecycle;
    // From the capabilities of the connection: how late the request may still act.
    std::chrono::milliseconds call_deadline{0};
    std::chrono::milliseconds effect_lag{0};
    bool effects_die_with_process = false;

    // Set by State.
    base::Time opened;
    std::int64_t run = 0;
    bool run_live = false;
    std::string
        elsewhere;   // the host of a run that counts as live because it is not ours to judge
    std::optional<base::Time>
        run_ended;              // the run has sent nothing after this; none while it lives
    bool run_died = false;      // else it ended by its own word
    bool never_begun = false;   // its run died before any call of it
    // For how long that is so, at least, by a clock that does not jump; none: it cannot be told.
    std::optional<std::chrono::milliseconds> over_for;
};

// The row as it is once the intent (a create or an update) has done what it was to do.
Row row_of(const OpenIntent& open, const provider::ObservedResource& seen);

// Where the rows have what is called `place`: programs before addresses were quoted wrote it
// otherwise. `place` itself if there is nothing.
std::string recorded_place(std::span<const Row> rows, std::string_view place);

// A row that a later write replaced or removed.
struct HistoryEntry {
    Row row;
    Version replaced_by;
    bool removed =
        false;   // the thing is gone; otherwise a newer row of the same generation follows
};

}
