#pragma once

#include <string>
#include <string_view>

namespace base {

// What whoever met an error can do next. A closed set: the command line puts each into words with
// its commands in them, a service into a problem document; nothing below says how it is spelt.
enum class Next : unsigned char {
    PlanAgain,    // the world or the state has moved: a new plan tells what is so now
    ApplyAgain,   // nothing of it was done; the same may well go now
    ApplyLater,   // nothing of it was done, and it will not go before something else has changed
    FindOut,      // it may have been done: the next apply looks for it before it does anything
    SavePlan,     // write a plan to a file
    WaitForRun,   // `subject`: the run's number, or "": one that is not known
    ListRuns,
    AbandonRun,        // `subject`: the run; `object`: the host that it was on
    ResolveIntent,     // `subject`: the address that nobody can find out about
    AdoptOrphans,      // what was made and is not recorded
    ImportResource,    // `subject`: an address; `object`: the key of what is there; "": not known
    PrintAsProgram,    // show a thing of the platform as Nickel
    ForgetResource,    // `subject`: the address
    MoveResource,      // `subject`: from; `object`: to
    ListResources,     // what the state has
    RestoreBackup,     // `subject`: "last", or ""; one has to be chosen
    StartEmptyState,   // nothing to restore: set the damaged file aside
    ImportKey,         // of the workspace, where somebody has exported it
    ListWorkspaces,
    AddWorkspace,        // to the list of workspaces
    ChooseEnvironment,   // `subject`: its name
    ApproveEachTime,     // plan, look, and approve what goes beyond what is approved in advance
    AcceptMissing,       // all of them are really gone
    StartSandbox,
    ResetSandbox,
    SetVariable,     // `subject`: a variable of the environment
    ChangeSetting,   // `subject`: the setting
    TrustPrograms,   // look at what would be started, and agree to it
    TrustSecrets,    // look at who would get which secrets, and agree to it
    TrustState,      // look at what the state has that came with the workspace, and take it over
};

std::string_view name_of(Next next);

struct Advice {
    Next next = Next::PlanAgain;
    std::string subject = {};
    std::string object = {};

    friend bool operator==(const Advice&, const Advice&) = default;
};

}
