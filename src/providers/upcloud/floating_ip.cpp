#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/types.hpp"

namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

void complete_body(const Value&, json::Object& body) {
    body.set("family", "IPv4");
    body.set("floating", "yes");
}

std::optional<Call> before_delete(const json::Value& address) {
    if (address.string_or("mac", "").empty()) return std::nullopt;
    Call call;
    call.name = "detach";
    call.method = "PATCH";
    call.path = "/ip_address/" + std::string(address.string_or("address", ""));
    call.body = json::Object{{"ip_address", json::Object{{"mac", nullptr}}}};
    return call;
}

RestType describe() {
    RestType type =
        wrapped_type("upcloud.FloatingIp", "floating IP address", "ip_address", "ip_addresses");
    type.schema.doc =
        "A public IPv4 address that stays when servers go, and moves between those of its zone.";
    type.schema.example = embedded::upcloud_floating_ip_ncl;
    type.id = {{.name = "address", .shown_at = {}, .input = {}}};
    type.update_method = "PATCH";
    type.tags.form = Tagging::Form::None;
    type.is_told_by_difference = true;
    type.is_one = [](const json::Value& address) {
        return address.string_or("floating", "no") == "yes";
    };
    Field mac = updatable(Input(
        "mac", a_string(),
        "Of the interface that it leads to: `mac` of an `upcloud.Server`. It leads nowhere if "
        "left out."));
    mac.is_absent_none = true;
    Field name = updatable(Input("ptr_record", a_string(),
                                 "The name that it leads back to; the platform's own if not "
                                 "given."));
    name.is_created_with = false;
    name.chosen = "name";
    type.fields = {
        replacing(Input("zone", a_string(), "Where it is: \"fi-hel1\".").required()),
        std::move(mac),
        std::move(name),
    };
    type.results = {
        shown(Output("address", value::ValueType::String, "Itself."), "address"),
        shown(Output("name", value::ValueType::String, "That it leads back to.")
                  .changes_with({"ptr_record"}),
              "ptr_record"),
    };
    type.complete_body = complete_body;
    type.before_delete = before_delete;
    return complete(std::move(type));
}

}

const RestType& floating_ip_type() {
    static const RestType kType = describe();
    return kType;
}

}
