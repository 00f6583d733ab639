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

}
