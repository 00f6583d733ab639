#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/types.hpp"

#include <algorithm>
#include <array>

namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

constexpr const char* kRange = "ip_network";
constexpr std::array kFlags{"dhcp", "dhcp_default_route"};
constexpr std::array kLists{"dhcp_dns", "dhcp_routes"};
constexpr std::array kTexts{"address", "family", "gateway"};

// A network has exactly one range, which the API puts in a list. It is sent whole, as a list that
// an update leaves out is kept.
json::Value write_range(const Value& range) {
    json::Object out;
    for (const char* name : kTexts) {
        if (is_set(range, name)) out.set(name, text_of(range, name));
    }
    for (const char* name : kFlags) out.set(name, flag_of(range, name) ? "yes" : "no");
    for (const char* name : kLists) out.set(name, list_or_empty().write(field_of(range, name)));
    return json::Object{{"ip_network", json::Array{std::move(out)}}};
}

Value read_range(const json::Value& shown) {
    const json::Value* ranges = shown.find("ip_network");
    const json::Array* items = ranges != nullptr ? ranges->as_array() : nullptr;
    if (items == nullptr || items->empty()) return {};
    const json::Value& range = items->front();
    Value out;
    for (const char* name : kTexts) {
        if (!range.string_or(name, "").empty()) out.set(name, member_of(range, name));
    }
    for (const char* name : kFlags) out.set(name, range.string_or(name, "no") == "yes");
    for (const char* name : kLists) {
        const json::Value* list = range.find(name);
        if (list != nullptr && list->is_array() && !list->as_array()->empty()) {
            out.set(name, from_json(*list));
        }
    }
    return out;
}

constexpr WireForm kRangeForm{.write = write_range, .read = read_range};

std::vector<std::string> texts_in(const Value& record, const char* name) {
    std::vector<std::string> out;
    for (const Value& item : items_of(record, name)) out.push_back(id_text(&item));
    std::ranges::sort(out);
    return out;
}

// A gateway that is not given is the platform's choice.
bool is_same_range(const Value& wanted, const Value& shown) {
    if (wanted.has_unknown()) return false;
    return text_of(wanted, "address") == text_of(shown, "address") &&
           text_of(wanted, "family") == text_of(shown, "family") &&
           (!is_set(wanted, "gateway") ||
            text_of(wanted, "gateway") == text_of(shown, "gateway")) &&
           std::ranges::all_of(
               kFlags,
               [&](const char* name) { return flag_of(wanted, name) == flag_of(shown, name); }) &&
           std::ranges::all_of(kLists, [&](const char* name) {
               return texts_in(wanted, name) == texts_in(shown, name);
           });
}

base::Result<void> refine(const provider::Change& change, provider::PlannedChange& planned) {
    const bool changes = std::ranges::find(planned.changed, kRange) != planned.changed.end();
    if (!changes || !change.prior) return {};
    const Value& now = field_of(change.prior->inputs, kRange);
    const Value& wanted = field_of(change.inputs, kRange);
    // What the platform does with a range is set where it is; the range itself is not.
    const bool is_other = text_of(now, "address") != text_of(wanted, "address") ||
                          text_of(now, "family") != text_of(wanted, "family");
    if (is_other) force(change, planned, kRange);
    return {};
}

base::Result<void> check_parts(const Value& range) {
    TRY(check_range(range, "address"));
    TRY(check_address(range, "gateway"));
    return check_address(range, "dhcp_dns");
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_length(inputs, "name", 1, 255));
    auto checked = check_parts(field_of(inputs, kRange));
    if (!checked.ok()) return about(kRange, std::move(checked).error());
    return check_labels(inputs);
}

Value show_address(const json::Value& network) {
    const json::Value* ranges = network.find("ip_networks");
    return ranges != nullptr ? field_of(read_range(*ranges), "address") : Value();
}
Value show_gateway(const json::Value& network) {
    const json::Value* ranges = network.find("ip_networks");
    return ranges != nullptr ? field_of(read_range(*ranges), "gateway") : Value();
}

Field range_field() {
    Field out = updatable(
        Input(kRange,
              record_of({
                  Input("address", a_string(), "\"10.0.0.0/24\". Another replaces the network.")
                      .required(),
                  Input("family", one_of({"IPv4", "IPv6"}), "Of the address.").by_default("'IPv4"),
                  Input("dhcp", a_bool(), "Give servers their addresses.").by_default("true"),
                  Input("dhcp_default_route", a_bool(), "Tell them the gateway as default route.")
                      .by_default("false"),
                  Input("dhcp_dns", array_of(a_string()), "Tell them these name servers."),
                  Input("dhcp_routes", array_of(a_string()), "Tell them these routes."),
                  Input("gateway", a_string(), "Its address; the first of the range if not given."),
              }),
              "Its range of addresses.")
            .required());
    out.member = "ip_networks";
    out.form = &kRangeForm;
    out.same = is_same_range;
    return out;
}

RestType describe() {
    RestType type = wrapped_type("upcloud.Network", "network", "network", "networks");
    type.schema.doc = "A private network of a zone.";
    type.schema.example = embedded::upcloud_network_ncl;
    Field router =
        updatable(Input("router", a_string(), "The id of the router that connects it to others.")
                      .attaches_to({{.type = "upcloud.Router", .output = "id"}}));
    router.is_absent_none = true;
    type.fields = {
        updatable(Input("name", a_string(), "For people; several may have the same.").required()),
        replacing(Input("zone", a_string(), "Where it is: \"fi-hel1\".").required()),
        range_field(),
        std::move(router),
    };
    type.results = {
        shown(Output("type", value::ValueType::String, "\"private\"."), "type"),
        shown(Output("address", value::ValueType::String, "Its range.").changes_with({kRange}),
              show_address),
        shown(Output("gateway", value::ValueType::Dyn, "The address of its gateway.")
                  .changes_with({kRange}),
              show_gateway),
    };
    type.references = {{.path = "router", .to = &router_type}};
    type.validate = validate;
    type.refine = refine;
    return complete(std::move(type));
}

}

const RestType& network_type() {
    static const RestType kType = describe();
    return kType;
}

}
