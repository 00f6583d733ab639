#pragma once

#include "lang/program.hpp"
#include "lang/types/typecheck.hpp"

#include <functional>
#include <stop_token>
#include <vector>

namespace lang::types {

// The built-in module that the import with this number names; null: another file.
using ModuleOfImport = std::function<const BuiltinModule*(std::uint32_t import)>;

// Fields that are read of resources, held against what their types have, also where nothing
// evaluates the place: `web.ipv4_adress` for `web | hetzner.Server`. A resource is known by its
// annotation with the type of a built-in module, through `let`, fields of record literals around
// and paths into them; of all else nothing is said. Findings come in the order of the text.
void check_resource_reads(const File& file, const ModuleOfImport& module_of,
                          std::vector<value::Diagnostic>& findings,
                          const std::stop_token& stop = {});

}
