#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/service.hpp"
#include "providers/upcloud/types.hpp"

#include <fmt/core.h>

#include <algorithm>

// A load balancer with all that is in it: the platform takes its parts as lists of the whole.
namespace providers::upcloud {
namespace {

using namespace rest;
using provider::FieldType;
using value::Value;

FieldType tls_configs() {
    return array_of(record_of({
        Input("name", a_string(), "Within its part.").required(),
        Input("certificate_bundle_uuid", a_string(), "The id of an `upcloud.Certificate`.")
            .required()
            .attaches_to({{.type = "upcloud.Certificate", .output = "id"}}),
    }));
}

FieldType rules() {
    return array_of(record_of({
        Input("name", a_string(), "Within its frontend.").required(),
        Input("priority", an_integer(), "0 to 100; the highest is looked at first.").required(),
        Input("matching_condition", one_of({"and", "or"}), "Of several matchers.")
            .by_default("'and"),
        Input("matchers", array_of(anything()),
              "What it fits, as the API has it: `{ type = \"path\", match_path = { method = "
              "\"starts\", value = \"/a\" } }`.")
            .by_default("[]"),
        Input("actions", array_of(anything()),
              "What is done, as the API has it: `{ type = \"use_backend\", action_use_backend = { "
              "backend = \"web\" } }`.")
            .required(),
    }));
}

FieldType frontends() {
    return array_of(record_of({
        Input("name", a_string(), "Within the load balancer.").required(),
        Input("mode", one_of({"http", "tcp"}), "What it understands.").by_default("'http"),
        Input("port", an_integer(), "1 to 65535.").required(),
        Input("default_backend", a_string(), "The name of the backend for what no rule fits.")
            .required(),
        Input("networks", array_of(record_of({Input("name", a_string(), "Its name.").required()})),
              "In which networks it listens."),
        Input("rules", rules(), "Who gets what.").by_default("[]"),
        Input("tls_configs", tls_configs(), "The certificates that it shows.").by_default("[]"),
        Input(
            "properties",
            record_of({
                Input("timeout_client", an_integer(), "Seconds.").by_default("10"),
                Input("inbound_proxy_protocol", a_bool(), "Clients speak it.").by_default("false"),
                Input("http2_enabled", a_bool(), "Speak HTTP/2.").by_default("false"),
            }),
            "How it listens.")
            .by_default("{}"),
    }));
}

FieldType backends() {
    return array_of(record_of({
        Input("name", a_string(), "Within the load balancer.").required(),
        Input("resolver", a_string(), "The name of the resolver of its dynamic members."),
        Input("members",
              array_of(record_of({
                  Input("name", a_string(), "Within its backend.").required(),
                  Input("type", one_of({"static", "dynamic"}), "By address or by name.")
                      .by_default("'static"),
                  Input("ip", a_string(), "Of a static one: its address."),
                  Input("port", an_integer(), "1 to 65535; 0 of a dynamic one is any.").required(),
                  Input("weight", an_integer(), "0 to 100.").by_default("100"),
                  Input("max_sessions", an_integer(), "0 to 500000.").by_default("1000"),
                  Input("enabled", a_bool(), "It gets something.").by_default("true"),
              })),
              "Who does the work.")
            .by_default("[]"),
        Input("tls_configs", tls_configs(), "The authorities that it trusts.").by_default("[]"),
        Input("properties", dict_of(anything()),
              "As the API has them: `health_check_type`, `timeout_server` …")
            .by_default("{}"),
    }));
}

FieldType resolvers() {
    return array_of(record_of({
        Input("name", a_string(), "Within the load balancer.").required(),
        Input("nameservers", array_of(a_string()), "\"10.0.0.2:53\".").required(),
        Input("retries", an_integer(), "1 to 10.").by_default("5"),
        Input("timeout", an_integer(), "1 to 60 seconds.").by_default("10"),
        Input("timeout_retry", an_integer(), "1 to 60 seconds.").by_default("10"),
        Input("cache_valid", an_integer(), "1 to 86400 seconds.").by_default("180"),
        Input("cache_invalid", an_integer(), "1 to 86400 seconds.").by_default("10"),
    }));
}

bool has_name(const Value& inputs, const char* list, const std::string& name) {
    return std::ranges::any_of(items_of(inputs, list),
                               [&](const Value& one) { return text_of(one, "name") == name; });
}

base::Error wrong(const char* input, std::string message) {
    return about(input, base::invalid_argument(std::move(message)));
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_name(inputs, "name", 64));
    for (const char* list : {"frontends", "backends", "resolvers", "networks"}) {
        for (const Value& one : items_of(inputs, list)) {
            auto checked = check_name(one, "name", 255);
            if (!checked.ok()) return about(list, std::move(checked).error());
        }
    }
    const bool knows_backends = !field_of(inputs, "backends").has_unknown();
    for (const Value& one : items_of(inputs, "frontends")) {
        auto checked = check_number(one, "port", 1, 65'535);
        if (!checked.ok()) return about("frontends", std::move(checked).error());
        const std::string& backend = text_of(one, "default_backend");
        if (!backend.empty() && knows_backends && !has_name(inputs, "backends", backend)) {
            return wrong("frontends", fmt::format("the frontend \"{}\" leads to \"{}\", which is "
                                                  "none of `backends`",
                                                  text_of(one, "name"), backend));
        }
    }
    std::size_t publics = 0;
    for (const Value& one : items_of(inputs, "networks")) {
        if (text_of(one, "type") == "public") ++publics;
        if (text_of(one, "type") != "private" || !field_of(one, "uuid").is_null()) continue;
        return wrong("networks",
                     fmt::format("the private network \"{}\" has no `uuid`", text_of(one, "name")));
    }
    if (publics > 1) return wrong("networks", "there is one public network at the most");
    return check_labels(inputs);
}

Value show_dns_names(const json::Value& balancer) {
    Value::Record out;
    const json::Value* all = balancer.find("networks");
    if (all == nullptr || !all->is_array()) return out;
    for (const json::Value& one : *all->as_array()) {
        out.emplace_back(std::string(one.string_or("name", "")), member_of(one, "dns_name"));
    }
    return out;
}

Field chosen(Input input, const char* output) {
    Field out = updatable(input);
    out.chosen = output;
    return out;
}

RestType describe() {
    RestType type = bare_type("upcloud.LoadBalancer", "load balancer", "/load-balancer");
    type.schema.doc = "Takes what comes in at its frontends and gives it to the members of its "
                      "backends. It takes some minutes to be made and to go.";
    type.schema.example = embedded::upcloud_load_balancer_ncl;
    type.progress = service_progress<kOperationalState>;
    type.fields = {
        updatable(Input("name", a_string(), "Unique in the account.").required().unique()),
        updatable(Input("plan", a_string(), "\"development\", \"production-small\" …").required()),
        replacing(Input("zone", a_string(), "Where it is: \"fi-hel1\".").required()),
        service_networks(replacing, true),
        configured_status(),
        list_of_records(updatable(Input("frontends", frontends(), "Where it listens."))),
        list_of_records(updatable(Input("backends", backends(), "Who does the work."))),
        list_of_records(
            updatable(Input("resolvers", resolvers(), "Who knows the names of members."))),
        chosen(Input("maintenance_dow",
                     one_of({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                             "sunday"}),
                     "On which day it may be looked after; the platform's choice if not given."),
               "maintenance_day"),
        chosen(Input("maintenance_time", a_string(),
                     "From when on: \"20:01:01Z\"; the platform's choice if not given."),
               "maintenance_begin"),
    };
    type.results = {
        shown(Output("dns_names", value::ValueType::Record,
                     "By which it is reached, by its networks' names: `dns_names.public`."),
              show_dns_names),
        shown(Output("state", value::ValueType::String, "\"running\" …")
                  .changes_with({"configured_status", "plan", "frontends", "backends"}),
              kOperationalState),
        shown(Output("maintenance_day", value::ValueType::Dyn, "As it is.")
                  .changes_with({"maintenance_dow"}),
              "maintenance_dow"),
        shown(Output("maintenance_begin", value::ValueType::Dyn, "As it is.")
                  .changes_with({"maintenance_time"}),
              "maintenance_time"),
    };
    type.references = {{.path = "networks.uuid", .to = &network_type}};
    type.validate = validate;
    return complete(std::move(type));
}

}

const RestType& load_balancer_type() {
    static const RestType kType = describe();
    return kType;
}

}
