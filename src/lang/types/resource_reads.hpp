#pragma once

#include "lang/types/file_index.hpp"
#include "lang/types/resource_terms.hpp"

#include <stop_token>
#include <vector>

namespace lang::types {

// Fields that are read of resources, held against what their types have, also where nothing
// evaluates the place: `web.ipv4_adress` for `web | hetzner.Server`. A resource is known by its
// annotation with the type of a built-in module, through `let`, fields of record literals around
// and paths into them; of all else nothing is said.
void check_resource_reads(const FileIndex& index, ResourceTerms& terms,
                          std::vector<value::Diagnostic>& findings, const std::stop_token& stop);

}
