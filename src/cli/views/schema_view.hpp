#pragma once

#include "cli/terminal.hpp"
#include "provider/schema.hpp"
#include "json/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// Of a documentation: what stands for all of it in a list.
std::string_view first_sentence(std::string_view text);
std::string type_list(const std::vector<const provider::ResourceType*>& types,
                      const Terminal& terminal);
std::string type_page(const provider::ResourceType& type, const Terminal& terminal);
json::Value types_record(const std::vector<const provider::ResourceType*>& types);

}
