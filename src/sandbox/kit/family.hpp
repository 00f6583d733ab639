#pragma once

#include "base/result.hpp"
#include "sandbox/kit/api_call.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

class Selector;

// A type of things and what its requests have alike.
struct Family {
    std::string_view type;     // "server": the table, and the type in actions
    std::string_view plural;   // "servers"
    std::string_view words;    // "server", for messages
    std::span<const std::string_view> sorts;
    // What is wrong with a name, or empty; null: anything goes.
    std::string (*problem_of_name)(std::string_view) = nullptr;
    json::Value (*view)(const Project&, const Record&) = nullptr;
    // Filters of its own for lists.
    bool (*matches)(const ApiCall&, const Record&) = nullptr;
};

// Parameters of the query that lists are filtered by.
struct FilterNames {
    std::string_view name = "name";
    std::string_view selector = "label_selector";   // empty: none
};

// Those that a list is asked for, by id.
base::Result<std::vector<const Record*>> select_records(const ApiCall& call, const Family& family,
                                                        const FilterNames& names = {});
// The selector that was asked for, of all labels without one.
base::Result<Selector> selector_of(const ApiCall& call, std::string_view name);

// Refused (Reason::NotFound) when it is not there.
base::Result<const Record*> require(const Project& project, const Family& family, std::int64_t id);
// Likewise, of what the vendor knows by a text.
base::Result<const Record*> require_by(const Project& project, const Family& family,
                                       std::string_view member, std::string_view text);
// Refused (Reason::NameTaken) when another one has the name.
base::Result<void> require_new_name(const Project& project, const Family& family,
                                    std::string_view name, std::int64_t own_id = 0);
// Refused (Reason::OverQuota) when the project has as many as it may; 0 is without a limit.
base::Result<void> require_quota(const Project& project, const Family& family,
                                 std::int64_t fallback = 0);

}
