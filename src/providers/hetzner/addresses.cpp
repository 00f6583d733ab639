#include "embedded/providers.hpp"
#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/server.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

// Addresses that live longer than servers.
namespace providers::hetzner {
namespace {

using namespace rest;

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
        shown(Output("ip", value::ValueType::String,
                     "The address; of type ipv6 a network in prefix notation."),
              "ip"),
        shown(Output("located_in", value::ValueType::String, "The location."), location),
    };
}

// The address itself, or the first of the network that it is.
std::string named_address(const json::Value& address) {
    return first_of_network(address.string_or("ip", ""));
}

value::Value show_reverse_name(const json::Value& address) {
    return reverse_name_of(address, named_address(address));
}

Field reverse_dns() {
    Field out =
        custom(Input("reverse_dns", a_string(),
                     "The name that it leads back to; of type ipv6, that the first address of "
                     "it does. Not looked after if left out."));
    out.is_created_with = false;
    out.is_left_alone = true;
    out.show = show_reverse_name;
    return out;
}

std::optional<Call> next_name_call(const std::string& collection, const UpdateContext& update) {
    const std::string* wanted = field_of(update.wanted(), "reverse_dns").as_string();
    const std::string ip = named_address(update.object);
    // Only a field that is left out is none of our business.
    if (wanted == nullptr || reverse_name_of(update.object, ip) == *wanted) return std::nullopt;
    return action(collection, update.object, "change_dns_ptr",
                  json::Object{{"ip", ip}, {"dns_ptr", *wanted}});
}

std::string assignee_of(const json::Value& address) {
    if (address.string_or("assignee_type", "") == "unassigned") return {};
    return id_text(address.find("assignee_id"));
}

std::optional<Call> unassign_primary(const json::Value& address) {
    if (assignee_of(address).empty()) return std::nullopt;
    return action("/primary_ips", address, "unassign");
}

std::optional<Call> next_primary_call(const UpdateContext& update) {
    const std::string wanted = id_text(update.wanted().find("server"));
    const std::string now = assignee_of(update.object);
    const bool is_freed = is_taken_away(update.wanted(), "server") && !now.empty();
    // Off the old one first: the platform refuses an address that is assigned
    // (`must_be_unassigned`). Two calls, and after each one the object is read anew, so a run that
    // is cut between them goes on with the second.
    if (is_freed || (!wanted.empty() && wanted != now)) {
        if (!now.empty()) return action("/primary_ips", update.object, "unassign");
        return action(
            "/primary_ips", update.object, "assign",
            json::Object{{"assignee_id", id_number(wanted)}, {"assignee_type", "server"}});
    }
    return next_name_call("/primary_ips", update);
}

void complete_primary_body(const value::Value& inputs, json::Object& body) {
    body.set("assignee_type", "server");
    if (!is_set(inputs, "server")) return;
    // Where the server is, its address is.
    // The API refuses a request with both.
    body.set("assignee_id", id_number(id_text(inputs.find("server"))));
    body.remove("location");
}

base::Result<void> validate_primary(const value::Value& inputs) {
    TRY(check_labels(inputs));
    TRY(check_is_name(inputs, "location"));
    if (is_set(inputs, "server") || is_set(inputs, "location")) return {};
    return base::invalid_argument("neither `location` nor `server` says where the address is to be")
        .with_help("give it a `location`, or the `server` that is to have it");
}

