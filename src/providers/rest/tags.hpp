#pragma once

#include "provider/provider.hpp"
#include "providers/rest/rest_type.hpp"
#include "json/value.hpp"

#include <map>
#include <string>
#include <string_view>

// The labels by which what we made is told from all else, in an alphabet that most platforms take:
// at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
namespace providers::rest {

using Labels = std::map<std::string, std::string>;

inline constexpr std::string_view kTagPrefix = "provisioning.";
inline constexpr std::string_view kWorkspaceTag = "provisioning.workspace";
inline constexpr std::string_view kEnvironmentTag = "provisioning.environment";
inline constexpr std::string_view kAddressTag = "provisioning.address";
inline constexpr std::string_view kTokenTag = "provisioning.token";

bool is_tag(std::string_view label);
// Workspace, environment, address and token of an intent. What does not fit a label is clipped and
// gets a hash of the whole.
Labels tags_of(const provider::Intent& intent);
std::string label_value(std::string_view text);

// The tags of an object, wherever its type has them, and of an input; empty where there are none.
Labels labels_of(const Tagging& tagging, const json::Value& object);
Labels labels_from(const value::Value& labels);
// As the type's documents have them.
json::Value labels_to_json(const Tagging& tagging, const Labels& labels);
value::Value labels_to_value(const Labels& labels);
Labels without_tags(Labels labels);

}
