#pragma once

#include "base/error.hpp"
#include "base/result.hpp"
#include "provider/programs.hpp"
#include "provider/schema.hpp"
#include "value/value.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace base {
class Patience;
}

// The contract between the engine and a platform (ENGINE §7). Calls of one connection may come
// from several worker threads at once, unless the capabilities limit them.
namespace provider {

enum class Action : std::uint8_t { Create, Update, Delete };   // a replace is a delete and a create

// What exists: its key at the platform, its inputs as the platform shows them, its outputs.
struct ObservedResource {
    std::string key;
    value::Value inputs;    // a record; fields that the platform does not show are absent
    value::Value outputs;   // a record
    std::string token;      // of the intent that made it, if the platform carries it
};

// A call that is about to change the world; durable before it is made (ENGINE §8).
struct Intent {
    std::string token;   // unique; carried as tag, label or idempotency key where there are any
    std::string run;
    std::string workspace;
    std::string environment;
    std::string address;
    std::uint64_t generation = 1;
    Action action = Action::Create;
    std::string type;
    std::string key;   // of the existing thing, for update and delete; of the wanted one if known
    value::Value inputs;   // wanted; for delete: the recorded ones
    value::Value prior;    // recorded inputs before an update
    value::Value prior_outputs;
    std::string phase;                  // "" at first; otherwise what the previous phase asked for
    std::string handle;                 // of a phase that is running, for poll after a restart
    bool found_absent_before = false;   // a read just before the intent found nothing of this key
    bool is_followed =
        false;   // by another update of the same thing: it need not be of use between
};

struct OperationResult {
    // Queued: nothing was sent, and nothing is: whoever may start something asks again later, with
    // the same call. What is not asked again was not begun.
    enum class Kind { Done, Running, NextPhase, Queued };
    Kind kind = Kind::Done;
    std::optional<ObservedResource> seen;   // Done: what exists now; none after a delete
    std::string handle;                     // Running: what poll asks with
    std::string phase;   // NextPhase: made durable, then start is called again with it
    // Running, Queued: the context's `wake` will be called when asking again tells more. Until then
    // there is no need to ask often.
    bool wakes = false;
};

struct LookupResult {
    enum class Kind { Absent, Done, Running, Partial, Foreign, Unsure };
    Kind kind = Kind::Unsure;
    std::optional<ObservedResource> seen;
    std::string handle;   // Running
    std::string reason;   // Foreign, Unsure: for people
};

// One instance's change as the engine sees it before approval.
struct Change {
    const ResourceType& type;
    std::optional<ObservedResource> prior;   // recorded and refreshed; none: create
    value::Value recorded_inputs;            // as last applied
    value::Value inputs;                     // wanted; may have unknown parts
};
enum class PlannedAction : std::uint8_t { None, Create, Update, Replace, MayReplace };
struct PlannedChange {
    PlannedAction action = PlannedAction::None;
    std::vector<std::string> changed;   // top-level inputs that differ
    std::vector<std::string> forcing;   // those of them that force the replacement
    value::Value outputs;               // each output, known or unknown
    std::vector<Cost> costs;            // beside those that the schema says of the inputs
    // An input that somebody changed into what it cannot be set back from, and why: the thing stays
    // as it is, and nothing else waits for it.
    struct Stuck {
        std::string input;
        std::string why;   // "a volume can only grow"
    };
    std::optional<Stuck> stuck;
    // What an input names and the platform does not have: an error, unless the program makes it.
    struct Missing {
        std::string input;
        std::string type;   // of what would have that `name`
        std::string name;
        std::string message;
    };
    std::vector<Missing> missing;
};

struct Capabilities {
    bool outside_effects = true;   // false: results alone are recorded, no intents
    bool bulk_lists = false;
    bool tags = false;                       // an object carries its intent's token
    bool effects_die_with_process = false;   // recovery needs no horizon
    std::size_t max_parallel = 10;           // calls in flight
    std::chrono::milliseconds effect_lag{0};
    std::chrono::milliseconds call_deadline{std::chrono::minutes{5}};
};

// An environment of a workspace, by the tags that its things carry.
struct Scope {
    std::string workspace;   // empty: nothing was made for it yet
    std::string environment;
};

struct Page {
    std::vector<ObservedResource> items;
    std::vector<std::string> addresses;   // of list_own: what the tag of each item names
    std::string next;                     // empty: last page
    std::vector<std::string> others;      // pages behind `next`, where they are known at once
};

struct CallContext {
    std::stop_token stop;   // second interrupt: waiting ends
    std::chrono::milliseconds timeout{std::chrono::minutes{5}};
    // Of start() and poll(): may be called after they have answered, by any thread, when asking
    // again would tell more (OperationResult::wakes). Null: nobody listens.
    std::function<void()> wake = nullptr;
    // Where it is told what the call waits for while a platform gives no sign of life, and how long
    // that may last. Null: nobody looks, and the timeout alone ends it.
    std::shared_ptr<base::Patience> patience = nullptr;
    std::string who = {};   // the connection, for people: "connections.main (hetzner)"
};

// What an error of start() or poll() may carry for the engine.
class CallFailure : public base::ErrorDetail {
public:
    // The intent is certain to do nothing more than a read of its key tells: the call was refused,
    // or never sent, and nothing that was made goes by a key that is not known yet.
    bool is_without_effect = false;
    // It has been answered to the end: what there is to be seen now is all that will come of it.
    bool is_over = false;
    // It is about who asks, or how often, and not about this resource: whatever goes that way
    // meets it too. A code alone cannot tell: PermissionDenied is as well said of one file, and
    // Busy of one thing that somebody else is at.
    bool is_about_account = false;
    std::string input;   // of the resource, that it is about; "" when it is not told
};
// Null for an error that carries none.
const CallFailure* call_failure_of(const base::Error& error);
bool is_without_effect(const base::Error& error);

// Whether it is the way to the platform that fails, and not what was asked of it: then it is told
// once, of the connection, and nothing else is tried that way. Unavailable, DeadlineExceeded,
// Cancelled and Unauthenticated say so by themselves, the rest by is_about_account.
bool is_about_connection(const base::Error& error);
// The code of a plan that cannot be made because connecting, reading or listing failed. Who asks
// and how often is for the caller to see to; what else the platform's answer means for its request
// (a conflict, a limit, what cannot be read) means nothing here: we did not get to see what is
// there.
base::Code call_code(const base::Error& error);

struct ConflictKey {
    std::string text;    // equal for what cannot be side by side, whatever the types
    std::string input;   // that it comes from
};

// What a connection reaches and may do there, as far as that shows without changing anything.
struct AccessReport {
    struct Permission {
        enum class State : std::uint8_t { Granted, Missing, Unknown };
        std::string name;   // "read", "write", "ec2:CreateVpc"
        State state = State::Unknown;
        std::string why;   // Missing, Unknown: the platform's words
    };
    std::string account;   // as the platform names it; "" where it names none
    std::vector<Permission> permissions;
    // What else it says of the account, for people: "3,600 requests an hour, 3,598 left".
    std::vector<std::string> notes;
};

class Connection {
public:
    virtual ~Connection() = default;
    virtual const Capabilities& capabilities() const = 0;
    // Stable name of what this connection reaches (endpoint, account): kept in rows.
    virtual std::string identity() const = 0;

