#pragma once

#include "engine/run/plan.hpp"

namespace engine {

struct ImportOptions {
    std::string address;   // where the program has it
    std::string key;       // how its platform names it
    std::vector<lang::Given> given;
    std::string connection;   // of look_up: its address in the program; "": the only one
};
struct Imported {
    state::Row row;
    std::vector<std::string> unseen;   // as Taken has it
    Planned next;                      // what the program makes of it, of this one alone
};
// Takes something that exists into the state. Errors: those of `import_resource`
// (engine/apply/import.hpp) and of plan().
base::Result<Imported> import_resource(Deployment& deployment, const ImportOptions& options,
                                       Observer& observer, const std::stop_token& stop);

struct LookedUp {
    const provider::ResourceType* type = nullptr;
    provider::ObservedResource seen;
};
// A thing of a type (`address`) as its platform shows it, through the program's connection; nothing
// is recorded.
base::Result<LookedUp> look_up(Deployment& deployment, const ImportOptions& options,
                               Observer& observer, const std::stop_token& stop);

}
