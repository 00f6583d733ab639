#pragma once

#include <span>

namespace provider {
class Provider;
}

namespace providers {

// Every provider that ships. Made on first use, never destroyed.
std::span<const provider::Provider* const> all();

}
