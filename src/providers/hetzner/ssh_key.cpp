#include "embedded/providers.hpp"
#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

namespace providers::hetzner {
namespace {

using namespace rest;

// A key is its type and its bytes; what is written behind them is a comment.
// RFC 4253 keys in the form of OpenSSH's `.pub` files: "ssh-ed25519 AAAA… anna@home". Whether it
// still is the same key, the first two words say.
std::string_view without_comment(std::string_view key) {
    const std::size_t first = key.find(' ');
    if (first == std::string_view::npos) return key;
    const std::size_t second = key.find_first_of(" \n", first + 1);
    return key.substr(0, second);
}

bool is_same_key(const value::Value& wanted, const value::Value& shown) {
    const std::string* a = wanted.as_string();
    const std::string* b = shown.as_string();
    if (a == nullptr || b == nullptr) return wanted.same_as(shown);
    return without_comment(*a) == without_comment(*b);
}

base::Result<void> validate(const value::Value& inputs) {
    TRY(check_public_key(inputs));
    return check_labels(inputs);
}

RestType describe() {
    RestType type;
    type.schema.name = "hetzner.SshKey";
    type.schema.doc =
        "A public key that new servers can be given. Servers that have it keep it when it is "
        "deleted here.";
    type.schema.is_outlived = true;
    type.schema.example = embedded::hetzner_ssh_key_ncl;
    type.collection = "/ssh_keys";
    type.envelopes = answers_in("ssh_key", "ssh_keys");
    type.noun = "SSH key";
    Field key = replacing(
        Input("public_key", a_string(),
              "The key as in the file `id_….pub`. A change of its comment alone "
              "is none. A project has each key once.")
            .required()
            .unique_as([](std::string_view text) { return std::string(without_comment(text)); }));
    key.same = is_same_key;
    type.fields = {
        updatable(
            Input("name", a_string(), "Unique among the project's keys.").required().unique()),
        std::move(key),
    };
    OutputRule fingerprint;
    fingerprint.output = Output("fingerprint", value::ValueType::String,
                                "MD5 of the key, as the platform writes it: 16 bytes with colons.");
    type.results = {std::move(fingerprint)};
    type.validate = validate;
    return complete(std::move(type));
}

}

const RestType& ssh_key_type() {
    static const RestType kType = describe();
    return kType;
}

}
