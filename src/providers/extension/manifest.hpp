#pragma once

#include "engine/workspace/extensions.hpp"
#include "provider/schema.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace providers::extension {

// What the manifest of a provider extension says, ready for use (docs/formats/extension.md).
struct Manifest {
    provider::Schema schema;            // types are named NAME.Type
    std::string folder;                 // of the extension, absolute
    std::vector<std::string> program;   // a command and its first arguments
    std::vector<std::string> passed;    // names of variables that it gets from our environment
    std::vector<std::string> updates;   // types whose program answers `update`
    bool finds = false;
    bool lists = false;
    bool keep_output = false;   // what it says is shown although it was given a secret
    std::size_t max_parallel = 4;
    std::chrono::milliseconds timeout{std::chrono::minutes{1}};
};

// InvalidArgument (65) names what the contract of the manifest cannot check: a name that another
// provider has, a key that is no field, an input and an output of one name.
base::Result<Manifest> read_manifest(const engine::Extension& extension);

// Plain data as a Nickel literal.
std::string nickel_text(const value::Value& value);

}
