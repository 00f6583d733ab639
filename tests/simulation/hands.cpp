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

}
