#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace simulation {

class World;

// From now on the process has the simulated operating system and no other; for good. Each World is
// in use from its beginning to its end, one at a time.
void use_simulated_system();
void enter(World* world);
// How often each probe was reached, in all worlds so far, by those that were not dead.
const std::map<std::string, std::uint64_t>& reached_probes();

}
