#pragma once

#include "provider/registry.hpp"

#include <span>
#include <string_view>

namespace engine {

// A thing that is about to be looked at.
struct ToLook {
    const provider::ResourceType* type = nullptr;
    std::string_view address;
    const value::Value* inputs = nullptr;
};

// What looking at these starts, each program once, with where it is recorded.
base::Result<std::vector<provider::Program>>
programs_to_look(const provider::ProviderRegistry& registry, std::span<const ToLook> things);

// Before the calls are made: asks for what of it nobody has agreed to yet.
base::Result<void> require_programs(const provider::ProviderRegistry& registry,
                                    std::span<const ToLook> things);

// Before a connection is handed the inputs of a resource: asks for what of their secrets nobody has
// agreed to give away.
base::Result<void> require_secrets(const provider::ProviderRegistry& registry,
                                   const provider::ProviderInstance& link, std::string_view address,
                                   const value::Value& inputs);

}
