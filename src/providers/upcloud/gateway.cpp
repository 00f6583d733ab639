#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/service.hpp"
#include "providers/upcloud/types.hpp"

namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

Value show_addresses(const json::Value& gateway) {
    Value::Array out;
    const json::Value* all = gateway.find("addresses");
    if (all == nullptr || !all->is_array()) return out;
    for (const json::Value& one : *all->as_array()) out.push_back(member_of(one, "address"));
    return out;
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_name(inputs, "name", 64));
    return check_labels(inputs);
}

RestType describe() {
    RestType type = bare_type("upcloud.Gateway", "gateway", "/gateway");
    type.schema.doc = "Lets the servers of a router's networks reach the internet (NAT). It takes "
                      "some minutes to be made.";
    type.schema.example = embedded::upcloud_gateway_ncl;
    type.progress = service_progress<kOperationalState>;
    Field router =
        in_form(replacing(Input("router", a_string(), "The id of its router.")
                              .required()
                              .attaches_to({{.type = "upcloud.Router", .output = "id"}})),
                uuid_in_list());
    router.member = "routers";
    type.fields = {
        updatable(Input("name", a_string(), "Unique in the account.").required().unique()),
        replacing(Input("zone", a_string(), "Where it is: \"fi-hel1\".").required()),
        updatable(Input("plan", a_string(), "\"development\", \"standard\", \"production\" …")
                      .required()),
        replacing(Input("features", set_of(one_of({"nat", "vpn"})), "What it does.")
                      .by_default("['nat]")),
        std::move(router),
        configured_status(),
    };
    type.results = {
        shown(Output("addresses", value::ValueType::Array, "By which others see its servers.")
                  .changes_with({"configured_status"}),
              show_addresses),
        shown(Output("state", value::ValueType::String, "\"running\" …")
                  .changes_with({"configured_status", "plan"}),
              kOperationalState),
    };
    type.references = {{.path = "router", .to = &router_type}};
    type.validate = validate;
    return complete(std::move(type));
}

}

const RestType& gateway_type() {
    static const RestType kType = describe();
    return kType;
}

}
