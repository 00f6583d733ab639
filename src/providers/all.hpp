#pragma once

#include <span>

namespace infra {
class Provider;
}

namespace providers {

// Every provider that ships. Made on first use, never destroyed.
std::span<const infra::Provider* const> all();

}
