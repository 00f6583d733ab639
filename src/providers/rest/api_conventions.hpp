#pragma once

#include "base/result.hpp"
#include "provider/provider.hpp"
#include "json/value.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace providers::rest {

class Api;
struct Progress;
struct RestType;

// Where the next pages of a list are. The first page has no name.
struct PageLinks {
    std::string next;                  // empty: this is the last
    std::vector<std::string> others;   // those behind it, if they are known already
};

// What all types of one vendor's API have in common.
struct ApiConventions {
    // The query of a page of a list, with its question mark.
    std::string (*page_query)(std::string_view page);
    PageLinks (*links_of)(const json::Value& answer);
    // The query that finds what carries a label, and what has a name.
    std::string (*label_query)(std::string_view label, std::string_view value);
    std::string (*name_query)(std::string_view name);
    // What an answer says has begun and not ended well yet: ids to wait for.
    std::vector<std::string> (*begun)(const json::Value& answer);
    // What goes on at an object now.
    base::Result<std::vector<std::string>> (*running_at)(const Api& api, const RestType& type,
                                                         std::string_view id,
                                                         const provider::CallContext& context);
    base::Result<std::map<std::string, Progress>> (*progress_of)(
        const Api& api, std::span<const std::string> ids, const provider::CallContext& context);
};

}
