#include "providers/hetzner/each_item.hpp"

#include "base/text.hpp"
#include "providers/hetzner/conventions.hpp"
#include "providers/rest/api_conventions.hpp"

#include <fmt/core.h>

namespace providers::hetzner {

// 100 pages of 50: far more than these lists have. It bounds a server that always names a next
// page.
static constexpr int kMostPages = 100;

base::Result<void> each_item(const rest::Api& api, const rest::CallTime& time,
                             const std::string& plural, const std::string& filter,
                             const std::function<void(const json::Value&)>& visit) {
    const rest::Paging& paging = conventions().paging;
    std::string page;
    for (int i = 0; i < kMostPages; ++i) {
        rest::Call call;
        call.path = rest::page_path(paging, rest::with_query("/" + plural, filter), page);
        call.what = fmt::format("reading which {} there are", base::replace_all(plural, "_", " "));
        const rest::Answer answer = TRY(api.send(call, time.left()));
        const json::Value* items = answer.body.find(plural);
        if (items != nullptr && items->is_array()) {
            for (const json::Value& item : *items->as_array()) visit(item);
        }
        page = rest::pages_after(paging, answer, page, 0).next;
        if (page.empty()) break;
    }
    return {};
}

}
