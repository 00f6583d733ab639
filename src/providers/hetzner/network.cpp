#include "embedded/providers.hpp"
#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>
#include <cstdlib>

namespace providers::hetzner {
namespace {

using namespace rest;

constexpr const char* kRange = "ip_range";

int bits_of(std::string_view range) {
    const std::size_t slash = range.find('/');
    return slash == std::string_view::npos
               ? -1
               // What is no number gives 0 and passes for "wider"; the platform then refuses it.
               : std::atoi(std::string(range.substr(slash + 1)).c_str());
}

// The platform widens a range where it is; everything else is another network.
base::Result<void> refine(const provider::Change& change, provider::PlannedChange& planned) {
    const bool changes =
        std::find(planned.changed.begin(), planned.changed.end(), kRange) != planned.changed.end();
    if (!changes || !change.prior) return {};
    const std::string& now = text_of(change.prior->inputs, kRange);
    const std::string& wanted = text_of(change.inputs, kRange);
    // The same base with a shorter or the same prefix: 10.0.0.0/24 to 10.0.0.0/16 grows in place.
    // 10.0.0.0/16 from 10.0.1.0/24 would as well, by the addresses, but the base is another text,
    // and it is replaced; the platform only takes the former.
    const bool is_wider = now.substr(0, now.find('/')) == wanted.substr(0, wanted.find('/')) &&
                          bits_of(wanted) <= bits_of(now) && bits_of(wanted) >= 0;
    if (!is_wider) force(change, planned, kRange);
    return {};
}

base::Result<void> validate(const value::Value& inputs) {
    constexpr int kSmallest = 24;
    TRY(check_private_range(inputs, kRange, kSmallest));
    return check_labels(inputs);
}

RestType describe() {
    RestType type;
    type.schema.name = "hetzner.Network";
    type.schema.doc = "A private network of a project. Servers are attached to its subnets: see "
                      "`hetzner.Subnet`.";
    type.schema.example = embedded::hetzner_network_ncl;
    type.collection = "/networks";
    type.envelopes = answers_in("network", "networks");
    type.noun = "network";
    type.has_operations = true;
    Field range = by_action(Input(kRange, a_string(),
                                  "The range of all its subnets, a private one of at least /24. It "
                                  "is extended in place (the same base with a shorter prefix); any "
                                  "other change replaces the network.")
                                .required(),
                            "change_ip_range");
    range.is_created_with = true;
    type.fields = {
        updatable(
            Input("name", a_string(), "Unique among the project's networks.").required().unique()),
        std::move(range),
        updatable(Input("expose_routes_to_vswitch", a_bool(),
                        "Tell its routes to a vSwitch that is connected to it.")
                      .by_default("false")),
        delete_protection(),
    };
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
