#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// Where a resource stands: the names of the fields from the root of `resources` to it. In rows,
// plans and messages it is its text, in the one form that `print_address` gives it: parts are
// joined by dots, and what is not made of letters, digits, `_` and `-` is quoted as Nickel quotes
// it. Examples: web.1, hosts."web.example.com", "". Two addresses are the same if their texts are.
namespace value {

using AddressParts = std::vector<std::string>;

std::string print_address(std::span<const std::string> parts);
// As people write it too: quotes that are not needed, and `my web` without any. InvalidArgument:
// an empty part that is not quoted, or a quote that is not closed.
base::Result<AddressParts> parse_address(std::string_view text);
// The text that `print_address` gives for what is written here.
base::Result<std::string> normal_address(std::string_view text);

// For texts of `print_address`; "" is the root, above everything.
std::string child_address(std::string_view parent, std::string_view name);
std::string_view parent_address(std::string_view address);   // "" of what stands at the root
// "web" of "web.1" and of "web": whether it is that place or stands beneath it.
bool is_at_or_under(std::string_view address, std::string_view place);
// Its parts, as they are written there.
std::vector<std::string_view> written_parts(std::string_view address);
// That what was recorded at `from` is at `to` now, with all beneath it.
struct AddressMove {
    std::string from;
    std::string to;
    bool alone = false;   // without what is beneath it

    bool operator==(const AddressMove&) const = default;
};
bool is_moved(std::string_view address, const AddressMove& move);
std::string moved_address(std::string_view address, const AddressMove& move);   // of what is moved

// What may have been meant by an address that fits none of these, as a word of a shell; "" if
// nothing is near. Mostly it is one whose quotes the shell took.
std::string suggest_address(std::string_view address, std::span<const std::string> known);
// As programs before addresses were quoted wrote it: parts joined by dots as they are, so that
// "a.b" and a.b were the same.
std::string unquoted_address(std::string_view address);

}
