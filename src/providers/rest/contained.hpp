#pragma once

#include "value/value.hpp"

namespace providers::rest {

// Whether what is shown is as wanted, as far as the wanted says something: of records the members
// that it has and that are not null, of lists item by item. For Field::same, where a platform fills
// in what was left out.
bool is_contained(const value::Value& wanted, const value::Value& shown);

}
