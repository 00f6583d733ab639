#pragma once

#include "lang/types/file_index.hpp"
#include "lang/types/resource_terms.hpp"

#include <stop_token>
#include <vector>

namespace lang::types {

// What stands in a resource, held against the contract of its type: names that it does not have,
// outputs that are set, and values whose kind is plain from the text (a literal, what an operator
// makes, what a function of the library gives, an output of another resource). Of all else nothing
// is said: it is held against its contract when it is evaluated.
void check_resource_inputs(const FileIndex& index, Files& files, const ModuleOfImport& module_of,
                           ResourceTerms& terms, std::vector<value::Diagnostic>& findings,
                           const std::stop_token& stop);

}
