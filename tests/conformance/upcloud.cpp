#include "upcloud_world.hpp"

#include "providers/rest/wire.hpp"
#include "providers/upcloud/provider.hpp"

// The types of UpCloud, over the sandbox.
namespace conformance {
namespace {

using value::Value;
using Json = json::Object;

// Where a type's things are at the API.
struct Place {
    const char* type;
    std::string path;   // "/router"
    std::string list;   // "routers.router"; of the newer services empty
    std::string one;    // "router"; likewise
    std::string id = "uuid";
    std::string name = "name";
};

std::string first_of(const SharedUpcloud& world, const Place& place) {
    const json::Array items = world->list(place.path, place.list);
    return items.empty() ? "none" : std::string(items.front().string_or(place.id, ""));
}

json::Value wrap(const Place& place, Json members) {
    return place.one.empty() ? json::Value(std::move(members))
                             : json::Value(Json{{place.one, std::move(members)}});
}

Subject subject_of(const SharedUpcloud& world, const Place& place) {
    Subject subject;
    subject.name = place.type;
    subject.type = providers::upcloud::provider().schema().find(place.type);
    subject.connect = world->connect();
    subject.is_outside_process = true;
    subject.count = [world, place] {
        return static_cast<int>(world->list(place.path, place.list).size());
    };
    subject.remove_outside = [world, place] {
        world->ask("DELETE", place.path + "/" + first_of(world, place));
    };
    subject.faults.lose_answer = [world, place](Loss loss) {
        world->lose(loss, "^/1.3" + place.path + "$");
    };
    subject.faults.deliver = [world] { world->deliver(); };
    subject.faults.throttle = [world] {
        world->fault(Json{{"kind", "status"}, {"status", 429}, {"times", 2}});
    };
    subject.faults.connect_with_wrong_credentials = world->connect_as("nonsense", {});
    subject.faults.connect_to_another_account =
        world->connect_as("ucat_" + std::string(26, 'b'), "another account");
    subject.faults.add_unknown_field = [world] { world->add_unknown_field(); };
    return subject;
}

// How things are made, and changed, without the provider.
void by_hand(Subject& subject, const SharedUpcloud& world, const Place& place, const Json& made,
             const char* update, const Json& changed) {
    subject.make_by_hand = [world, place, made] {
        const json::Value answer = world->ask("POST", place.path, wrap(place, made));
        const json::Value* object = place.one.empty() ? &answer : answer.find(place.one);
        return object != nullptr ? std::string(object->string_or(place.id, "")) : std::string();
    };
    subject.change_outside = [world, place, update, changed] {
        world->ask(update, place.path + "/" + first_of(world, place), wrap(place, changed));
    };
}

Removal taken_away(const SharedUpcloud& world, const Place& place, const char* update,
                   const char* input, Value value, const Json& body) {
    return {.input = input, .value = std::move(value), .outside = [world, place, update, body] {
                world->ask(update, place.path + "/" + first_of(world, place), wrap(place, body));
            }};
}

Value with(Value inputs, std::string_view name, Value value) {
    inputs.set(name, std::move(value));
    return inputs;
}

constexpr const char* kNoNames = "the platform lets several have the same name";
constexpr const char* kAtOnce = "it is made and changed in one call that is done when answered";

Subject router() {
    const Place place{
        .type = "upcloud.Router", .path = "/router", .list = "routers.router", .one = "router"};
    auto world = std::make_shared<UpcloudWorld>();
    Subject subject = subject_of(world, place);
    const Value route = Value::Record{{"route", "10.9.0.0/16"}, {"nexthop", "10.0.0.9"}};
    const Value routes = Value::Array{route};
    subject.inputs = Value::Record{
        {"name", "inner"}, {"static_routes", routes}, {"labels", Value::Record{{"team", "web"}}}};
    subject.updated = Value::Record{{"name", "outer"}, {"labels", Value::Record{{"role", "db"}}}};
    by_hand(subject, world, place, {{"name", "by hand"}}, "PATCH", {{"name", "other"}});
    subject.removals = [world, place, routes]() -> std::vector<Removal> {
        return {taken_away(world, place, "PATCH", "static_routes", routes,
                           {{"static_routes", json::Array{}}}),
                taken_away(world, place, "PATCH", "labels", {}, {{"labels", json::Array{}}})};
    };
    subject.exempt({"replace"}, "all of it can be changed");
    subject.exempt({"foreign thing"}, kNoNames);
    subject.exempt({"kill between start and poll", "kill between phases"}, kAtOnce);
    return subject;
}

Value range(const char* address, bool dhcp) {
    return Value::Record{
        {"address", address}, {"family", "IPv4"}, {"dhcp", dhcp}, {"dhcp_default_route", false}};
}

Subject network() {
    const Place place{.type = "upcloud.Network",
                      .path = "/network",
                      .list = "networks.network",
                      .one = "network"};
    auto world = std::make_shared<UpcloudWorld>();
    const json::Value made = world->ask("POST", "/router", Json{{"router", Json{{"name", "r"}}}});
    const std::string router(made.find("router", "uuid")->as_string()->c_str());
    Subject subject = subject_of(world, place);
    subject.inputs = Value::Record{{"name", "net"},
                                   {"zone", "fi-hel1"},
                                   {"ip_network", range("10.0.0.0/24", true)},
                                   {"router", router}};
    subject.updated = with(subject.inputs, "ip_network", range("10.0.0.0/24", false));
    subject.updated.set("router", Value());
    subject.replaced = with(subject.inputs, "ip_network", range("10.1.0.0/24", true));
    const Json hand{{"name", "net"},
                    {"zone", "fi-hel1"},
                    {"ip_networks", Json{{"ip_network", json::Array{Json{{"address", "10.0.0.0/24"},
                                                                         {"family", "IPv4"},
                                                                         {"dhcp", "yes"}}}}}}};
    by_hand(subject, world, place, hand, "PUT", {{"name", "other"}});
    subject.removals = [world, place]() -> std::vector<Removal> {
        return {taken_away(world, place, "PUT", "router", {}, {{"router", nullptr}}),
                taken_away(world, place, "PUT", "labels", Value::Record{{"team", "web"}},
                           {{"labels", json::Array{}}})};
    };
    subject.exempt({"foreign thing"}, kNoNames);
    subject.exempt({"kill between start and poll", "kill between phases"}, kAtOnce);
    return subject;
}

}

std::vector<MakeSubject> upcloud_subjects() { return {router, network}; }

}
