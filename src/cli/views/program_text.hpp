#pragma once

#include "provider/schema.hpp"
#include "value/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// That these inputs were taken on trust, as their platform does not show them.
std::string unseen_text(const std::vector<std::string>& inputs);

// A resource with these inputs as Nickel, to be put under `resources` of a program. What is null is
// not written, which is the same to an input; what is secret is, as a comment, and so is what a
// program leaves alone by leaving it out. `connection` is its
// address, "" for none.
std::string program_text(const provider::ResourceType& type, const value::Value& inputs,
                         std::string_view connection);

}
