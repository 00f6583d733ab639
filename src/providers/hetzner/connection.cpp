#include "embedded/providers.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"

namespace providers::hetzner {

provider::ResourceType connection_type() {
    using namespace rest;
    provider::ResourceType type;
    type.name = "hetzner.Connection";
    type.is_connection = true;
    type.outside_effects = false;
    type.doc =
        "A project of the Hetzner Cloud. A token belongs to one project. Without a connection, and "
        "in one without a token, it is found as the vendor's own tools do: in HCLOUD_TOKEN, or in "
        "the active context of ~/.config/hcloud/cli.toml.";
    type.inputs = {
        Input(
            "token", a_string(),
            "Where the API token is: `p.secret \"env:HCLOUD_TOKEN\"`, or `p.secret \"file:PATH\"`. "
            "Plans and the state keep the reference, never the token; it may be exchanged for "
            "another of the same project at any time.")
            .secret(),
        Input("endpoint", anything("std.contract.any_of [[| 'Sandbox |], prelude.Url]"),
              "Where the API is, if not at https://api.hetzner.cloud/v1. `'Sandbox`: a cloud on "
              "this machine, which is started when it is needed, costs nothing and needs no "
              "token. Any other needs a `token` of its own: what is found in HCLOUD_TOKEN goes to "
              "the vendor, or where HCLOUD_ENDPOINT says; that of a context, where the context "
              "says. `http://` is for this machine only."),
        Input("project", a_string(),
              "What tells this project from another one at the same endpoint, in words of your "
              "own. It is recorded with each resource; a change means another project, in which "
              "everything is made anew. Not needed as long as there is one."),
        Input("labels", dict_of(a_string()),
              "Labels put on everything that is made through this connection."),
        Input("poll_interval", plain(provider::FieldType::Kind::Number, "prelude.Seconds"),
              "Seconds between two questions how far the platform is; all that goes on is asked "
              "for together. 1 if not given."),
    };
    type.example = embedded::hetzner_connection_ncl;
    return type;
}

}
