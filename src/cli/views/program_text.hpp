#pragma once

#include "provider/schema.hpp"
#include "value/value.hpp"

#include <string>
#include <string_view>

namespace cli {

// A resource with these inputs as Nickel, to be put under `resources` of a program. What is null is
// not written, which is the same to an input; what is secret is, as a comment. `connection` is its
// address, "" for none.
std::string program_text(const provider::ResourceType& type, const value::Value& inputs,
                         std::string_view connection);

}
