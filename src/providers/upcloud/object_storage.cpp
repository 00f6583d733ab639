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

Value show_endpoint(const json::Value& storage) {
    const json::Value* all = storage.find("endpoints");
    if (all == nullptr || !all->is_array() || all->as_array()->empty()) return {};
    return member_of(all->as_array()->front(), "domain_name");
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_name(inputs, "name", 64));
    return check_labels(inputs);
}

RestType describe() {
    RestType type = bare_type("upcloud.ObjectStorage", "object storage", "/object-storage-2");
    type.schema.doc = "Managed object storage, as S3 has it. What is in its buckets goes with it; "
                      "the platform refuses to delete it while there are any.";
    type.schema.example = embedded::upcloud_object_storage_ncl;
    type.progress = service_progress<kOperationalState>;
    type.fields = {
        updatable(Input("name", a_string(), "Unique in the account.").required().unique()),
        replacing(Input("region", a_string(), "Where it is: \"europe-1\".").required()),
        configured_status(),
        service_networks(updatable, false),
    };
    type.results = {
        shown(Output("endpoint", value::ValueType::Dyn, "Its host, or null while it is stopped.")
                  .changes_with({"configured_status", "networks"}),
              show_endpoint),
        shown(Output("state", value::ValueType::String, "\"running\" …")
                  .changes_with({"configured_status"}),
              kOperationalState),
    };
    type.references = {{.path = "networks.uuid", .to = &network_type}};
    type.validate = validate;
    return complete(std::move(type));
}

}

const RestType& object_storage_type() {
    static const RestType kType = describe();
    return kType;
}

}
