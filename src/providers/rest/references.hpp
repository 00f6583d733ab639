#pragma once

#include "providers/rest/resource_handler.hpp"

#include <functional>
#include <string_view>

// Whether what a change names by its id, or by its name, is there: the platform would tell it too,
// but perhaps after something was deleted for it.
namespace providers::rest {

// Each value at a path, through lists: "networks.network". An unknown one on the way is visited
// itself, as what is beneath it is not known; what is absent is not.
void visit_at(const value::Value& value, std::string_view path,
              const std::function<void(const value::Value&)>& visit);

// An id that leads nowhere is an error. A name may be that of something that the program is about
// to make: it is noted as missing.
base::Result<void> check_references(const ConnectionContext& connection,
                                    const TypeDescription& description,
                                    const provider::Change& change,
                                    provider::PlannedChange& planned, const CallScope& scope);

}
