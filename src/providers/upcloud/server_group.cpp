#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/types.hpp"

namespace providers::upcloud {
namespace {

using namespace rest;

base::Result<void> validate(const value::Value& inputs) {
    TRY(check_length(inputs, "title", 1, 255));
    return check_labels(inputs);
}

RestType describe() {
    RestType type =
        wrapped_type("upcloud.ServerGroup", "server group", "server_group", "server_groups");
    type.schema.doc = "Servers that are kept on different hosts: see `server_group` of "
                      "`upcloud.Server`.";
    type.schema.example = embedded::upcloud_server_group_ncl;
    type.collection = "/server-group";
    type.update_method = "PATCH";
    type.tags.member = "labels.label";
    type.name_input = "title";
    type.fields = {
        updatable(Input("title", a_string(), "For people; several may have the same.").required()),
        updatable(Input("anti_affinity", one_of({"strict", "yes", "no"}),
                        "Whether they are kept apart: refused if they cannot be ('strict), as far "
                        "as it can be ('yes), or not at all.")
                      .by_default("'yes")),
    };
    type.validate = validate;
    return complete(std::move(type));
}

}

const RestType& server_group_type() {
    static const RestType kType = describe();
    return kType;
}

}
