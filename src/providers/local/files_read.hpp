#pragma once

#include "value/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace provider {
struct Host;
}

namespace providers::local {

// The files of the workspace that making such a resource reads or runs: the source of a template,
// and what the words of a command name. What a program reads by itself nobody knows beforehand.
std::vector<std::string> files_of(std::string_view type, const value::Value& inputs,
                                  const provider::Host& host);

}
