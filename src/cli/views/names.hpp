#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// Addresses as a person reads them: in natural order, three and more that only count up as one
// range. "web.{1..120}", "db, web.{1..3}". Each piece names one or more.
std::vector<std::string> name_pieces(std::vector<std::string_view> addresses);

// On one line, with their number: "web.{1..3}, db (4)". What is longer than `width` (40 at least)
// is cut in the middle: "web.a, web.b, … web.z (26)". Every address counts.
std::string addresses_text(const std::vector<std::string_view>& addresses, std::size_t width);

}
