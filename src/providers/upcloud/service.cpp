#include "providers/upcloud/service.hpp"

#include "providers/rest/contained.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>
#include <array>

namespace providers::upcloud {

using namespace rest;
using value::Value;

Progress progress_of_state(std::string_view state) {
    static constexpr std::array kEnds{"running", "stopped", "idle", "degraded", "failing"};
    static constexpr std::array kFailures{"error", "failed", "failed-challenge", "terminated"};
    Progress out;
    if (std::ranges::find(kEnds, state) != kEnds.end()) out.kind = Progress::Kind::Done;
    if (std::ranges::find(kFailures, state) != kFailures.end()) {
        out.kind = Progress::Kind::Failed;
        out.code = state;
        out.message = "it ended in the state " + std::string(state);
    }
    return out;
}

Field contained(Field field) {
    field.same = is_contained;
    return field;
}

Field list_of_records(Field field) {
    field.form = &list_or_empty();
    field.is_absent_none = true;
    return contained(std::move(field));
}

Field configured_status() {
    return updatable(
        Input("configured_status", one_of({"started", "stopped"}), "Whether it is to run.")
            .by_default("'started"));
}

Field service_networks(Field (*how)(provider::InputField), bool is_required) {
    Input input("networks",
                array_of(record_of({
                    Input("name", a_string(), "Within it.").required(),
                    Input("type", one_of({"public", "private"}), "Where it leads.").required(),
                    Input("family", one_of({"IPv4"}), "Of its addresses.").by_default("'IPv4"),
                    Input("uuid", a_string(), "Of a private one: the id of the network.")
                        .attaches_to({{.type = "upcloud.Network", .output = "id"}}),
                })),
                "The networks that it is reached from.");
    if (is_required) input.required();
    return list_of_records(how(input));
}

static json::Value write_uuid(const Value& value) {
    return json::Array{json::Object{{"uuid", to_json(value)}}};
}

static Value read_uuid(const json::Value& shown) {
    const json::Array* items = shown.as_array();
    return items == nullptr || items->empty() ? Value() : member_of(items->front(), "uuid");
}

const WireForm& uuid_in_list() {
    static constexpr WireForm kForm{.write = write_uuid, .read = read_uuid};
    return kForm;
}

}
