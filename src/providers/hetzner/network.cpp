#include "providers/hetzner/types.hpp"
#include "providers/kit/describe.hpp"
#include "providers/kit/wire.hpp"

namespace providers::hetzner {
namespace {

using namespace kit;

RestType describe() {
    RestType type;
    type.schema.name = "hetzner.Network";
    type.schema.doc =
        "A private network of a project. Servers need a `hetzner.Subnet` in it to be attached to.";
    type.schema.example = R"({
  connections.hz | hetzner.Connection = { endpoint = 'Sandbox },
  resources.net | hetzner.Network = { name = "backend", ip_range = "10.0.0.0/16" },
}
)";
    type.collection = "/networks";
    type.singular = "network";
    type.words = "network";
    type.fields = {
        put(Input("name", a_string(), "Unique among the project's networks.").required()),
        replacing(Input("ip_range", a_string(),
                        "The range of all its subnets, a private one of at least /24. It can be "
                        "extended in place: the same base with a shorter prefix.")
                      .required()),
        put(Input("expose_routes_to_vswitch", a_bool(),
                  "Tell its routes to a vSwitch that is connected to it.")
                .by_default("false")),
    };
    return complete(std::move(type));
}

}

const RestType& network_type() {
    static const RestType kType = describe();
    return kType;
}

}
