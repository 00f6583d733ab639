#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace providers::local {

// A small text file of names and texts, one a line, that this provider leaves for itself and for
// its supervisors: "name text". A name may come more than once. In a text, `\` and line breaks are
// escaped.
class Note {
public:
    static constexpr std::size_t kMaxFields = 10'000;
    static constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

    static base::Result<Note> parse(std::string_view text);
    static base::Result<Note> load(const std::string& path);   // NotFound when there is none

    void add(std::string_view name, std::string_view text);
    void add(std::string_view name, std::int64_t number) { add(name, std::to_string(number)); }

    // The first of that name; "" and the fallback when there is none.
    std::string_view text(std::string_view name) const;
    std::int64_t number(std::string_view name, std::int64_t fallback = 0) const;
    std::vector<std::string> all(std::string_view name) const;

    std::string print() const;
    // Whole or not at all, mode 0600; not synced: a power cut ends what it tells of.
    base::Result<void> save(const std::string& path) const;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

}
