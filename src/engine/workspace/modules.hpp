#pragma once

#include "lang/program.hpp"
#include "provider/schema.hpp"

namespace engine {

// The module `provisioning/<provider>.ncl` of a schema, as the evaluator takes it.
lang::BuiltinModule builtin_module(const provider::Schema& schema);
// `provisioning/prelude.ncl`: helpers that every workspace may import.
lang::BuiltinModule prelude_module();

}
