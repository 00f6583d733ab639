#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "provider/provider.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

// What the settings of a connection have alike, whichever vendor it leads to.
namespace providers::rest {

// The secret that such an input refers to, without blanks around it; it may be empty. A plain text
// is InvalidArgument: `how_to_write` is what to write instead.
base::Result<base::SecretText> given_secret(const value::Value& settings, std::string_view input,
                                            std::string_view how_to_write);

// Seconds of the input `poll_interval`.
std::chrono::milliseconds poll_interval(const value::Value& settings,
                                        std::chrono::milliseconds fallback);

// The sandbox of a cloud that `endpoint = 'Sandbox` stands for, started if it does not run: where
// it listens, and its token.
base::Result<std::pair<std::string, base::SecretText>> start_sandbox(std::string_view cloud,
                                                                     const provider::Host& host);

// A variable of the environment, or "".
std::string variable(const provider::Host& host, std::string_view name);

}
