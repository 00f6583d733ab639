#include "providers/hetzner/catalogue.hpp"

#include "base/text.hpp"
#include "providers/hetzner/style.hpp"
#include "providers/kit/style.hpp"
#include "providers/kit/wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

namespace providers::hetzner {
namespace {

using infra::Value;
using kit::text_of;

constexpr int kMostPages = 100;

base::Result<void> each_item(const kit::Api& api, const std::string& plural,
                             const std::string& filter,
                             const std::function<void(const json::Value&)>& visit) {
    std::string page;
    for (int i = 0; i < kMostPages; ++i) {
        kit::Call call;
        call.path = "/" + plural + style().page_query(page) + filter;
        call.what = fmt::format("reading which {} there are", base::replace_all(plural, "_", " "));
        const json::Value answer = TRY(api.send(call, {}));
        const json::Value* items = answer.find(plural);
        if (items != nullptr && items->is_array()) {
            for (const json::Value& item : *items->as_array()) visit(item);
        }
        page = style().links_of(answer).next;
        if (page.empty()) break;
    }
    return {};
}

template <typename Names>
base::Error unknown_name(std::string_view input, std::string_view what, std::string_view name,
                         const Names& known) {
    std::vector<std::string> all;
    for (const auto& entry : known) {
        if constexpr (requires { entry.first; }) {
            all.push_back(entry.first);
        } else {
            all.push_back(entry);
        }
    }
    std::string help = base::did_you_mean(name, all);
    if (!help.empty()) help += ' ';
    help += "there are " + base::join(all, ", ");
    return base::invalid_argument(fmt::format("`{}`: there is no {} \"{}\"", input, what, name))
        .with_help(std::move(help));
}

bool is_number(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}

base::Result<std::shared_ptr<const Catalogue::Names>> Catalogue::names(const kit::Api& api) {
    auto known = names_.with([](const auto& names) { return names; });
    if (known) return known;
    auto read = std::make_shared<Names>();
    TRY(each_item(api, "server_types", "", [&](const json::Value& type) {
        std::set<std::string>& there = read->server_types[std::string(type.string_or("name", ""))];
        const json::Value* locations = type.find("locations");
        if (locations == nullptr || !locations->is_array()) return;
        for (const json::Value& location : *locations->as_array()) {
            there.emplace(location.string_or("name", ""));
        }
    }));
    TRY(each_item(api, "locations", "", [&](const json::Value& location) {
        read->locations.emplace(location.string_or("name", ""));
    }));
    TRY(each_item(api, "images", "&include_deprecated=true", [&](const json::Value& image) {
        if (const json::Value* name = image.find("name"); name != nullptr && name->is_string()) {
            read->images.insert(*name->as_string());
        }
    }));
    names_.with([&](auto& names) { names = read; });
    return std::shared_ptr<const Names>(read);
}

base::Result<void> Catalogue::check(const kit::Api& api, const infra::ResourceType& type,
                                    const Value& inputs) {
    const char* place = type.name == "hetzner.FloatingIp" ? "home_location" : "location";
    const std::string& location = text_of(inputs, place);
    const std::string& server_type = text_of(inputs, "server_type");
    const std::string& image = text_of(inputs, "image");
    if (location.empty() && server_type.empty() && image.empty()) return {};
    const auto known = TRY(names(api));
    if (!location.empty() && !is_number(location) && !known->locations.contains(location)) {
        return unknown_name(place, "location", location, known->locations);
    }
    if (!image.empty() && !is_number(image) && !known->images.contains(image)) {
        return unknown_name("image", "image", image, known->images);
    }
    if (server_type.empty() || is_number(server_type)) return {};
    const auto found = known->server_types.find(server_type);
    if (found == known->server_types.end()) {
        return unknown_name("server_type", "server type", server_type, known->server_types);
    }
    const std::set<std::string>& there = found->second;
    if (location.empty() || there.empty() || there.contains(location)) return {};
    const std::vector<std::string> places(there.begin(), there.end());
    return base::invalid_argument(
               fmt::format("`server_type`: \"{}\" is not offered in \"{}\"", server_type, location))
        .with_help("it is in " + base::join(places, ", "));
}

}
