#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace providers::aws {
namespace {

using namespace rest;
using value::Value;

// A key is its type and its bytes; what is written behind them is a comment.
std::string_view without_comment(std::string_view key) {
    key = base::trim(key);
    const std::size_t first = key.find(' ');
    return first == std::string_view::npos ? key
                                           : key.substr(0, key.find_first_of(" \n", first + 1));
}

bool is_same_key(const Value& wanted, const Value& shown) {
    const std::string* a = wanted.as_string();
    const std::string* b = shown.as_string();
    if (a == nullptr || b == nullptr) return wanted.same_as(shown);
    return without_comment(*a) == without_comment(*b);
}

base::Result<void> validate(const Value& inputs) {
    const std::string& key = text_of(inputs, "public_key");
    const bool is_known =
        key.empty() || key.starts_with("ssh-rsa ") || key.starts_with("ssh-ed25519 ");
    if (!is_known) {
        return wrong("public_key", "`public_key` is no key that the platform takes",
                     "it is one line of OpenSSH's: \"ssh-ed25519 AAAA… anna@home\", or ssh-rsa");
    }
    constexpr std::size_t kLongest = 255;
    if (text_of(inputs, "name").size() > kLongest) {
        return wrong("name", fmt::format("`name` has more than {} characters", kLongest), "");
    }
    return check_tags(inputs);
}

Type describe_key() {
    Type type =
        describe({.path = "/ec2/key-pair",
                  .noun = "key pair",
                  .id = "KeyPairId",
                  .describe = "DescribeKeyPairs",
                  .items = "KeyPairs",
                  .ids = "KeyPairIds",
                  .describe_with = {{"IncludePublicKey", true}},
                  .create = "ImportKeyPair",
                  .created = "",
                  .shows_created = false,
                  .tagged_as = "key-pair",
                  .remove = "DeleteKeyPair"},
                 "aws.KeyPair",
                 "A public key that new instances can be given. Instances that have it keep "
                 "it when it is deleted here.",
                 embedded::aws_key_pair_ncl);
    RestType& rest = type.rest;
    rest.schema.is_outlived = true;
    Field name = replacing(
        Input("name", a_string(), "Unique among the region's key pairs.").required().unique());
    name.member = "KeyName";
    Field key =
        replacing(Input("public_key", a_string(),
                        "The key as in the file `id_….pub`, ed25519 or RSA. A change of its "
                        "comment alone is none.")
                      .required());
    key.member = "PublicKeyMaterial";
    key.shown_at = "PublicKey";
    key.same = is_same_key;
    rest.fields = {std::move(name), std::move(key)};
    rest.results = {shown(
        Output("fingerprint", value::ValueType::String, "Of the key, as the platform writes it.")
            .changes_with({"public_key"}),
        "KeyFingerprint")};
    rest.validate = validate;
    rest = complete(std::move(rest));
    return type;
}

}

const Type& key_pair_type() {
    static const Type kType = describe_key();
    return kType;
}

}
