#pragma once

#include "provider/provider.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reading and making the records that resources are described with.
namespace providers::local {

// A field of a record: its text, or "" when it is absent, null, unknown or no string.
const std::string& text(const value::Value& record, std::string_view name);
bool flag(const value::Value& record, std::string_view name);
std::int64_t integer(const value::Value& record, std::string_view name, std::int64_t fallback);
// A field in seconds, fractions allowed.
std::chrono::milliseconds seconds(const value::Value& record, std::string_view name,
                                  std::chrono::milliseconds fallback);
// The strings of an array field.
std::vector<std::string> texts(const value::Value& record, std::string_view name);
// The strings of a record field, by name.
std::map<std::string, std::string> text_map(const value::Value& record, std::string_view name);
// A field of a record; null when it is absent.
const value::Value& part(const value::Value& record, std::string_view name);
bool is_set(const value::Value& record, std::string_view name);
bool same_field(const value::Value& a, const value::Value& b, std::string_view name);

bool is_changed(const provider::PlannedChange& planned, std::string_view input);

// Permission bits of a text such as "0644".
std::optional<unsigned> parse_mode(std::string_view mode);
// The recorded spelling if it means these bits, otherwise the usual one.
std::string mode_text(unsigned bits, std::string_view recorded);

provider::OperationResult done(provider::ObservedResource seen);
provider::OperationResult done_without();
provider::LookupResult found(provider::LookupResult::Kind kind, std::string reason = {});
provider::LookupResult found_done(provider::ObservedResource seen);

}
