#pragma once

#include "hetzner_world.hpp"

namespace conformance {

// What somebody takes away from the things of a type in the vendor's console, and what nobody can.
std::vector<Removal> removals_of(const std::string& type, const SharedHetzner& world,
                                 const std::string& plural);
std::vector<Unremovable> unremovable_of(const std::string& type);

}
