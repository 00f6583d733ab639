#pragma once

#include "base/result.hpp"
#include "value/secret_template.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Secret templates made into texts, and found again in texts.
namespace provider {

using ResolveSecret = std::function<base::Result<std::string>(std::string_view reference)>;

// The text, with what `resolve` gives in the places of the references. InvalidArgument where the
// form that is asked for cannot hold the secret.
base::Result<std::string> text_of(const std::vector<value::SecretPart>& parts,
                                  const ResolveSecret& resolve);

// A part that is no literal, and the text that it stands for.
using KnownSecret = std::pair<std::string, value::SecretPart>;

// Adds what of these parts can be resolved: what cannot was not handed to anybody.
void add_known(const std::vector<value::SecretPart>& parts, const ResolveSecret& resolve,
               std::vector<KnownSecret>& known);

// The text with each known secret (longest first) as the part that it stands for; one literal where
// there is none.
value::SecretTemplate find_secrets(std::string_view text, const std::vector<KnownSecret>& known);

}
