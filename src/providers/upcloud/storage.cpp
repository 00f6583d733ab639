#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/types.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace providers::upcloud {
namespace {

using namespace rest;
using provider::same_field;
using value::Value;

constexpr const char* kRule = "backup_rule";

json::Value write_rule(const Value& rule) {
    // Without one, an empty one is sent.
    if (rule.is_null()) return json::Object{};
    return json::Object{{"interval", text_of(rule, "interval")},
                        {"time", text_of(rule, "time")},
                        {"retention", id_text(rule.find("retention"))}};
}

Value read_rule(const json::Value& shown) {
    const std::string_view interval = shown.string_or("interval", "");
    if (interval.empty()) return {};
    return Value::Record{{"interval", std::string(interval)},
                         {"time", std::string(shown.string_or("time", ""))},
                         {"retention", number_as_text().read(*shown.find("retention"))}};
}

constexpr WireForm kRuleForm{.write = write_rule, .read = read_rule};

bool is_same_rule(const Value& wanted, const Value& shown) {
    if (wanted.is_null() || shown.is_null()) return wanted.is_null() == shown.is_null();
    return std::ranges::all_of(std::array{"interval", "time", "retention"}, [&](const char* name) {
        return id_text(wanted.find(name)) == id_text(shown.find(name));
    });
}

base::Result<void> refine(const provider::Change& change, provider::PlannedChange& planned) {
    return check_growth(change, planned, "size", "a storage");
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_length(inputs, "title", 1, 255));
    TRY(check_number(inputs, "size", 1, kLargestStorage));
    const Value& rule = field_of(inputs, kRule);
    TRY(check_number(rule, "retention", 1, 1095));
    const std::string& time = text_of(rule, "time");
    const bool is_time = time.size() == 4 && time < "2400" && time.substr(2) < "60" &&
                         std::ranges::all_of(time, [](unsigned char c) { return std::isdigit(c); });
    if (!time.empty() && !is_time) {
        return about(kRule, base::invalid_argument("`backup_rule.time` is no time of a day")
                                .with_help("hours and minutes: \"0430\""));
    }
    return check_labels(inputs);
}

std::vector<Field> fields() {
    Field rule = updatable(Input(
        kRule,
        record_of({
            Input("interval", one_of({"daily", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}),
                  "When one is made.")
                .required(),
            Input("time", a_string(), "Of the day: \"0430\".").required(),
            Input("retention", an_integer(), "Days that they are kept, up to 1095.").required(),
        }),
        "Backups that the platform makes by itself. Its server may not have a "
        "`simple_backup` then."));
    rule.form = &kRuleForm;
    rule.same = is_same_rule;
    rule.is_absent_none = true;
    return {
        updatable(Input("title", a_string(), "For people; several may have the same.").required()),
        updatable(Input("size", an_integer(), "In GiB, 1 to 4096. It can grow, never shrink.")
                      .required()),
        replacing(Input("zone", a_string(), "Where it is: \"fi-hel1\".").required()),
        replacing(Input("tier", one_of({"maxiops", "standard", "hdd"}), "How fast it is.")
                      .by_default("'maxiops")),
        in_form(
            replacing(Input("encrypted", a_bool(), "Encrypt what is on it.").by_default("false")),
            yes_or_no()),
        std::move(rule),
    };
}

RestType describe() {
    RestType type = wrapped_type("upcloud.Storage", "storage", "storage", "storages");
    type.schema.doc = "A disk that lives longer than the server it is attached to: see `storages` "
                      "of `upcloud.Server`.";
    type.schema.example = embedded::upcloud_storage_ncl;
    type.everywhere = "/storage/private/normal";
    // Lists leave the rule for backups out.
    type.lists_in_full = false;
    type.name_input = "title";
    type.progress = storage_progress;
    type.is_gone_at_once = true;
    type.fields = fields();
    type.results = {shown(Output("state", value::ValueType::String, "\"online\" …"), "state")};
    type.validate = validate;
    type.refine = refine;
    return complete(std::move(type));
}

}

Progress storage_progress(const json::Value& storage) {
    Progress out;
    const std::string_view state = storage.string_or("state", "online");
    if (state == "online") out.kind = Progress::Kind::Done;
    if (state == "error") {
        out.kind = Progress::Kind::Failed;
        out.code = "error";
        out.message = "the storage is in an error";
    }
    return out;
}

base::Result<void> check_growth(const provider::Change& change, provider::PlannedChange& planned,
                                const char* input, std::string_view what) {
    if (!change.prior || planned.action == provider::PlannedAction::Replace) return {};
    const std::int64_t* now = field_of(change.prior->inputs, input).as_integer();
    const std::int64_t* wanted = field_of(change.inputs, input).as_integer();
    if (now == nullptr || wanted == nullptr || *wanted >= *now) return {};
    // The program is as it was: somebody has grown it.
    if (same_field(change.inputs, change.recorded_inputs, input)) {
        planned.stuck = provider::PlannedChange::Stuck{.input = input,
                                                       .why = std::string(what) + " can only grow"};
        return {};
    }
    return about(input,
                 base::invalid_argument(fmt::format("`{}` is {}, but {} of {} GiB can only grow",
                                                    input, *wanted, what, *now))
                     .with_help("to have a smaller one, make another and copy what is on "
                                "this one"));
}

const RestType& storage_type() {
    static const RestType kType = describe();
    return kType;
}

}
