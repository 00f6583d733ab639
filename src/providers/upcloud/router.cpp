#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/types.hpp"

#include <algorithm>

namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

constexpr const char* kRoutes = "static_routes";

// Routes of the platform's own services come and go with those.
Value show_routes(const json::Value& router) {
    Value::Array out;
    const json::Value* routes = router.find(kRoutes);
    if (routes == nullptr || !routes->is_array()) return out;
    for (const json::Value& route : *routes->as_array()) {
        if (route.string_or("type", "user") == "service") continue;
        Value one;
        for (const char* member : {"name", "route", "nexthop"}) {
            if (!route.string_or(member, "").empty()) one.set(member, member_of(route, member));
        }
        out.push_back(std::move(one));
    }
    return out;
}

bool is_same_route(const Value& wanted, const Value& shown) {
    return text_of(wanted, "route") == text_of(shown, "route") &&
           text_of(wanted, "nexthop") == text_of(shown, "nexthop") &&
           (!is_set(wanted, "name") || text_of(wanted, "name") == text_of(shown, "name"));
}

// In whatever order; none are as good as no list.
bool are_same_routes(const Value& wanted, const Value& shown) {
    if (wanted.has_unknown()) return false;
    const Value::Array none;
    const Value::Array& a = wanted.as_array() != nullptr ? *wanted.as_array() : none;
    const Value::Array& b = shown.as_array() != nullptr ? *shown.as_array() : none;
    return a.size() == b.size() && std::ranges::all_of(a, [&](const Value& one) {
               return std::ranges::any_of(
                   b, [&](const Value& other) { return is_same_route(one, other); });
           });
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_length(inputs, "name", 1, 255));
    for (const Value& route : items_of(inputs, kRoutes)) {
        auto checked = check_range(route, "route");
        if (checked.ok() && text_of(route, "nexthop") != "no-nexthop") {
            checked = check_address(route, "nexthop");
        }
        if (!checked.ok()) return about(kRoutes, std::move(checked).error());
    }
    return check_labels(inputs);
}

RestType describe() {
    RestType type = wrapped_type("upcloud.Router", "router", "router", "routers");
    type.schema.doc = "Connects private networks: those whose `router` it is reach each other.";
    type.schema.example = embedded::upcloud_router_ncl;
    type.update_method = "PATCH";
    Field routes = updatable(Input(
        kRoutes,
        array_of(record_of({
            Input("name", a_string(), "For people."),
            Input("route", a_string(), "Where it leads: \"0.0.0.0/0\".").required(),
            Input("nexthop", a_string(), "The address that it goes by, or \"no-nexthop\".")
                .required(),
        })),
        "Its routes beside those to its networks. Those that gateways and other services add are "
        "left alone."));
    routes.form = &list_or_empty();
    routes.show = show_routes;
    routes.same = are_same_routes;
    type.fields = {
        updatable(Input("name", a_string(), "For people; several may have the same.").required()),
        std::move(routes),
    };
    type.results = {
        shown(Output("type", value::ValueType::String, "\"normal\", or \"service\"."), "type"),
    };
    type.validate = validate;
    return complete(std::move(type));
}

}

const RestType& router_type() {
    static const RestType kType = describe();
    return kType;
}

}
