#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/service.hpp"
#include "providers/upcloud/types.hpp"

#include <algorithm>
#include <cctype>

namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

constexpr const char* kVersion = "version";

Call call_of(const UpdateContext& update, const char* name, const char* method,
             const std::string& below, json::Object body) {
    Call call;
    call.name = name;
    call.method = method;
    call.path = "/database/" + std::string(update.key) + below;
    call.body = std::move(body);
    return call;
}

// A version is one of its properties, and goes up by a call of its own; power is changed alone.
std::optional<Call> next(const UpdateContext& update) {
    const Value& version = field_of(update.wanted(), kVersion);
    if (!version.is_null() && !version.same_as(field_of(update.shown, kVersion))) {
        return call_of(update, "upgrade", "POST", "/upgrade",
                       json::Object{{"target_version", to_json(version)}});
    }
    const Value& powered = field_of(update.wanted(), "powered");
    if (powered.is_null() || powered.same_as(field_of(update.shown, "powered"))) {
        return std::nullopt;
    }
    return call_of(update, "power", "PATCH", "", json::Object{{"powered", to_json(powered)}});
}

void complete_body(const Value& inputs, json::Object& body) {
    const Value& version = field_of(inputs, kVersion);
    if (version.is_null()) return;
    json::Value properties = json::Object{};
    if (const json::Value* given = body.find("properties")) properties = *given;
    properties.as_object()->set(kVersion, to_json(version));
    body.set("properties", std::move(properties));
}

base::Result<void> refine(const provider::Change& change, provider::PlannedChange& planned) {
    if (!change.prior) return {};
    const std::string& now = text_of(change.prior->inputs, kVersion);
    const std::string& wanted = text_of(change.inputs, kVersion);
    const auto major = [](const std::string& text) { return std::atoi(text.c_str()); };
    if (now.empty() || wanted.empty() || major(wanted) >= major(now)) return {};
    if (planned.action == provider::PlannedAction::Replace) return {};
    return about(kVersion, base::invalid_argument("`version` is " + wanted + ", and it has " + now)
                               .with_help("versions only go up"));
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_length(inputs, "hostname_prefix", 3, 30));
    const Value& properties = field_of(inputs, "properties");
    if (properties.find(kVersion) != nullptr) {
        return about("properties", base::invalid_argument("`properties` has a `version`")
                                       .with_help("write it as `version` of the database"));
    }
    return check_labels(inputs);
}

std::vector<Field> fields() {
    Field prefix = replacing(
        Input("hostname_prefix", a_string(), "What its names begin with; unique in the account.")
            .required()
            .unique());
    prefix.shown_at = "name";
    Field version = custom(Input(kVersion, a_string(),
                                 "Of the engine: \"17\"; the platform's choice if not given. It "
                                 "only goes up."));
    version.is_created_with = false;
    version.shown_at = "properties.version";
    version.chosen = "version_now";
    Field powered = custom(Input("powered", a_bool(), "Whether it runs.").by_default("true"));
    powered.is_created_with = false;
    Field properties = contained(updatable(
        Input("properties", dict_of(anything()),
              "Of the engine, as the API has them: `public_access`, `ip_filter` … Only those that "
              "are given are looked after.")));
    properties.is_left_alone = true;
    Field maintenance = contained(
        updatable(Input("maintenance",
                        record_of({
                            Input("dow",
                                  one_of({"monday", "tuesday", "wednesday", "thursday", "friday",
                                          "saturday", "sunday"}),
                                  "On which day.")
                                .required(),
                            Input("time", a_string(), "From when on: \"05:00:00\".").required(),
                        }),
                        "When it may be looked after; the platform's choice if not given.")));
    maintenance.is_left_alone = true;
    return {
        std::move(prefix),
        replacing(Input("type", one_of({"pg", "mysql", "valkey", "opensearch"}), "The engine.")
                      .required()),
        updatable(Input("plan", a_string(), "\"1x1xCPU-2GB-25GB\".").required()),
        updatable(
            Input("zone", a_string(), "Where it is: \"fi-hel1\". A change moves it.").required()),
        updatable(Input("title", a_string(), "For people.").required()),
        std::move(version),
        std::move(properties),
        service_networks(updatable, false),
        std::move(maintenance),
        updatable(Input("termination_protection", a_bool(),
                        "Let the platform refuse to stop or delete it, whoever asks.")
                      .by_default("false")
                      .guards()),
        std::move(powered),
    };
}

RestType describe() {
    RestType type = bare_type("upcloud.Database", "database", "/database");
    type.schema.doc = "A managed database: PostgreSQL, MySQL, Valkey or OpenSearch. It takes some "
                      "minutes to be made.";
    type.schema.example = embedded::upcloud_database_ncl;
    type.progress = service_progress<kState>;
    type.name_input = "hostname_prefix";
    type.fields = fields();
    const auto output = [](const char* name, const char* path, const char* doc) {
        return shown(Output(name, value::ValueType::Dyn, doc).changes_with({"powered", "plan"}),
                     path);
    };
    OutputRule uri =
        shown(Output("service_uri", value::ValueType::Dyn, "With its user and password.")
                  .changes_with({"powered", "plan"})
                  .secret(),
              "service_uri");
    OutputRule password = shown(Output("password", value::ValueType::Dyn, "Of `user`.").secret(),
                                "service_uri_params.password");
    type.results = {
        output("host", "service_uri_params.host", "Where it is reached."),
        output("port", "service_uri_params.port", "Likewise, as a text."),
        output("user", "service_uri_params.user", "Its first user."),
        std::move(password),
        std::move(uri),
        output("state", "state", "\"running\" …"),
        shown(
            Output("version_now", value::ValueType::Dyn, "Of the engine.").changes_with({kVersion}),
            "properties.version"),
    };
    type.validate = validate;
    type.refine = refine;
    type.next = next;
    type.complete_body = complete_body;
    return complete(std::move(type));
}

}

const RestType& database_type() {
    static const RestType kType = describe();
    return kType;
}

}
