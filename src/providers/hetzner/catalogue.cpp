#include "providers/hetzner/catalogue.hpp"

#include "base/text.hpp"
#include "providers/hetzner/conventions.hpp"
#include "providers/rest/api_conventions.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

namespace providers::hetzner {
namespace {

using rest::field_of;
using rest::text_of;
using value::Value;

// 100 pages of 50: far more than these lists have. It bounds a server that always names a next
// page.
constexpr int kMostPages = 100;
constexpr std::chrono::hours kImageGrace{90 * 24};   // from its deprecation on it can be ordered

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
    // The whole list follows the guess. It is short enough (a few dozen names), and saves a visit
    // of the vendor's page.
    return rest::about(
        input, base::invalid_argument(fmt::format("`{}`: there is no {} \"{}\"", input, what, name))
                   .with_help(std::move(help)));
}

// What the state has already, the platform once accepted. A type that can no longer be ordered
// must not keep a server from being renamed.
bool is_same_as_before(const provider::Change& change, std::string_view input) {
    return change.prior &&
           field_of(change.prior->inputs, input).same_as(field_of(change.inputs, input));
}

bool is_number(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}

base::Result<Catalogue::Locations> Catalogue::read_locations(const rest::Api& api,
                                                             const rest::CallTime& time) {
    Locations read;
    TRY(each_item(api, time, "locations", "", [&](const json::Value& location) {
        read.emplace(location.string_or("name", ""));
    }));
    return read;
}

base::Result<Catalogue::Names> Catalogue::read_names(const rest::Api& api,
                                                     const rest::CallTime& time) {
    Names read;
    TRY(each_item(api, time, "server_types", "", [&](const json::Value& type) {
        ServerType& out = read.server_types[std::string(type.string_or("name", ""))];
        out.architecture = type.string_or("architecture", "");
        const json::Value* locations = type.find("locations");
        if (locations == nullptr || !locations->is_array()) return;
        for (const json::Value& location : *locations->as_array()) {
            const json::Value* end = location.find("deprecation", "unavailable_after");
            const bool ends = end != nullptr && end->is_string();
            out.ends_at[std::string(location.string_or("name", ""))] =
                ends ? *end->as_string() : std::string();
        }
    }));
    // With deprecated ones: a server that has one must be planned without an error, and for three
    // months such an image can still be ordered.
    TRY(each_item(api, time, "images", "include_deprecated=true", [&](const json::Value& image) {
        const json::Value* name = image.find("name");
        // Snapshots and backups have no name, only an id, and are not checked here.
        if (name == nullptr || !name->is_string()) return;
        Image& out = read.images[*name->as_string()];
        out.architectures.emplace(image.string_or("architecture", ""));
        out.deprecated = image.string_or("deprecated", "");
    }));
    return read;
}

base::Result<void> Catalogue::check_type(const Names& known, const provider::Change& change) const {
    const std::string& name = text_of(change.inputs, "server_type");
    if (name.empty() || is_number(name) || is_same_as_before(change, "server_type")) return {};
    const auto found = known.server_types.find(name);
    if (found == known.server_types.end()) {
        return unknown_name("server_type", "server type", name, known.server_types);
    }
    // Times are compared as texts. Both are UTC with the year first; the spelling of the zone (`Z`
    // here, `+00:00` there) stands behind the seconds, so at worst the last second is judged
    // wrongly.
    const std::string now = base::format_time(clock_.now());
    std::vector<std::string> places;
    for (const auto& [place, end] : found->second.ends_at) {
        if (end.empty() || end > now) places.push_back(place);
    }
    const std::string help = places.empty() ? "" : "it is in " + base::join(places, ", ");
    const std::string& location = text_of(change.inputs, "location");
    const auto there = found->second.ends_at.find(location);
    // A type without a list of locations is let pass: an older API or an imitation of it does not
    // tell.
    const bool is_offered = location.empty() || there != found->second.ends_at.end();
    if (!is_offered && !found->second.ends_at.empty()) {
        return rest::about(
            "server_type",
            base::invalid_argument(
                fmt::format("`server_type`: \"{}\" is not offered in \"{}\"", name, location))
                .with_help(help));
    }
    const bool has_ended = places.empty() && !found->second.ends_at.empty();
    const bool has_ended_there =
        there != found->second.ends_at.end() && !there->second.empty() && there->second <= now;
    if (!has_ended && !has_ended_there) return {};
    const std::string& end = has_ended ? found->second.ends_at.begin()->second : there->second;
    return rest::about(
        "server_type",
        base::invalid_argument(fmt::format("`server_type`: \"{}\" is not offered any more since {}",
                                           name, end.substr(0, 10)))
            .with_help(has_ended ? "servers that have it go on; new ones take another type"
                                 : help));
}

base::Result<void> Catalogue::check_image(const Names& known,
                                          const provider::Change& change) const {
    const std::string& name = text_of(change.inputs, "image");
    if (name.empty() || is_number(name)) return {};
    // With another type, the same image is looked at again: x86 to arm needs another image,
    // although its name stays.
    const bool has_same_type = is_same_as_before(change, "server_type");
    if (is_same_as_before(change, "image") && has_same_type) return {};
    const auto found = known.images.find(name);
    if (found == known.images.end()) return unknown_name("image", "image", name, known.images);
    const std::string& type = text_of(change.inputs, "server_type");
    const auto of_type = known.server_types.find(type);
    if (of_type != known.server_types.end() &&
        !found->second.architectures.contains(of_type->second.architecture)) {
        const std::vector<std::string> built(found->second.architectures.begin(),
                                             found->second.architectures.end());
        return rest::about(
            "image", base::invalid_argument(
                         fmt::format("`image`: \"{}\" is for {}, but \"{}\" is {}", name,
                                     base::join(built, ", "), type, of_type->second.architecture))
                         .with_help("take an image or a server type of the same architecture"));
    }
    const std::string last = base::format_time(clock_.now() - kImageGrace);
    if (found->second.deprecated.empty() || found->second.deprecated > last) return {};
    return rest::about(
        "image", base::invalid_argument(fmt::format("`image`: \"{}\" is deprecated since {}, and "
                                                    "no server can be made of it any more",
                                                    name, found->second.deprecated.substr(0, 10)))
                     .with_help("take a newer one"));
}

base::Result<void> Catalogue::check(const rest::Api& api, const provider::Change& change,
                                    const rest::CallScope& scope) {
    const rest::CallTime time(base::system_clock(), scope);
    const char* place = change.type.name == "hetzner.FloatingIp" ? "home_location" : "location";
    const std::string& location = text_of(change.inputs, place);
    const auto places = TRY(locations_.get(time.left(), [&] { return read_locations(api, time); }));
    if (!location.empty() && !is_number(location) && !places->contains(location)) {
        return unknown_name(place, "location", location, *places);
    }
    if (change.type.name != "hetzner.Server") return {};
    const auto known = TRY(names_.get(time.left(), [&] { return read_names(api, time); }));
    TRY(check_type(*known, change));
    return check_image(*known, change);
}

}
