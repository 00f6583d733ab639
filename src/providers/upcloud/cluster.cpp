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

std::optional<Call> next(const UpdateContext& update) {
    const Value& version = field_of(update.wanted(), "version");
    if (version.is_null() || version.same_as(field_of(update.shown, "version"))) {
        return std::nullopt;
    }
    Call call;
    call.name = "upgrade";
    call.method = "POST";
    call.path = "/kubernetes/" + std::string(update.key) + "/upgrade";
    call.body = json::Object{{"version", to_json(version)},
                             {"strategy", json::Object{{"type", "rolling-update"}}}};
    return call;
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_length(inputs, "name", 1, 63));
    TRY(check_range(inputs, "control_plane_ip_filter"));
    return check_labels(inputs);
}

RestType describe() {
    RestType type = bare_type("upcloud.KubernetesCluster", "Kubernetes cluster", "/kubernetes");
    type.schema.doc = "A managed Kubernetes cluster, without its nodes.";
    type.schema.example = embedded::upcloud_kubernetes_cluster_ncl;
    type.progress = service_progress<kState>;
    Field version =
        custom(Input("version", a_string(), "\"1.30\"; the newest if not given. It only goes up."));
    version.is_created_with = true;
    version.chosen = "version_now";
    Field filter = list_of_records(
        updatable(Input("control_plane_ip_filter", set_of(a_string()),
                        "Who may reach its API: \"0.0.0.0/0\" is everybody; none if not given.")));
    filter.is_created_with = true;
    type.fields = {
        replacing(Input("name", a_string(), "Unique in the account.").required().unique()),
        replacing(Input("network", a_string(), "The id of the network of its nodes.")
                      .required()
                      .attaches_to({{.type = "upcloud.Network", .output = "id"}})),
        replacing(Input("zone", a_string(), "Where it is: \"fi-hel1\".").required()),
        replacing(Input("plan", a_string(), "\"development\", \"production-small\" …")
                      .by_default("\"development\"")),
        std::move(version),
        std::move(filter),
        replacing(Input("private_node_groups", a_bool(),
                        "Nodes have no public addresses; the network needs a gateway.")
                      .by_default("false")),
    };
    type.complete_body = [](const Value&, json::Object& body) {
        if (body.find("control_plane_ip_filter") == nullptr) {
            body.set("control_plane_ip_filter", json::Array{});
        }
    };
    type.results = {
        shown(Output("state", value::ValueType::String, "\"running\" …").changes_with({"version"}),
              "state"),
        shown(Output("version_now", value::ValueType::Dyn, "As it is.").changes_with({"version"}),
              "version"),
    };
    type.references = {{.path = "network", .to = &network_type}};
    type.validate = validate;
    type.next = next;
    return complete(std::move(type));
}

}

const RestType& cluster_type() {
    static const RestType kType = describe();
    return kType;
}

}
