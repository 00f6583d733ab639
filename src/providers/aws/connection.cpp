#include "embedded/providers.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"

namespace providers::aws {

provider::ResourceType connection_type() {
    using namespace rest;
    provider::ResourceType type;
    type.name = "aws.Connection";
    type.is_connection = true;
    type.outside_effects = false;
    type.doc =
        "An account of AWS in one region. Without a connection, and for what it does not say, "
        "region and credentials are found as the vendor's own tools do: in AWS_REGION, "
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or in the profile of "
        "~/.aws/credentials and ~/.aws/config that AWS_PROFILE names.";
    type.inputs = {
        Input("region", a_string(), "As \"eu-central-1\"."),
        Input(
            "profile", a_string(),
            "The profile in the vendor's files whose region and keys are used. It goes before the "
            "environment."),
        Input("access_key_id", a_string(), "The key's id, which is no secret."),
        Input(
            "secret_access_key", a_string(),
            "Where the key is: `p.secret \"env:NAME\"`, or `p.secret \"file:PATH\"`. Plans and the "
            "state keep the reference, never the key.")
            .secret(),
        Input("session_token", a_string(), "Where the token of a temporary key is.").secret(),
        Input(
            "endpoint", a_string("prelude.Url"),
            "Where all services are, if not at the vendor's: an emulator. It needs keys of its "
            "own: what is found on the machine goes to the vendor, or where the same source says "
            "(AWS_ENDPOINT_URL, `endpoint_url` of a profile). `http://` is for this machine only."),
        Input("default_tags", dict_of(a_string()),
              "Tags put on everything that is made through this connection."),
        Input("poll_interval", plain(provider::FieldType::Kind::Number, "prelude.Seconds"),
              "Seconds between two looks how far the platform is. 1 if not given."),
    };
    type.example = embedded::aws_connection_ncl;
    return type;
}

}
