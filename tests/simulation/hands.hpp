#pragma once

#include <cstdint>

namespace simulation {
class World;
}

namespace simulated {

// A person changes something in the cloud, past the program: gives a thing another name, or one
// more label.
void edit_by_hand(simulation::World& world, std::uint64_t choice);

}