    // Pure checks that contracts cannot make. Unknown parts are let pass.
    virtual base::Result<void> validate(const ResourceType&, const value::Value& inputs) = 0;
    // Pure: adds what the connection gives to whatever is made through it, where the inputs do not
    // say otherwise (labels). From then on it is an input as any other. Default: nothing.
    virtual void inherit(const ResourceType&, value::Value& inputs);
    // Pure: what only one thing can have at a time, of things whose connections reach the same
    // place. What is not known yet is left out. Default: the key of the type, where that is an
    // input, and the inputs that are unique.
    virtual std::vector<ConflictKey> conflict_keys(const ResourceType&, const value::Value& inputs);
    // Refines the schema's diff (plan_by_schema). Default: returns it. Pure, and of no use to stop,
    // unless plan_calls_out().
    virtual base::Result<PlannedChange> plan(const Change& change, CallContext);
    // Asks the platform who we are and what we may do. Nothing there changes by it. What keeps it
    // from being told (the way there, a credential that is not known) is an error; a permission
    // that is missing is not. Default: nothing is to be asked.
    virtual base::Result<AccessReport> check_access(CallContext);
    // Whether planning this type may ask the platform, or whatever else makes it wait: then it is a
    // call like the others, made by a worker, several at once, and ends with Cancelled or
    // DeadlineExceeded soon after its context says so. Default: no.
    virtual bool plan_calls_out(const ResourceType&) const;
    virtual base::Result<Page> list(const ResourceType&, std::string_view page, CallContext);
    // Only what carries the tags of this scope. Default: nothing does.
    virtual base::Result<Page> list_own(const ResourceType&, const Scope&, std::string_view page,
                                        CallContext);
    // Pure: how the tag of a thing names this address, as a Page of list_own has it. A platform
    // may cut it short. Default: as it is.
    virtual std::string tag_of(std::string_view address) const;
    // Brings what a list showed to the form of the record, where the platform knows several forms
    // of the same, as read() does by itself. Default: leaves it.
    virtual void normalize(const ResourceType&, ObservedResource&,
                           const value::Value& recorded_inputs);
    virtual base::Result<std::optional<ObservedResource>> read(const ResourceType&,
                                                               const std::string& key,
                                                               const value::Value& recorded_inputs,
                                                               CallContext) = 0;
    virtual base::Result<OperationResult> start(const Intent&, CallContext) = 0;
    virtual base::Result<OperationResult> poll(const Intent&, CallContext);
    virtual base::Result<LookupResult> find(const Intent&, CallContext) = 0;
};

// What a provider may ask of the outside world.
struct Host {
    std::string workspace_dir;   // relative paths of resources are relative to it
    std::string state_dir;       // .provisioning of the workspace: supervisor logs, locks
    std::string executable;      // our own binary, for the supervisor
    // A variable of the process's environment; null: there is none.
    std::function<std::optional<std::string>(const std::string& name)> environment;
    std::stop_token stop;   // of connecting: whoever waits has given up
    // By the workspace's key, for the place that is named: what may hold a secret and has to lie in
    // a file for a while (sealed_file.hpp). Null: there is no key.
    using Seal =
        std::function<base::Result<std::string>(std::string_view text, std::string_view place)>;
    Seal seal = {};
    Seal open = {};
    // Asked before any program of the workspace is started; outlives the connections. Null:
    // whatever is asked for is started.
    ProgramConsent* programs = nullptr;
};

// One of the resources of a program, for a look at several.
struct Described {
    const ResourceType* type = nullptr;
    const value::Value* inputs = nullptr;
    const value::Value* outputs = nullptr;   // as planned; null where nothing was compared
    std::vector<std::size_t> reads;          // whose outputs, as indices
    std::vector<std::string> ignored;        // inputs that are only what it begins with
};
// What does not fit what another one says.
struct Misfit {
    std::size_t of = 0;
    std::string input;
    std::size_t other = 0;
    std::string other_input;
    std::string message;
    std::string help;
};

class Provider {
public:
    virtual ~Provider() = default;
    virtual const Schema& schema() const = 0;
    virtual base::Result<std::unique_ptr<Connection>> connect(const value::Value& settings,
                                                              const Host& host) const = 0;
    // Checks of the inputs alone that contracts cannot make: without a connection, for whoever only
    // checks a program. Part of what Connection::validate does.
    virtual base::Result<void> validate(const ResourceType&, const value::Value& /*inputs*/) const {
        return {};
    }
    // Checks of resources that refer to each other; of whoever has none, nothing is collected.
    virtual bool checks_together() const { return false; }
    virtual std::vector<Misfit> check_together(std::span<const Described>) const { return {}; }
    // Files that carrying out a change of such a resource reads, or runs: what a plan of it rests
    // on beside the program. Absolute, or relative to the workspace. Unknown parts name none.
    virtual std::vector<std::string> files_of(const ResourceType&, const value::Value& /*inputs*/,
                                              const Host&) const {
        return {};
    }

    // Who gets the secrets that a connection with these settings, and its resources, are handed,
    // where a person has to agree to that: another host than the vendor's own, this machine, and
    // where the person's environment leads. Empty: nobody such.
    virtual std::string takes_secrets(const value::Value& /*settings*/, const Host&) const {
        return {};
    }

    // The program that serves the provider, where that is one of the workspace's.
    virtual base::Result<std::optional<Program>> program(const Host& host) const;
    // Programs that read() and find() start for a thing with these inputs, beside that one. None
    // where they could not be started anyway.
    virtual std::vector<Program> programs_to_look(const Host& host, const ResourceType& type,
                                                  const value::Value& inputs) const;
};

// The default diff of the schema: compares wanted with recorded and seen inputs field by field,
// decides update or replace, and says which outputs stay known (ENGINE §4).
PlannedChange plan_by_schema(const Change& change);

}
