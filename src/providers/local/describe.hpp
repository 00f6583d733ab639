#pragma once

#include "providers/rest/describe.hpp"

// Words to describe resource types with.
namespace providers::local {

using rest::a_bool;
using rest::a_path;
using rest::a_string;
using rest::an_integer;
using rest::anything;
using rest::array_of;
using rest::dict_of;
using rest::Input;
using rest::one_of;
using rest::Output;
using rest::record_of;
using rest::some_seconds;

}
