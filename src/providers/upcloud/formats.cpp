#include "providers/upcloud/formats.hpp"

#include "provider/values.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>

namespace providers::upcloud {
namespace {

using rest::about;
using rest::field_of;
using rest::text_of;
using value::Value;

constexpr std::size_t kShortestKey = 2;
constexpr std::size_t kLongestKey = 32;
constexpr std::size_t kLongestValue = 255;

base::Error wrong(std::string_view input, std::string message, std::string help) {
    return about(input, base::invalid_argument(std::move(message)).with_help(std::move(help)));
}

// How many bits an address has; 0 for none.
int bits_of_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    if (::inet_pton(AF_INET, text.c_str(), address.data()) == 1) return 32;
    return ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1 ? 128 : 0;
}

bool is_range(const std::string& text) {
    const std::size_t slash = text.find('/');
    const int most = bits_of_address(text.substr(0, slash));
    if (most == 0 || slash == std::string::npos) return false;
    int bits = -1;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + slash + 1, end, bits);
    return error == std::errc() && at == end && bits >= 0 && bits <= most;
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}

base::Result<void> check_labels(const Value& inputs) {
    for (const auto& [name, text] : provider::text_map_of(inputs, "labels")) {
        const bool is_key = name.size() >= kShortestKey && name.size() <= kLongestKey &&
                            is_printable(name) && !name.starts_with('_');
        if (!is_key) {
            return wrong("labels", fmt::format("`labels`: \"{}\" is no key of a label", name),
                         "it has 2 to 32 printable characters and does not begin with `_`");
        }
        if (text.size() <= kLongestValue) continue;
        return wrong(
            "labels",
            fmt::format("`labels`: the value of \"{}\" has {} characters", name, text.size()),
            fmt::format("it may have {}", kLongestValue));
    }
    return {};
}

base::Result<void> check_range(const Value& record, std::string_view input) {
    const auto check = [&](const Value& one) -> base::Result<void> {
        const std::string* text = one.as_string();
        if (text == nullptr || is_range(*text)) return {};
        return wrong(input, fmt::format("`{}`: \"{}\" is no range of addresses", input, *text),
                     "an address and how many of its bits are fixed: \"10.0.0.0/24\"");
    };
    const Value& value = field_of(record, input);
    const Value::Array* items = value.as_array();
    if (items == nullptr) return check(value);
    for (const Value& item : *items) TRY(check(item));
    return {};
}

base::Result<void> check_address(const Value& record, std::string_view input) {
    const auto check = [&](const Value& one) -> base::Result<void> {
        const std::string* text = one.as_string();
        if (text == nullptr || bits_of_address(*text) != 0) return {};
        return wrong(input, fmt::format("`{}`: \"{}\" is no IP address", input, *text),
                     "\"10.0.0.1\", or \"2001:db8::1\"");
    };
    const Value& value = field_of(record, input);
    const Value::Array* items = value.as_array();
    if (items == nullptr) return check(value);
    for (const Value& item : *items) TRY(check(item));
    return {};
}

base::Result<void> check_length(const Value& inputs, std::string_view input, std::size_t least,
                                std::size_t most) {
    const std::string* text = field_of(inputs, input).as_string();
    if (text == nullptr || (text->size() >= least && text->size() <= most)) return {};
    return wrong(input, fmt::format("`{}` has {} characters", input, text->size()),
                 fmt::format("it may have {} to {}", least, most));
}

base::Result<void> check_number(const Value& inputs, std::string_view input, std::int64_t least,
                                std::int64_t most) {
    const std::int64_t* number = field_of(inputs, input).as_integer();
    if (number == nullptr || (*number >= least && *number <= most)) return {};
    return wrong(input, fmt::format("`{}` is {}", input, *number),
                 fmt::format("it may be {} to {}", least, most));
}

base::Result<void> check_name(const Value& inputs, std::string_view input, std::size_t most) {
    const std::string* text = field_of(inputs, input).as_string();
    if (text == nullptr) return {};
    const bool is_name =
        !text->empty() && text->size() <= most && std::ranges::all_of(*text, [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
        });
    if (is_name) return {};
    return wrong(input, fmt::format("`{}`: \"{}\" is no name", input, *text),
                 fmt::format("it has 1 to {} letters, digits, `-` and `_`", most));
}

}
