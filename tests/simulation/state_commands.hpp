#pragma once

#include "base/random.hpp"
#include "simulation/command.hpp"

namespace simulation {
class World;
}

namespace simulated {

// What a person does to the state between two applies: one of `state mv`, `state rm`, `state
// resolve`, `run abandon`. `may_forget`: what is forgotten can be adopted in the end, which takes a
// program that still has a connection. Sets `has_forgotten` where it has to be.
simulation::CommandOptions roll_state_command(simulation::World& world, base::Random& random,
                                              bool may_forget, bool& has_forgotten);
// `run abandon` of what was begun on another machine: of those that have nothing under way, though
// they may live; of all, when a person knows that none does.
simulation::CommandOptions abandon_idle();
simulation::CommandOptions abandon_all();
// `state adopt`: all that was made here and is not recorded.
simulation::CommandOptions adopt_all();

}
