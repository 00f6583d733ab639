#include "embedded/providers.hpp"
#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"

namespace providers::hetzner {
namespace {

using namespace rest;

RestType describe() {
    RestType type;
    type.schema.name = "hetzner.PlacementGroup";
    type.schema.doc = "Servers that are kept on different hosts. A group holds ten of them.";
    type.schema.example = embedded::hetzner_placement_group_ncl;
    type.collection = "/placement_groups";
    type.envelopes = answers_in("placement_group", "placement_groups");
    type.noun = "placement group";
    type.fields = {
        updatable(Input("name", a_string(), "Unique among the project's placement groups.")
                      .required()
                      .unique()),
        custom(Input("type", one_of({"spread"}), "How servers are placed; there is one way.")
                   .by_default("'spread")),
    };
    type.validate = check_labels;
    return complete(std::move(type));
}

}

const RestType& placement_group_type() {
    static const RestType kType = describe();
    return kType;
}

}
