#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/upcloud/types.hpp"

namespace providers::upcloud {

provider::ResourceType connection_type() {
    using namespace rest;
    provider::ResourceType type;
    type.name = "upcloud.Connection";
    type.is_connection = true;
    type.outside_effects = false;
    type.doc =
        "An account of UpCloud. Without a connection, and in one without a credential, it is "
        "found as the vendor's own tools do: in UPCLOUD_TOKEN, or in UPCLOUD_USERNAME and "
        "UPCLOUD_PASSWORD.";
    type.inputs = {
        Input("token", a_string(),
              "Where the API token is: `p.secret \"env:UPCLOUD_TOKEN\"`, or `p.secret "
              "\"file:PATH\"`. Plans and the state keep the reference, never the token; it may be "
              "exchanged for another of the same account at any time.")
            .secret(),
        Input("username", a_string(), "Of a sub-account that may use the API, instead of a token."),
        Input("password", a_string(), "Its password, as a reference like `token`.").secret(),
        Input("endpoint", anything("std.contract.any_of [[| 'Sandbox |], prelude.Url]"),
              "Where the API is, with its version, if not at https://api.upcloud.com/1.3. "
              "`'Sandbox`: a cloud on this machine, which is started when it is needed, costs "
              "nothing and needs no token. Any other needs a credential of its own: what is found "
              "in the environment goes to the vendor, or where UPCLOUD_DEBUG_API_BASE_URL says. "
              "`http://` is for this machine only."),
        Input("account", a_string(),
              "What tells this account from another one at the same endpoint, in words of your "
              "own. It is recorded with each resource; a change means another account, in which "
              "everything is made anew. Not needed as long as there is one."),
        Input("labels", dict_of(a_string()),
              "Labels put on everything that is made through this connection and can have labels."),
        Input("poll_interval", plain(provider::FieldType::Kind::Number, "prelude.Seconds"),
              "Seconds between two looks at what the platform is about. 3 if not given."),
    };
    type.example = embedded::upcloud_connection_ncl;
    return type;
}

}
