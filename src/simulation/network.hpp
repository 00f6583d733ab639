#pragma once

#include "net/client/transport.hpp"

#include <memory>

namespace simulation {

class World;

// The network between a process and the cloud of its world, for whoever makes clients.
std::unique_ptr<net::Transport> make_transport(World& world);

}
