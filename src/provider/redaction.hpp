#pragma once

#include "base/redact.hpp"
#include "value/value.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace provider {

// What is secret in values that a provider was handed: every text and number under a mark.
std::vector<std::string> secret_texts(std::initializer_list<const value::Value*> handed);
base::Redactor redactor_of(std::initializer_list<const value::Value*> handed);

// In place of what a program printed, where it was given a secret and nobody asked to keep it: what
// a program makes of a secret is not always one that a redactor knows.
inline constexpr const char* kOutputNotKept = "its output is not kept as it was given a secret";

}
