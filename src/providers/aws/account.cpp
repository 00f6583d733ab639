#include "providers/aws/account.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <optional>

namespace providers::aws {
namespace {

using rest::field_of;
using rest::NamedEndpoint;
using rest::text_of;
using value::Value;

constexpr std::string_view kName = "AWS";
constexpr std::string_view kServices[] = {"ec2", "sqs", "sts"};
constexpr std::size_t kMostConfiguration = std::size_t{1} << 20;
// What a profile may say instead of keys, and we do not do.
constexpr std::string_view kOtherWays[] = {"credential_process", "sso_session", "sso_start_url",
                                           "role_arn", "web_identity_token_file"};

std::string variable(const provider::Host& host, std::string_view name) {
    if (!host.environment) return {};
    return host.environment(std::string(name)).value_or("");
}

std::string first_of(std::string first, std::string second) {
    return first.empty() ? std::move(second) : std::move(first);
}

std::string file_of(const provider::Host& host, std::string_view named_by, std::string_view usual) {
    std::string file = variable(host, named_by);
    if (!file.empty()) return file;
    const std::string home = variable(host, "HOME");
    return home.empty() ? home : base::join_path(home, std::string(usual));
}

// What both files say of a profile. A file that is not there says nothing.
struct Files {
    std::string profile;
    Profile credentials;   // of ~/.aws/credentials
    Profile config;
    std::string credentials_file;
    std::string config_file;

