#pragma once

#include "base/result.hpp"
#include "json/format.hpp"

#include <string>
#include <string_view>

namespace cli::nickel {

// Data as the text of a program, its fields in their order, laid out for 80 columns.
base::Result<std::string> source_of_data(json::Format format, std::string_view text);
// A program as the parser understood it: without comments, laid out anew.
base::Result<std::string> source_of_program(std::string_view text);

}
