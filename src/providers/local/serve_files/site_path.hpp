#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace providers::local {

// The decoded relative path of a request's target, without ".", ".." or empty parts; "" is the
// root. Nothing for what no server should look for: a path that climbs, a null character, a broken
// escape, a hidden name.
std::optional<std::string> site_path(std::string_view target);

std::string_view content_type_of(std::string_view path);

}
