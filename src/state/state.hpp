#pragma once

#include "base/result.hpp"
#include "state/backups.hpp"
#include "state/history.hpp"
#include "state/liveness.hpp"
#include "state/record.hpp"
#include "state/run.hpp"

#include <functional>
#include <map>

namespace state {

class Key;

// All rows and open intents at one moment.
struct Snapshot {
    std::vector<Row> rows;           // by address, then generation
    std::vector<OpenIntent> open;    // by address, then generation; of live runs too
    bool refresh_required = false;   // a backup was restored: rows may be older than the world
    // The newest generation that an address has ever had, where that is not in `rows` any more.
    std::map<std::string, std::uint64_t, std::less<>> past_generations;

    // The newest row of the address, or null.
    const Row* find(std::string_view address) const;
    const Row* find(std::string_view address, std::uint64_t generation) const;
    const OpenIntent* find_open(std::string_view address) const;
    std::uint64_t next_generation(std::string_view address) const;
    // As `State::move` would do it, in this copy alone.
    void move(const value::AddressMove& move);
};

enum class OpenMode : std::uint8_t {
    Read,    // creates nothing; a workspace without state reads as empty
    Write,   // creates what is missing
};

struct OpenOptions {
    std::string directory;   // the workspace's .provisioning
    std::string environment = "default";
    OpenMode mode = OpenMode::Read;
    std::string backend = "sqlite";       // one of `backends()`
    const base::Clock* clock = nullptr;   // null: the system's
    HistoryPolicy history;
    BackupPolicy backups;
    std::string workspace_id;         // of a state that is created; "": a random one
    std::optional<Machine> machine;   // none: this one; tests take others
    // Tests: called before and after each durable step with its name; may end the process.
    std::function<void(std::string_view step)> at_durable_step;
};

struct RunDetail {
    RunInfo info;
    std::vector<StepRecord> steps;        // not plain success
    std::vector<Row> written;             // by this run, and still current
    std::vector<HistoryEntry> replaced;   // what it changed or removed, as it was before
    bool pruned = false;                  // some of `steps` and `replaced` is not kept any more
};

// The state of one environment of a workspace, and its only writer (docs/formats/state.md). Not for
// several threads. Errors: DataLoss when what is stored is damaged, with the backups there are;
// CannotWrite; Busy when somebody else holds the database.
class State {
public:
    static base::Result<std::unique_ptr<State>> open(OpenOptions options);
    // Whether there is a state, of any environment. Creates nothing and opens nothing.
    static base::Result<bool> exists(const OpenOptions& options);
    virtual ~State() = default;

    // Unique to the workspace, made with its first state; "" when there is none yet. For tags.
    virtual const std::string& workspace_id() const = 0;

    // In one read transaction: an apply that is running meanwhile is seen up to its last commit.
    virtual base::Result<Snapshot> read() = 0;

    // Begins a run in one transaction: takes the leases of its addresses and checks what the plan
    // read. Busy: an address is leased by a run that lives or is elsewhere, which the message
    // names, or has an open intent. OutOfDate: a version or an absence has moved, or the plan was
    // used. Leases of dead runs are taken over. The run must not outlive the state.
    virtual base::Result<std::unique_ptr<Run>> begin_run(const RunRequest& request) = 0;

    // Recovery, first part: marks runs as died that are dead, gives their leases back, and tells
    // the open intents of runs that do not live, oldest first. Writes only if a run died.
    // Then: find each, decide() (recovery.hpp), commit the results in a run with `recovers`.
    virtual base::Result<std::vector<OpenIntent>> recoverable() = 0;

    // `state mv|rm`: an address, or all beneath one ("web" takes "web.1"). Rows that refer to it
    // follow a move. FailedPrecondition while an intent is open; AlreadyExists; NotFound. Tells how
    // many rows there were.
    virtual base::Result<std::size_t> move(std::string_view from, std::string_view to) = 0;
    virtual base::Result<std::size_t> remove(std::string_view address) = 0;
    // `state resolve`: what nobody can find out (a command without a check). Closes the open
    // intents of an address whose run does not live.
    enum class Resolution : std::uint8_t { Done, NotDone };
    virtual base::Result<std::size_t> resolve(std::string_view address, Resolution how) = 0;

    // By hand, for a run on another machine: whoever asks knows that it has died there. It is
    // marked as died and its leases are given back; should it live, it writes nothing more. Busy
    // when it lives on this machine; FailedPrecondition when it has ended; NotFound.
    virtual base::Result<RunInfo> abandon(std::string_view number_or_id) = 0;

    // Whether anything is left that `workspace remove` must refuse for, in any environment.
    struct Usage {
        std::string environment;
        std::size_t rows = 0;
        std::size_t open_intents = 0;
    };
    virtual base::Result<std::vector<Usage>> usage() = 0;

    virtual base::Result<std::vector<RunInfo>> runs(std::size_t limit) = 0;   // newest first
    virtual base::Result<RunDetail> run(std::string_view number_or_id) = 0;   // or "last"; NotFound
    // The plan that a run was begun with, while the run is not Done; "" afterwards.
    virtual base::Result<std::string> run_plan(std::int64_t number) = 0;
    virtual base::Result<std::vector<HistoryEntry>> history(std::string_view address) = 0;

    // The workspace's key, made if it is missing and the mode is Write.
    virtual base::Result<const Key*> key() = 0;
};

}
