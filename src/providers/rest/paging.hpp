#pragma once

#include "providers/rest/api.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace providers::rest {

// How a list is told in pages, as data.
struct Paging {
    enum class By : std::uint8_t {
        Nothing,   // all at once
        Page,      // by number: the answer says which is next, and perhaps the last one
        Token,     // the answer says what to ask the next page with
        Link,      // a Link header with rel="next" (RFC 8288) says where it is
        Offset,    // by how many went before; a page that is not full is the last
    };
    By by = By::Nothing;
    std::string_view parameter;        // of the query: the number, token or offset
    std::string_view size_parameter;   // of the query; empty: the service's own size
    std::size_t size = 50;
    std::string_view next_at;   // Page, Token: path in the answer to the next page's
    std::string_view last_at;   // Page: path to the last page's number; empty: not told
};

// Where the next pages of a list are. The first page has no name.
struct PageLinks {
    std::string next;                  // empty: this is the last
    std::vector<std::string> others;   // those behind it, if they are known already
};

// The path that a page of a list is asked for with. `path` may have a query.
std::string page_path(const Paging& paging, std::string path, std::string_view page);
// What an answer with so many items says of further pages.
PageLinks pages_after(const Paging& paging, const Answer& answer, std::string_view page,
                      std::size_t items);
// The target of a Link header's rel="next"; "" if there is none.
std::string next_link(const net::Headers& headers);

std::string with_query(std::string path, std::string_view query);

}
