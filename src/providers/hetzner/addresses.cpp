#include "providers/hetzner/types.hpp"
#include "providers/kit/describe.hpp"
#include "providers/kit/wire.hpp"

// Addresses that live longer than servers.
namespace providers::hetzner {
namespace {

using namespace kit;

Call action(const std::string& collection, const json::Value& address, const char* name,
            json::Value body = json::Object{}) {
    Call call;
    call.name = name;
    call.method = "POST";
    call.path = collection + "/" + id_text(address.find("id")) + "/actions/" + name;
    call.body = std::move(body);
    return call;
}

Field ip_type() {
    return replacing(
        Input("type", one_of({"ipv4", "ipv6"}), "An address, or a network of them (/64).")
            .required());
}

std::vector<OutputRule> results(const char* location) {
    return {
        shown(Output("ip", lang::ValueType::String,
                     "The address; of type ipv6 a network in prefix notation."),
              "ip"),
        shown(Output("located_in", lang::ValueType::String, "The location."), location),
    };
}

std::optional<Call> unassign_primary(const json::Value& address) {
    if (id_text(address.find("assignee_id")).empty()) return std::nullopt;
    if (address.string_or("assignee_type", "") == "unassigned") return std::nullopt;
    return action("/primary_ips", address, "unassign");
}

RestType describe_primary() {
    RestType type;
    type.schema.name = "hetzner.PrimaryIp";
    type.schema.doc = "A public address that a server can be given when it is made, by its "
                      "`public_net`, and that "
                      "stays when the server goes.";
    type.schema.example = R"({
  connections.hz | hetzner.Connection = { endpoint = 'Sandbox },
  resources.front | hetzner.PrimaryIp = { name = "front", type = 'ipv4, location = "fsn1" },
}
)";
    type.collection = "/primary_ips";
    type.singular = "primary_ip";
    type.words = "primary IP";
    type.has_actions = true;
    Field location =
        replacing(Input("location", a_string(), "Where servers can have it: \"fsn1\".").required());
    location.shown_at = "location.name";
    type.fields = {
        put(Input("name", a_string(), "Unique among the project's primary IPs.").required()),
        ip_type(),
        std::move(location),
        put(Input("auto_delete", a_bool(),
                  "Delete it together with the server it is assigned to. "
                  "This program then finds it gone.")
                .by_default("false")),
        delete_protection(),
    };
    type.results = results("location.name");
    type.complete_body = [](const infra::Value&, json::Object& body) {
        body.set("assignee_type", "server");
    };
    type.before_delete = unassign_primary;
    return complete(std::move(type));
}

std::optional<Call> assign_floating(const Moment& moment) {
    const std::string wanted = id_text(moment.wanted().find("server"));
    const std::string now = id_text(moment.object.find("server"));
    if (wanted == now || wanted.empty()) return std::nullopt;
    return action("/floating_ips", moment.object, "assign",
                  json::Object{{"server", id_number(wanted)}});
}

std::optional<Call> unassign_floating(const json::Value& address) {
    if (id_text(address.find("server")).empty()) return std::nullopt;
    return action("/floating_ips", address, "unassign");
}

RestType describe_floating() {
    RestType type;
    type.schema.name = "hetzner.FloatingIp";
    type.schema.doc =
        "A public address that can be moved from one running server to another. The server's own "
        "system has to be told of it.";
    type.schema.example = R"({
  connections.hz | hetzner.Connection = { endpoint = 'Sandbox },
  resources.vip | hetzner.FloatingIp = { name = "vip", type = 'ipv4, home_location = "fsn1" },
}
)";
    type.collection = "/floating_ips";
    type.singular = "floating_ip";
    type.words = "floating IP";
    type.has_actions = true;
    Field home = replacing(Input("home_location", a_string(),
                                 "Where its traffic enters: \"fsn1\". Servers elsewhere can have "
                                 "it too.")
                               .required());
    home.shown_at = "home_location.name";
    Field server = own(Input("server", an_integer(),
                             "The id of the server that has it; not looked after if left out."));
    server.is_created_with = false;
    server.is_left_alone = true;
    type.fields = {
        put(Input("name", a_string(), "Unique among the project's floating IPs.").required()),
        ip_type(),
        std::move(home),
        put(Input("description", a_string(), "For people.").by_default("\"\"")),
        std::move(server),
        delete_protection(),
    };
    type.fields[3].show = [](const json::Value& address) {
        return infra::Value(address.string_or("description", ""));
    };
    type.results = results("home_location.name");
    type.next = assign_floating;
    type.before_delete = unassign_floating;
    return complete(std::move(type));
}

}

const RestType& primary_ip_type() {
    static const RestType kType = describe_primary();
    return kType;
}

const RestType& floating_ip_type() {
    static const RestType kType = describe_floating();
    return kType;
}

}
