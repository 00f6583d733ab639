#pragma once

#include <cstdint>
#include <string>

namespace simulation {
class World;
}

namespace simulated {

// A person changes something in the cloud, past the program: gives a thing another name, or one
// more label.
void edit_by_hand(simulation::World& world, std::uint64_t choice);
// Or deletes it.
void delete_by_hand(simulation::World& world, std::uint64_t choice);
// A person makes something of their own, by a name that a program may want. "servers/17"; empty if
// the name is taken.
std::string make_foreign(simulation::World& world, std::uint64_t choice);
// False: it is gone already.
bool remove_foreign(simulation::World& world, const std::string& thing);

}
