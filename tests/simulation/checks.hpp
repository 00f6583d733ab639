#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace simulation {
class World;
}

namespace simulated {

// What is in the cloud, as lines that can be compared.
std::string dump(simulation::World& world);
std::string differences(const std::string& got, const std::string& wanted);

// What has to hold when an apply has come to its end. What is wrong; empty if nothing.
std::string check_world(simulation::World& world);
// After each command, however it ended: the state opens and is whole, or there is none.
std::string check_state();
// By the cloud's own log no process took away more things than its approved plans say.
std::string check_approved(const simulation::World& world,
                           const std::map<std::string, std::size_t>& may_remove);
// When all was destroyed.
std::string check_nothing_left(simulation::World& world);

}