RestType describe_primary() {
    RestType type;
    type.schema.name = "hetzner.PrimaryIp";
    type.schema.doc = "A public address that a server can be given when it is made, by its "
                      "`public_net`, and that "
                      "stays when the server goes.";
    type.schema.example = embedded::hetzner_primary_ip_ncl;
    type.schema.relations = {addresses_of_server("server", "")};
    type.collection = "/primary_ips";
    type.envelopes = answers_in("primary_ip", "primary_ips");
    type.noun = "primary IP";
    type.has_operations = true;
    Field location = replacing(
        Input("location", a_string(),
              "Where servers can have it, if it has no `server` from the beginning: \"fsn1\"."));
    location.shown_at = "location.name";
    location.chosen = "located_in";
    Field server =
        custom(Input("server", an_integer(),
                     "The id of the server that has it, which must be off when it is given "
                     "to it or taken away. Where the server is to be turned off for that, "
                     "leave this out and name the address in its `public_net`.")
                   .belongs_to({{.type = "hetzner.Server", .output = "id"}})
                   .alone({"type"}));
    server.is_created_with = false;
    server.is_left_alone = true;
    server.show = [](const json::Value& address) {
        const std::string id = assignee_of(address);
        return id.empty() ? value::Value() : from_json(id_number(id));
    };
    type.fields = {
        updatable(Input("name", a_string(), "Unique among the project's primary IPs.")
                      .required()
                      .unique()),
        ip_type(),
        std::move(location),
        std::move(server),
        reverse_dns(),
        updatable(Input("auto_delete", a_bool(),
                        "Delete it together with the server it is assigned to. "
                        "This program then finds it gone.")
                      .by_default("false")),
        delete_protection(),
    };
    type.results = results("location.name");
    type.references = {{.path = "server", .to = &server_type}};
    type.validate = validate_primary;
    type.complete_body = complete_primary_body;
    type.next = next_primary_call;
    type.before_delete = unassign_primary;
    type.changes = servers_changed;
    return complete(std::move(type));
}

std::optional<Call> assign_floating(const UpdateContext& update) {
    const std::string wanted = id_text(update.wanted().find("server"));
    const std::string now = id_text(update.object.find("server"));
    // No detour over "unassign" here, other than with a primary address: `assign` moves a floating
    // address, without a moment in which it belongs to nobody.
    if (wanted.empty() && is_taken_away(update.wanted(), "server") && !now.empty())
        return action("/floating_ips", update.object, "unassign");
    if (wanted == now || wanted.empty()) return next_name_call("/floating_ips", update);
    return action("/floating_ips", update.object, "assign",
                  json::Object{{"server", id_number(wanted)}});
}

std::optional<Call> unassign_floating(const json::Value& address) {
    if (id_text(address.find("server")).empty()) return std::nullopt;
    return action("/floating_ips", address, "unassign");
}

base::Result<void> validate_floating(const value::Value& inputs) {
    TRY(check_labels(inputs));
    return check_is_name(inputs, "home_location");
}

RestType describe_floating() {
    RestType type;
    type.schema.name = "hetzner.FloatingIp";
    type.schema.doc =
        "A public address that can be moved from one running server to another. The server's own "
        "system has to be told of it.";
    type.schema.example = embedded::hetzner_floating_ip_ncl;
    type.collection = "/floating_ips";
    type.envelopes = answers_in("floating_ip", "floating_ips");
    type.noun = "floating IP";
    type.has_operations = true;
    Field home = replacing(Input("home_location", a_string(),
                                 "Where its traffic enters: \"fsn1\". Servers elsewhere can have "
                                 "it too.")
                               .required());
    home.shown_at = "home_location.name";
    Field server = custom(Input("server", an_integer(),
                                "The id of the server that has it; not looked after if left out."));
    server.is_created_with = false;
    server.is_left_alone = true;
    type.fields = {
        updatable(Input("name", a_string(), "Unique among the project's floating IPs.")
                      .required()
                      .unique()),
        ip_type(),
        std::move(home),
        updatable(Input("description", a_string(), "For people.").by_default("\"\"")),
        std::move(server),
        reverse_dns(),
        delete_protection(),
    };
    type.fields[3].show = [](const json::Value& address) {
        return value::Value(address.string_or("description", ""));
    };
    type.results = results("home_location.name");
    type.references = {{.path = "server", .to = &server_type}};
    type.validate = validate_floating;
    type.next = assign_floating;
    type.before_delete = unassign_floating;
    type.changes = servers_changed;
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
