#pragma once

#include "base/result.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/operation_poller.hpp"
#include "providers/rest/paging.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace providers::rest {

struct RestType;

// What goes on in the background after an answer. What is waited for is an id, where a service
// knows its operations by ids, or a URL, where an answer names one to ask; a state inside the
// object itself is RestType::progress.
struct Operations {
    // What an answer says has begun and not ended well yet; null: nothing ever.
    std::vector<std::string> (*begun)(const Answer& answer) = nullptr;
    // What goes on at an object now; null: the service does not tell, and what the intent recorded
    // is asked for.
    base::Result<std::vector<std::string>> (*running_at)(const Api& api, const RestType& type,
                                                         std::string_view key,
                                                         const CallScope& context) = nullptr;
    // What became of several at once; null: each is a URL, and `progress_in` reads its answer.
    base::Result<std::map<std::string, Progress>> (*progress_of)(
        const Api& api, std::span<const std::string> ids, const CallScope& context) = nullptr;
    Progress (*progress_in)(const Answer& answer) = nullptr;
};

// For Operations::begun: the URL that the headers of an answer tell to poll, of the three names
// that are in use: Operation-Location, Azure-AsyncOperation, and the Location of a 202.
std::vector<std::string> operation_url(const Answer& answer);

// What all types of one vendor's API have in common.
struct ApiConventions {
    Paging paging;
    // The query that a list is narrowed with to what carries a tag, or has a name: "name=web".
    // Null: the service cannot, and whole lists are gone through.
    std::string (*tag_query)(std::string_view tag, std::string_view value) = nullptr;
    std::string (*name_query)(std::string_view name) = nullptr;
    Operations operations;
};

// Asks what became of these, in whichever way the conventions have.
base::Result<std::map<std::string, Progress>> progress_of(const Api& api,
                                                          const ApiConventions& conventions,
                                                          std::span<const std::string> waits,
                                                          const CallScope& context);

}
