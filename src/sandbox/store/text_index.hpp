#pragma once

#include "json/value.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sandbox {

// Which of a table's records have a text as this member: names are looked up with every create, and
// a walk over the table for each would take the square of them. Empty texts are not kept.
class TextIndex {
public:
    explicit TextIndex(std::string member) : member_(std::move(member)) {}

    // The record of this id as it is now; null: it is gone.
    void take(std::int64_t id, const json::Value* record);
    // The lowest of their ids.
    std::optional<std::int64_t> find(std::string_view text) const;

private:
    std::string member_;
    std::map<std::string, std::set<std::int64_t>, std::less<>> ids_;
    std::unordered_map<std::int64_t, std::string> texts_;
};

}
