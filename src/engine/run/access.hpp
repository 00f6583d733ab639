#pragma once

#include "engine/run/plan.hpp"

namespace engine {

// What became of asking one connection who we are there.
struct CheckedAccess {
    std::string address;    // "connections.hz"; "default": the account of the environment
    std::string provider;   // "hetzner"
    std::string identity;   // what it reaches; "" where it could not be made
    std::optional<provider::AccessReport> report;
    std::vector<std::string> waits_for;   // what its settings read is known after apply
    std::optional<base::Error> error;     // it was not reached, or there is none to be had
};

struct AccessRequest {
    std::vector<lang::Given> given;
    std::vector<std::string> only;   // addresses of connections; empty: all
};

// Asks each connection of the program, several at once, and changes nothing. NotFound for an
// address that the program does not have. Coordinating thread.
base::Result<std::vector<CheckedAccess>> check_access(Deployment& deployment,
                                                      const AccessRequest& request,
                                                      Observer& observer,
                                                      const std::stop_token& stop);

}
