#pragma once

#include "providers/rest/resource_handler.hpp"

// Whether what a change names by its id, or by its name, is there: the platform would tell it too,
// but perhaps after something was deleted for it.
namespace providers::rest {

// An id that leads nowhere is an error. A name may be that of something that the program is about
// to make: it is noted as missing.
base::Result<void> check_references(const ConnectionContext& connection,
                                    const TypeDescription& description,
                                    const provider::Change& change,
                                    provider::PlannedChange& planned, const CallScope& scope);

}
