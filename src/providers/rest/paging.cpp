#include "providers/rest/paging.hpp"

#include "base/text.hpp"
#include "net/http/url.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace providers::rest {
namespace {

constexpr std::int64_t kMostPages =
    100'000;   // a service that counts on without end is not believed

std::int64_t number_in(std::string_view text) {
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

PageLinks by_number(const Paging& paging, const json::Value& body, std::string_view page) {
    PageLinks out;
    const std::int64_t next = number_in(id_text(at_path(body, paging.next_at)));
    // One that counts back, or stays where it is, would be followed without end.
    if (next <= std::max<std::int64_t>(number_in(page), 0)) return out;
    out.next = std::to_string(next);
    const json::Value* last_told = paging.last_at.empty() ? nullptr : at_path(body, paging.last_at);
    // Told by the service as a number: to believe a million of pages would ask for each of them.
    const std::int64_t last = std::min(number_in(id_text(last_told)), kMostPages);
    for (std::int64_t other = next + 1; other <= last; ++other) {
        out.others.push_back(std::to_string(other));
    }
    return out;
}

// Whether the parameters behind a link's target name it rel="next", in whatever company.
bool is_next(std::string_view parameters) {
    for (std::string_view one : base::split(parameters, ';')) {
        // RFC 8288, 3.3: `rel` is a list of words, in quotes or without.
        one = base::trim(one);
        if (!one.starts_with("rel=")) continue;
        one.remove_prefix(4);
        if (one.starts_with('"') && one.ends_with('"') && one.size() >= 2) {
            one = one.substr(1, one.size() - 2);
        }
        for (const std::string_view word : base::split(one, ' ')) {
            if (word == "next") return true;
        }
    }
    return false;
}

}

std::string with_query(std::string path, std::string_view query) {
    if (query.empty()) return path;
    path += path.find('?') == std::string::npos ? '?' : '&';
    return path.append(query);
}

std::string page_path(const Paging& paging, std::string path, std::string_view page) {
    if (paging.by == Paging::By::Nothing) return path;
    // A link is whole: it repeats what was asked for.
    // It is only followed where credentials belong (Api::url_of).
    if (paging.by == Paging::By::Link && !page.empty()) return std::string(page);
    if (!paging.size_parameter.empty()) {
        path =
            with_query(std::move(path), fmt::format("{}={}", paging.size_parameter, paging.size));
    }
    // Counting begins at 1; asked for, so that all pages have the same form.
    if (paging.by == Paging::By::Page && page.empty()) page = "1";
    if (page.empty()) return path;
    return with_query(std::move(path),
                      fmt::format("{}={}", paging.parameter, net::percent_encode(page)));
}

std::string next_link(const net::Headers& headers) {
    // There may be several Link headers, and several links in one (RFC 8288, 3).
    for (const auto& [name, value] : headers.fields()) {
        if (!base::equal_ignoring_case(name, "Link")) continue;
        std::string_view rest = value;
        for (;;) {
            const std::size_t open = rest.find('<');
            const std::size_t close = rest.find('>', open);
            if (open == std::string_view::npos || close == std::string_view::npos) break;
            // Without the size a service may change its own default between two pages, and numbers
            // would shift.
            const std::size_t end = rest.find(",", close);
            if (is_next(
                    rest.substr(close + 1, end == std::string_view::npos ? end : end - close - 1)))
                return std::string(rest.substr(open + 1, close - open - 1));
            if (end == std::string_view::npos) break;
            rest.remove_prefix(end + 1);
        }
    }
    return {};
}

PageLinks pages_after(const Paging& paging, const Answer& answer, std::string_view page,
                      std::size_t items) {
    PageLinks out;
    switch (paging.by) {
        case Paging::By::Nothing: break;
        case Paging::By::Page: return by_number(paging, answer.body, page);
        case Paging::By::Token: out.next = id_text(at_path(answer.body, paging.next_at)); break;
        case Paging::By::Link: out.next = answer.resolve(next_link(answer.headers)); break;
        case Paging::By::Offset:
            // A page that is not full is the last. A service that caps the size below ours ends
            // the list early, so `size` has to be one that it takes.
            if (items >= paging.size && items > 0) {
                out.next = std::to_string(number_in(page) + static_cast<std::int64_t>(items));
            }
            break;
    }
    // One that names itself would be asked for without end.
    if (out.next == page) out.next.clear();
    return out;
}

}
