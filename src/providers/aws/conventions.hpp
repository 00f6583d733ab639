#pragma once

#include "providers/rest/api_conventions.hpp"

namespace providers::aws {

const rest::ErrorMapping& error_mapping();
const rest::ApiConventions& conventions();

}
