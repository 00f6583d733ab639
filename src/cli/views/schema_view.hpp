#pragma once

#include "cli/terminal.hpp"
#include "infra/schema.hpp"

#include <string>
#include <vector>

namespace cli {

std::string type_list(const std::vector<const infra::ResourceType*>& types,
                      const Terminal& terminal);
std::string type_page(const infra::ResourceType& type, const Terminal& terminal);
std::string types_json(const std::vector<const infra::ResourceType*>& types);

}
