#pragma once

#include "provider/schema.hpp"

namespace provider {

// Whether two values mean the same to a field of this type: in whatever order the elements stand of
// which the order says nothing, and whatever form of a text stands there.
bool is_same_value(const FieldType& type, const value::Value& a, const value::Value& b);

}