    std::string get(const std::string& key) const {
        for (const Profile* one : {&credentials, &config}) {
            if (const auto found = one->find(key); found != one->end()) return found->second;
        }
        return {};
    }
    bool has(const std::string& key) const { return !get(key).empty(); }
};

base::Result<std::map<std::string, Profile>> read_file_of_profiles(const std::string& file) {
    if (file.empty()) return std::map<std::string, Profile>();
    auto read = base::read_file(file);
    if (!read.ok() && read.error().code() == base::Code::NotFound) {
        return std::map<std::string, Profile>();
    }
    std::string text = TRY(std::move(read));
    if (text.size() > kMostConfiguration) {
        return base::Error(base::Code::Exhausted, fmt::format("\"{}\" is too large", file));
    }
    auto profiles = read_profiles(text);
    // It has the keys of all profiles; its text does not stay on the heap.
    base::wipe(text.data(), text.size());
    return profiles;
}

base::Result<Files> read_files(const Value& settings, const provider::Host& host) {
    Files out;
    out.profile = first_of(text_of(settings, "profile"), variable(host, "AWS_PROFILE"));
    const bool is_named = !out.profile.empty();
    if (!is_named) out.profile = "default";
    out.credentials_file = file_of(host, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
    out.config_file = file_of(host, "AWS_CONFIG_FILE", ".aws/config");
    auto credentials = TRY(read_file_of_profiles(out.credentials_file));
    auto config = TRY(read_file_of_profiles(out.config_file));
    const std::string section = out.profile == "default" && !config.contains("profile default")
                                    ? "default"
                                    : "profile " + out.profile;
    const bool is_there = credentials.contains(out.profile) || config.contains(section);
    if (is_named && !is_there) {
        return base::Error(base::Code::Unauthenticated,
                           fmt::format("there is no profile \"{}\" in \"{}\" or \"{}\"",
                                       out.profile, out.credentials_file, out.config_file));
    }
    out.credentials = std::move(credentials[out.profile]);
    out.config = std::move(config[section]);
    return out;
}

base::Error no_keys(std::string looked) {
    return base::Error(base::Code::Unauthenticated,
                       fmt::format("there are no credentials for AWS: {}", looked))
        .with_help("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of "
                   "~/.aws/config with AWS_PROFILE or `profile`");
}

rest::Credential credential_of(std::string id, std::string secret, std::string session) {
    rest::Credential out;
    out.emplace_back(std::move(id));
    out.emplace_back(std::move(secret));
    if (!session.empty()) out.emplace_back(std::move(session));
    return out;
}

std::string endpoint_variable(std::string_view service) {
    std::string out = "AWS_ENDPOINT_URL";
    if (service.empty()) return out;
    out += '_';
    for (const char c : service) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return out;
}

std::optional<NamedEndpoint> endpoint_of_environment(const provider::Host& host,
                                                     std::string_view service) {
    std::string name = endpoint_variable(service);
    std::string url = variable(host, name);
    if (url.empty()) return std::nullopt;
    return NamedEndpoint{.url = std::move(url), .place = std::move(name)};
}

std::string place_of(const Files& files) {
    const bool is_in_credentials = files.credentials.contains("aws_access_key_id");
    return fmt::format("the profile \"{}\" of \"{}\"", files.profile,
                       is_in_credentials ? files.credentials_file : files.config_file);
}

std::optional<NamedEndpoint> endpoint_of_profile(const Files& files) {
    std::string url = files.get("endpoint_url");
    if (url.empty()) return std::nullopt;
    return NamedEndpoint{.url = std::move(url), .place = place_of(files)};
}

// In the order of the vendor's own tools: a profile that the program names goes before the
// environment.
base::Result<std::vector<rest::CredentialSource>>
find_sources(const Value& settings, const Files& files, const provider::Host& host) {
    std::vector<rest::CredentialSource> out;
    std::string id = variable(host, "AWS_ACCESS_KEY_ID");
    std::string secret = variable(host, "AWS_SECRET_ACCESS_KEY");
    const bool may_use_environment = text_of(settings, "profile").empty();
    if (may_use_environment && !id.empty() && !secret.empty()) {
        out.push_back({.place = "AWS_ACCESS_KEY_ID",
                       .credential = credential_of(std::move(id), std::move(secret),
                                                   variable(host, "AWS_SESSION_TOKEN")),
                       .endpoint = endpoint_of_environment(host, "")});
    }
    if (files.has("aws_access_key_id") && files.has("aws_secret_access_key")) {
        out.push_back({.place = place_of(files),
                       .credential = credential_of(files.get("aws_access_key_id"),
                                                   files.get("aws_secret_access_key"),
                                                   files.get("aws_session_token")),
                       .endpoint = endpoint_of_profile(files)});
    }
    if (!out.empty()) return out;
    for (const std::string_view way : kOtherWays) {
        if (!files.has(std::string(way))) continue;
        return base::Error(base::Code::Unimplemented,
                           fmt::format("the profile \"{}\" gets its credentials by `{}`, which is "
                                       "not supported yet",
                                       files.profile, way))
            .with_help("export them to the environment: `aws configure export-credentials`");
    }
    return no_keys(fmt::format("AWS_ACCESS_KEY_ID is not set, and the profile \"{}\" has no keys",
                               files.profile));
}

// The secret itself stands here instead of the reference that the program has.
base::Result<std::string> given_secret(const Value& settings, std::string_view input) {
    const Value& given = field_of(settings, input);
    if (given.is_null()) return std::string();
    const std::string* text = given.as_string();
    if (text != nullptr && given.is_secret()) return std::string(base::trim(*text));
    return base::invalid_argument(fmt::format("`{}` is no reference to a secret", input))
        .with_help(
            fmt::format("write it as `{} = p.secret \"env:NAME\"`, never the key itself", input));
}

base::Result<std::optional<rest::Credential>> given_credential(const Value& settings) {
    const std::string id = text_of(settings, "access_key_id");
    std::string secret = TRY(given_secret(settings, "secret_access_key"));
    std::string session = TRY(given_secret(settings, "session_token"));
    if (id.empty() && secret.empty()) return std::optional<rest::Credential>();
    if (id.empty() || secret.empty()) {
        return base::invalid_argument(
            "`access_key_id` and `secret_access_key` of the connection belong together");
    }
    return std::optional(credential_of(id, std::move(secret), std::move(session)));
}

Keys keys_of(const rest::Credential& credential) {
    return {.id = credential[0].reveal(),
            .secret = credential[1],
            .session = credential.size() > 2 ? credential[2] : base::SecretText()};
}

// Those of single services. The environment names them beside its own keys; whoever gives keys in
// the program leads them there as well.
base::Result<void> add_service_endpoints(Account& account, const provider::Host& host,
                                         bool are_good_for_environment) {
    for (const std::string_view service : kServices) {
        const auto named = endpoint_of_environment(host, service);
        if (!named) continue;
        const std::string vendors = TRY(public_endpoint(service, account.endpoints.region())).url;
        const rest::Vendor vendor{.name = kName,
                                  .endpoint = vendors,
                                  .how_to_give = "`secret_access_key = p.secret \"env:NAME\"`",
                                  .how_to_name_it = "`endpoint_url` in the profile"};
        const rest::CredentialSource source{.place = account.place,
                                            .credential = account.access.credential(),
                                            .endpoint =
                                                are_good_for_environment ? named : std::nullopt};
        const rest::Access access = TRY(rest::Access::found(vendor, named, {&source, 1}));
        account.endpoints.set(std::string(service), access.endpoint());
    }
    return {};
}

}

std::map<std::string, Profile> read_profiles(std::string_view text) {
    std::map<std::string, Profile> out;
    Profile* section = nullptr;
    for (const std::string_view line : base::split_lines(text)) {
        const std::string_view trimmed = base::trim(line);
        const bool is_further_in = !line.empty() && (line[0] == ' ' || line[0] == '\t');
        if (trimmed.empty() || trimmed[0] == '#' || trimmed[0] == ';' || is_further_in) continue;
        if (trimmed[0] == '[') {
            const std::size_t end = trimmed.find(']');
            std::string name(base::trim(trimmed.substr(1, end - 1)));
            section = end == std::string_view::npos ? nullptr : &out[std::move(name)];
            continue;
        }
        const std::size_t equals = trimmed.find('=');
        if (section == nullptr || equals == std::string_view::npos) continue;
        std::string_view value = base::trim(trimmed.substr(equals + 1));
        // A comment behind a value needs a blank before it.
        value = base::trim(value.substr(0, std::min(value.find(" #"), value.find(" ;"))));
        (*section)[base::to_lower_ascii(base::trim(trimmed.substr(0, equals)))] = value;
    }
    return out;
}

base::Result<Account> find_account(const Value& settings, const provider::Host& host) {
    std::optional<rest::Credential> given = TRY(given_credential(settings));
    const Files files = TRY(read_files(settings, host));
    std::string region = text_of(settings, "region");
    for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        region = first_of(std::move(region), variable(host, name));
    }
    region = first_of(std::move(region), files.get("region"));
    if (region.empty()) {
        return base::invalid_argument("there is no region for AWS")
            .with_help("give the connection a `region`, or set AWS_REGION");
    }
    Account out;
    out.endpoints = Endpoints(region);
    const std::string vendors = TRY(public_endpoint("ec2", region)).url;
    const rest::Vendor vendor{.name = kName,
                              .endpoint = vendors,
                              .how_to_give = "`secret_access_key = p.secret \"env:NAME\"`",
                              .how_to_name_it = "AWS_ENDPOINT_URL beside AWS_ACCESS_KEY_ID"};
    const std::string& endpoint = text_of(settings, "endpoint");
    std::optional<NamedEndpoint> wanted = endpoint_of_environment(host, "");
    if (!endpoint.empty()) wanted = {.url = endpoint, .place = "`endpoint` of the connection"};
    const bool is_given = given.has_value();
    if (is_given) {
        out.place = "`access_key_id` of the connection";
        if (!wanted) wanted = endpoint_of_profile(files);
        NamedEndpoint own{.url = vendors, .place = std::string(kName)};
        out.access = TRY(rest::Access::given(wanted.value_or(std::move(own)), std::move(*given)));
    } else {
        const auto sources = TRY(find_sources(settings, files, host));
        out.access = TRY(rest::Access::found(vendor, wanted, sources));
        out.place = sources.front().place;
        for (const rest::CredentialSource& source : sources) {
            if (!wanted || rest::is_good_for(source, vendor, wanted->url)) {
                out.place = source.place;
                break;
            }
        }
    }
    out.keys = keys_of(out.access.credential());
    if (out.access.endpoint() != vendors) out.endpoints.set_all(out.access.endpoint());
    // An endpoint of the program is that of all services.
    if (endpoint.empty()) {
        TRY(add_service_endpoints(out, host, is_given || out.place == "AWS_ACCESS_KEY_ID"));
    }
    return out;
}

std::string stranger_of(const Value& settings, const provider::Host& host) {
    const std::string& url = text_of(settings, "endpoint");
    if (url.empty()) return {};
    const auto vendors = public_endpoint("ec2", first_of(text_of(settings, "region"), "us-east-1"));
    if (!vendors.ok()) return {};
    const rest::Vendor vendor{
        .name = kName, .endpoint = vendors->url, .how_to_give = "", .how_to_name_it = ""};
    std::string stranger = rest::stranger_at(vendor, url, endpoint_of_environment(host, ""));
    return field_of(settings, "endpoint").is_secret() ? "an endpoint that a secret names"
                                                      : stranger;
}

}
