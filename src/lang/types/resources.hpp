#pragma once

#include "lang/program.hpp"
#include "lang/types/typecheck.hpp"

#include <functional>
#include <stop_token>
#include <vector>

namespace lang::types {

// The built-in module that the import with this number names; null: another file.
using ModuleOfImport = std::function<const BuiltinModule*(std::uint32_t import)>;

// What a file says of resources, held against their types by the text alone, also where nothing
// evaluates the place: fields that are read of them (resource_reads) and inputs that are given to
// them (resource_inputs). Findings come in the order of the text.
void check_resources(const File& file, Files& files, const ModuleOfImport& module_of,
                     std::vector<value::Diagnostic>& findings, const std::stop_token& stop = {});

}
