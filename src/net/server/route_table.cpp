#include "net/server/route_table.hpp"

#include "base/text.hpp"
#include "net/http/url.hpp"
#include "json/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace net {
namespace {

// Digits alone: `+5`, ` 5` and `5e3` are texts.
std::optional<std::int64_t> integer_of(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    return number;
}

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// A segment that no handler has to be wary of: it has a size, is UTF-8 and has no control
// character.
std::optional<std::string> decoded(std::string_view segment) {
    // Before decoding, which would make a copy of whatever is sent.
    if (segment.size() > 3 * kMaxParameterBytes) return std::nullopt;
    auto text = percent_decode(segment);
    if (!text.ok() || text->size() > kMaxParameterBytes) return std::nullopt;
    if (json::find_invalid_utf8(*text) != text->size()) return std::nullopt;
    const bool has_control = std::any_of(text->begin(), text->end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (has_control) return std::nullopt;
    return std::move(text).value();
}

}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

struct RouteTable::Search {
    std::string_view method;
    std::vector<std::string> segments;
    // Where a parameter of the way that is being tried took its value.
    std::vector<std::size_t> taken;
    std::optional<std::size_t> route;
    std::vector<std::size_t> taken_by_route;
    std::set<std::string, std::less<>> allowed;
};

RouteTable::RouteTable() : nodes_(1) {}

std::size_t RouteTable::child(std::size_t node, std::string_view segment, RouteInfo& info) {
    if (!segment.starts_with('{')) {
        const auto found = nodes_[node].words.find(segment);
        if (found != nodes_[node].words.end()) return found->second;
        nodes_[node].words.emplace(std::string(segment), nodes_.size());
    } else {
        const bool is_integer = info.parameters.back().type == ParameterType::Integer;
        std::size_t& next = is_integer ? nodes_[node].integer : nodes_[node].text;
        if (next != 0) return next;
        next = nodes_.size();
    }
    nodes_.emplace_back();
    return nodes_.size() - 1;
}

base::Result<void> RouteTable::add(std::string_view method, std::string_view pattern,
                                   std::string_view name) {
    const auto wrong = [&](std::string_view what) {
        return base::invalid_argument(fmt::format("route {} {}: {}", method, pattern, what));
    };
    if (method.empty() || !pattern.starts_with('/')) return wrong("a path begins with /");
    RouteInfo info{
        .method = std::string(method), .path = {}, .name = std::string(name), .parameters = {}};
    std::vector<std::string_view> segments = base::split(pattern.substr(1), '/');
    if (segments.size() > kMaxSegments) return wrong("it has too many segments");
    if (pattern == "/") segments.clear();
    std::size_t node = 0;
    for (const std::string_view segment : segments) {
        if (segment.empty()) return wrong("a segment is empty");
        if (!segment.starts_with('{')) {
            if (segment.find_first_of("{}%") != std::string_view::npos) {
                return wrong("a parameter is a whole segment, and words are not escaped");
            }
            info.path.append("/").append(segment);
        } else {
            if (!segment.ends_with('}')) return wrong("a parameter is a whole segment");
            const std::string_view inner = segment.substr(1, segment.size() - 2);
            const std::string_view own = inner.substr(0, inner.find(':'));
            const std::string_view type = inner.substr(std::min(own.size(), inner.size()));
            if (!is_name(own)) return wrong("a parameter has no name");
            if (!type.empty() && type != ":integer" && type != ":text") {
                return wrong("a parameter is an integer or a text");
            }
            for (const auto& other : info.parameters) {
                if (other.name == own) return wrong("a parameter is there twice");
            }
            info.parameters.push_back({std::string(own), type == ":integer" ? ParameterType::Integer
                                                                            : ParameterType::Text});
            info.path.append("/{").append(own).append("}");
        }
        node = child(node, segment, info);
    }
    if (info.path.empty()) info.path = "/";
    if (!nodes_[node].methods.emplace(info.method, routes_.size()).second) {
        return wrong("another route fits the same paths");
    }
    routes_.push_back(std::move(info));
    return {};
}

// The tree has one way to each node, so that no path makes this visit more than there are nodes.
// A word that leads nowhere does not hide a parameter that does: the way back tries the others.
void RouteTable::visit(Search& search, std::size_t node, std::size_t depth) const {
    const Node& here = nodes_[node];
    if (depth == search.segments.size()) {
        // All methods of all routes that fit the path, for Allow.
        for (const auto& [method, route] : here.methods) search.allowed.insert(method);
        const auto found = here.methods.find(search.method);
        if (found == here.methods.end()) return;
        search.route = found->second;
        search.taken_by_route = search.taken;
        return;
    }
    const std::string& segment = search.segments[depth];
    if (const auto word = here.words.find(segment); word != here.words.end()) {
        visit(search, word->second, depth + 1);
        if (search.route) return;
    }
    search.taken.push_back(depth);
    if (here.integer != 0 && integer_of(segment)) {
        visit(search, here.integer, depth + 1);
    }
    if (!search.route && here.text != 0 && !segment.empty()) {
        visit(search, here.text, depth + 1);
    }
    search.taken.pop_back();
}

RouteMatch RouteTable::match(std::string_view method, std::string_view path) const {
    RouteMatch match;
    if (!path.starts_with('/')) return match;
    Search search{.method = method,
                  .segments = {},
                  .taken = {},
                  .route = {},
                  .taken_by_route = {},
                  .allowed = {}};
    if (path != "/") {
        // Split before decoding: an escaped slash belongs to its segment.
        for (const std::string_view segment : base::split(path.substr(1), '/')) {
            auto text = decoded(segment);
            if (!text || search.segments.size() == kMaxSegments) {
                match.outcome = RouteMatch::Outcome::Malformed;
                return match;
            }
            search.segments.push_back(std::move(*text));
        }
    }
    visit(search, 0, 0);
    if (!search.route) {
        if (search.allowed.empty()) return match;
        match.outcome = RouteMatch::Outcome::NoMethod;
        for (const std::string& allowed : search.allowed) {
            match.allow += (match.allow.empty() ? "" : ", ") + allowed;
        }
        return match;
    }
    match.outcome = RouteMatch::Outcome::Found;
    match.route = *search.route;
    const std::vector<RouteInfo::Parameter>& parameters = routes_[match.route].parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        std::string& text = search.segments[search.taken_by_route[i]];
        const bool is_integer = parameters[i].type == ParameterType::Integer;
        const auto number = is_integer ? integer_of(text) : std::nullopt;
        match.parameters.add({parameters[i].name, std::move(text), number});
    }
    return match;
}

}
