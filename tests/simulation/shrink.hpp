#pragma once

#include "episode.hpp"

namespace simulated {

// The same failure with less: fewer faults, stages, tries and things, as far as it still fails.
Episode shrunk(Episode episode, int most_runs);

// What there is of an episode, for a person.
std::string described(const Episode& episode);

}
