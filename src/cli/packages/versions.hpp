#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cli::packages {

struct Version {
    std::uint64_t major = 0;
    std::uint64_t minor = 0;
    std::uint64_t patch = 0;
    std::string pre;   // "rc1"; a release has none

    std::string text() const;
    bool operator==(const Version&) const = default;
    // By numbers; a release is above its pre-releases, which are compared part by part.
    std::strong_ordering operator<=>(const Version& other) const;
};

// "1.2", any compatible version from there on, or "=1.2.3", this one only.
struct Requirement {
    bool is_exact = false;
    int parts = 0;   // how many numbers it has
    Version version;

    static std::optional<Requirement> parse(std::string_view text);
    // Only an exact requirement takes a pre-release.
    bool takes(const Version& version) const;
};

}
