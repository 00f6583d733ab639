#pragma once

#include "providers/kit/describe.hpp"

// Words to describe resource types with.
namespace providers::local {

using kit::a_bool;
using kit::a_path;
using kit::a_string;
using kit::an_integer;
using kit::anything;
using kit::array_of;
using kit::dict_of;
using kit::Input;
using kit::one_of;
using kit::Output;
using kit::record_of;
using kit::some_seconds;

}
