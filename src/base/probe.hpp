#pragma once

#include <string_view>

namespace base {

// Marks a rare branch by a name of its own, of tests/simulation/probes.txt: a simulation counts how
// often it was reached. Costs a call that does nothing. Any thread.
void probe(std::string_view name);

}
