#pragma once

#include "base/advice.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// What can be done next, as a sentence with our commands in it.
std::string words_of(const base::Advice& advice);

// Everything that an error or an event says about what to do, as people read it: the lines of its
// own help, then the words of its advice.
std::vector<std::string> help_lines(std::string_view help,
                                    const std::optional<base::Advice>& advice);

}
