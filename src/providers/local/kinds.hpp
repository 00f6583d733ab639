#pragma once

#include "providers/local/kind.hpp"

#include <memory>
#include <span>

namespace providers::local {

// Every resource type of this provider. To add one: its file, its two lines in kind.hpp, one here.
struct KindEntry {
    const infra::ResourceType& (*type)();
    std::unique_ptr<Kind> (*make)(const Workspace&);
};
std::span<const KindEntry> kinds();

}
