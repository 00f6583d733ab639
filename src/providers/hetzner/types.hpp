#pragma once

#include "providers/kit/rest_type.hpp"

#include <span>

// The resource types, as data. One file for each; types.cpp lists them.
namespace providers::hetzner {

infra::ResourceType connection_type();

const kit::RestType& network_type();
const kit::RestType& ssh_key_type();

std::span<const kit::RestType* const> rest_types();

}
