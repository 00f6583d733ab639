#include "hands.hpp"

#include "simulation/world.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <array>

namespace simulated {
namespace {

json::Value ask(simulation::World& world, std::string method, std::string target,
                const json::Value& body) {
    const net::Request request{
        .method = std::move(method),
        .target = std::move(target),
        .headers = {{"Authorization", "Bearer " + world.token()}, {"Host", "cloud"}},
        .body = body.is_null() ? "" : json::to_text(body)};
    auto answer = json::parse(world.arrive(request, "by hand").body);
    return answer.ok() ? std::move(answer).value() : json::Value();
}

}

void edit_by_hand(simulation::World& world, std::uint64_t choice) {
    constexpr std::array kCollections{"servers",   "networks",     "volumes",
                                      "firewalls", "floating_ips", "placement_groups"};
    base::Random random(choice);
    const std::string collection = kCollections[random.below(kCollections.size())];
    const json::Value listed = ask(world, "GET", "/v1/" + collection + "?per_page=50", {});
    const json::Value* things = listed.find(collection);
    if (things == nullptr || things->as_array()->empty()) return;
    const json::Value& thing = (*things->as_array())[random.below(things->as_array()->size())];
    json::Object change;
    if (random.below(2) == 0) {
        change.set("name", fmt::format("by-hand-{}", random.below(1000)));
    } else {
        json::Value labels = *thing.find("labels");
        labels.as_object()->set("by", "hand");
        change.set("labels", std::move(labels));
    }
    const std::string target = fmt::format("/v1/{}/{}", collection, thing.int64_or("id", 0));
    world.tell(fmt::format("by hand: PUT {} {}", target, json::to_text(change)));
    ask(world, "PUT", target, json::Value(std::move(change)));
}

void delete_by_hand(simulation::World& world, std::uint64_t choice) {
    constexpr std::array kDeleted{"volumes", "firewalls", "floating_ips", "placement_groups",
                                  "ssh_keys"};
    base::Random random(choice);
    const std::string collection = kDeleted[random.below(kDeleted.size())];
    const json::Value listed = ask(world, "GET", "/v1/" + collection + "?per_page=50", {});
    const json::Value* things = listed.find(collection);
    if (things == nullptr || things->as_array()->empty()) return;
    const json::Value& thing = (*things->as_array())[random.below(things->as_array()->size())];
    // When nothing is left of all that is recorded, the program asks a person about the account.
    if (ask(world, "GET", "/v1/servers", {}).find("servers")->as_array()->empty()) return;
    // What is nobody's of this program is left to whoever made it.
    const json::Value* labels = thing.find("labels");
    if (labels == nullptr || labels->find("provisioning.token") == nullptr) return;
    const std::string target = fmt::format("/v1/{}/{}", collection, thing.int64_or("id", 0));
    world.tell("by hand: DELETE " + target);
    ask(world, "DELETE", target, {});
}

std::string make_foreign(simulation::World& world, std::uint64_t choice) {
    base::Random random(choice);
    // Collection, the singular, what names of programs begin with, and what else has to be given.
    struct Made {
        std::string_view collection, one, prefix, rest;
    };
    constexpr std::array kMade{
        Made{"networks", "network", "net", R"(,"ip_range":"10.200.0.0/16")"},
        Made{"placement_groups", "placement_group", "group", R"(,"type":"spread")"},
        Made{"firewalls", "firewall", "wall", ""},
        Made{"volumes", "volume", "vol", R"(,"size":10,"location":"fsn1")"},
        Made{"floating_ips", "floating_ip", "float", R"(,"type":"ipv4","home_location":"fsn1")"},
        Made{"servers", "server", "srv",
             R"(,"server_type":"cx23","image":"debian-12","location":"fsn1")"}};
    const Made& what = kMade[random.below(kMade.size())];
    const std::string body =
        fmt::format(R"({{"name":"{}-{}"{}}})", what.prefix, random.below(12), what.rest);
    const json::Value answer =
        ask(world, "POST", fmt::format("/v1/{}", what.collection), json::parse(body).value());
    const json::Value* made = answer.find(what.one);
    if (made == nullptr) return {};
    world.tell(fmt::format("by hand: POST {} {}", what.collection, body));
    return fmt::format("{}/{}", what.collection, made->int64_or("id", 0));
}

bool remove_foreign(simulation::World& world, const std::string& thing) {
    const json::Value answer = ask(world, "DELETE", "/v1/" + thing, {});
    const json::Value* error = answer.is_object() ? answer.find("error") : nullptr;
    return error == nullptr || error->is_null();
}

}
