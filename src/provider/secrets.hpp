#pragma once

#include "base/result.hpp"
#include "value/json.hpp"
#include "value/secret_template.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Secrets are named, not held: `secret "env:NAME"` puts a reference into a text, and only what is
// handed to a provider has the secret in its place. Plans, state, views and logs have the
// reference, with a keyed fingerprint of what it named when it was planned, so that a changed
// secret is a change.
namespace provider {

// Immutable; any thread, if the environment may be read by any.
class Secrets {
public:
    using Environment = std::function<std::optional<std::string>(const std::string& name)>;

    // Relative paths of files are relative to `folder`. Without a fingerprint nothing is stamped.
    Secrets(Environment environment, std::string folder, value::Fingerprint fingerprint);

    // What a reference names, such as "env:NAME"; NotFound or InvalidArgument name the reference.
    // One line break at the end of a file does not count.
    base::Result<std::string> resolve(std::string_view reference) const;

    // The value with a fresh fingerprint at each reference.
    base::Result<value::Value> stamp(const value::Value& value) const;
    // The value with the secrets in the places of their references: strings, still marked secret.
    base::Result<value::Value> reveal(const value::Value& value) const;
    // The same; a text whose secrets are not at hand is an unknown string.
    value::Value reveal_known(const value::Value& value) const;

    // What came back from a provider that was handed reveal(handed): the secrets are references
    // again, in whatever form they were handed over.
    value::Value conceal(value::Value came_back, const value::Value& handed) const;
    std::string conceal(std::string text, const value::Value& handed) const;

private:
    Environment environment_;
    std::string folder_;
    value::Fingerprint fingerprint_;
};

}
