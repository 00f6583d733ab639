#include "providers/hetzner/catalogue.hpp"
#include "providers/hetzner/each_item.hpp"

#include "base/text.hpp"
#include "providers/hetzner/conventions.hpp"
#include "providers/hetzner/server.hpp"
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

constexpr std::chrono::hours kImageGrace{90 * 24};   // from its deprecation on it can be ordered

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

bool is_same_as_before(const provider::Change& change, std::string_view input) {
    return change.prior &&
           field_of(change.prior->inputs, input).same_as(field_of(change.inputs, input));
}

// What a server has already, the platform once accepted: a type that can no longer be ordered must
// not keep it from being renamed. A server that is made anew has to be ordered again.
bool is_settled(const provider::Change& change, const provider::PlannedChange& planned,
                std::string_view input) {
    const bool is_new = planned.action == provider::PlannedAction::Create ||
                        planned.action == provider::PlannedAction::Replace;
    return !is_new && is_same_as_before(change, input);
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
        out.disk = type.int64_or("disk", 0);
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

base::Result<void> Catalogue::check_type(const Names& known, const provider::Change& change,
                                         const provider::PlannedChange& planned) const {
    const std::string& name = text_of(change.inputs, "server_type");
    if (name.empty() || is_settled(change, planned, "server_type")) return {};
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
    std::string location = text_of(change.inputs, "location");
    // Where it is already, if the platform chose that and it stays.
    const bool stays = planned.action == provider::PlannedAction::Update && change.prior;
    if (location.empty() && stays) location = text_of(change.prior->outputs, "located_in");
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

// Of an image by its id: snapshots and backups have no name.
base::Result<const Catalogue::Image*>
Catalogue::image_of(const std::string& id, const rest::Api& api, const rest::CallTime& time) {
    const auto find = [&](const auto& images) -> const Image* {
        const auto known = images.find(id);
        return known != images.end() ? &known->second : nullptr;
    };
    if (const Image* known = images_by_id_.with(find)) return known;
    rest::Call call;
    call.path = "/images/" + id;
    call.what = "looking for the image " + id;
    auto answer = api.send(call, time.left());
    if (!answer.ok()) {
        if (rest::is_absent(answer.error())) return nullptr;
        return std::move(answer).error();
    }
    const json::Value* image = answer->body.find("image");
    if (image == nullptr) return nullptr;
    // One that was deleted is shown for a while, and no server can be made of it.
    const json::Value* deleted = image->find("deleted");
    if (deleted != nullptr && deleted->is_string()) return nullptr;
    Image read{.architectures = {std::string(image->string_or("architecture", ""))},
               .deprecated = std::string(image->string_or("deprecated", ""))};
    // Entries of a map stay where they are.
    images_by_id_.with([&](auto& images) { images.emplace(id, std::move(read)); });
    return images_by_id_.with(find);
}

base::Result<void> Catalogue::check_image(const Names& known, const rest::Api& api,
                                          const provider::Change& change,
                                          const provider::PlannedChange& planned,
                                          const rest::CallTime& time) {
    const std::string& name = text_of(change.inputs, "image");
    // With another type, the same image is looked at again: x86 to arm needs another image,
    // although its name stays.
    const bool has_same_type = is_settled(change, planned, "server_type");
    if (name.empty() || (is_settled(change, planned, "image") && has_same_type)) return {};
    const bool is_id = is_number(name);
    const auto named = known.images.find(name);
    const Image* found = nullptr;
    if (is_id) found = TRY(image_of(name, api, time));
    if (!is_id && named != known.images.end()) found = &named->second;
    if (found == nullptr && is_id) {
        return rest::about(
            "image", base::invalid_argument(fmt::format("`image`: there is no image {}", name)));
    }
    if (found == nullptr) return unknown_name("image", "image", name, known.images);
    const std::string& type = text_of(change.inputs, "server_type");
    const auto of_type = known.server_types.find(type);
    if (of_type != known.server_types.end() &&
        !found->architectures.contains(of_type->second.architecture)) {
        const std::vector<std::string> built(found->architectures.begin(),
                                             found->architectures.end());
        return rest::about(
            "image", base::invalid_argument(
                         fmt::format("`image`: \"{}\" is for {}, but \"{}\" is {}", name,
                                     base::join(built, ", "), type, of_type->second.architecture))
                         .with_help("take an image or a server type of the same architecture"));
    }
    const std::string last = base::format_time(clock_.now() - kImageGrace);
    if (found->deprecated.empty() || found->deprecated > last) return {};
    return rest::about(
        "image", base::invalid_argument(fmt::format("`image`: \"{}\" is deprecated since {}, and "
                                                    "no server can be made of it any more",
                                                    name, found->deprecated.substr(0, 10)))
                     .with_help("take a newer one"));
}

// What a server keeps when it is given another type: it would be turned off before it is refused.
base::Result<void> Catalogue::check_resize(const Names& known, const rest::Api& api,
                                           const provider::Change& change,
                                           const rest::CallTime& time) const {
    if (!change.prior || is_same_as_before(change, "server_type")) return {};
    const std::string& before = text_of(change.prior->inputs, "server_type");
    const std::string& name = text_of(change.inputs, "server_type");
    const auto from = known.server_types.find(before);
    const auto to = known.server_types.find(name);
    if (to == known.server_types.end()) return {};
    if (from != known.server_types.end() && from->second.architecture != to->second.architecture) {
        return rest::about(
            "server_type",
            base::invalid_argument(
                fmt::format("`server_type`: \"{}\" is {}, and a server of the type \"{}\" stays {}",
                            name, to->second.architecture, before, from->second.architecture))
                .with_help("take a type of the same architecture, or make another server"));
    }
    // The server's own: it may be smaller than its type's, where it did not grow with that.
    rest::Call call;
    call.path = "/servers/" + change.prior->key;
    call.what = "reading how large the server's disk is";
    auto answer = api.send(call, time.left());
    if (!answer.ok()) {
        if (rest::is_absent(answer.error())) return {};
        return std::move(answer).error();
    }
    const json::Value* server = answer->body.find("server");
    const std::int64_t disk = server != nullptr ? server->int64_or("primary_disk_size", 0) : 0;
    if (to->second.disk == 0 || disk <= to->second.disk) return {};
    return rest::about("server_type",
                       base::invalid_argument(
                           fmt::format("`server_type`: \"{}\" has a disk of {} GB, and that of the "
                                       "server has {} GB and cannot shrink",
                                       name, to->second.disk, disk))
                           .with_help("take a type with a disk as large, or make another server"));
}

base::Result<void> Catalogue::check(const rest::Api& api, const provider::Change& change,
                                    const provider::PlannedChange& planned,
                                    const rest::CallScope& scope) {
    const rest::CallTime time(base::system_clock(), scope);
    const char* place = change.type.name == "hetzner.FloatingIp" ? "home_location" : "location";
    const std::string& location = text_of(change.inputs, place);
    const auto places = TRY(locations_.get(time.left(), [&] { return read_locations(api, time); }));
    if (!location.empty() && !places->contains(location)) {
        return unknown_name(place, "location", location, *places);
    }
    if (change.type.name != "hetzner.Server") return {};
    const auto known = TRY(names_.get(time.left(), [&] { return read_names(api, time); }));
    TRY(check_type(*known, change, planned));
    if (planned.action == provider::PlannedAction::Update) {
        TRY(check_resize(*known, api, change, time));
    }
    return check_image(*known, api, change, planned, time);
}

}
