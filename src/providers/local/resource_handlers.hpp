#pragma once

#include "providers/local/resource_handler.hpp"

#include <memory>
#include <span>

namespace providers::local {

// Every resource type of this provider. To add one: its file, its two lines in kind.hpp, one here.
struct HandlerEntry {
    const provider::ResourceType& (*type)();
    std::unique_ptr<ResourceHandler> (*make)(const Workspace&);
};
std::span<const HandlerEntry> kinds();

}
