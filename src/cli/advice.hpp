#pragma once

#include "base/advice.hpp"

#include <string>

namespace cli {

// What can be done next, as a sentence with our commands in it.
std::string words_of(const base::Advice& advice);

}
