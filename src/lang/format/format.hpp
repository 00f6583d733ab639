#pragma once

#include "lang/syntax/parser.hpp"

#include <optional>
#include <string>

namespace lang::format {

// The text of a source in the one style. Nothing, and what is wrong, if it is no program.
std::optional<std::string> format(const Source& source, std::vector<value::Diagnostic>& diagnostics,
                                  const ParseLimits& limits = {});

// The text with its comments taken out.
std::string without_comments(const Source& source);

}
