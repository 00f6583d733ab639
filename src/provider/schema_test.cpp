#include "provider/schema.hpp"

#include "fakes/fake_provider.hpp"

#include <gtest/gtest.h>

namespace provider {
namespace {

const Schema& sample() {
    static const Schema schema{
        .provider = "local",
        .doc = "Things on this machine.",
        .types = {
            {.name = "local.File",
             .doc = "A file with \"content\" and %{holes}.",
             .inputs = {{.name = "path",
                         .type = {.kind = FieldType::Kind::String, .contract = "prelude.Path"},
                         .doc = "Where.\nAbsolute or not.",
                         .required = true},
                        {.name = "mode",
                         .type = {.kind = FieldType::Kind::String},
                         .default_nickel = "\"0644\""},
                        {.name = "restart",
                         .type = {.kind = FieldType::Kind::Enum, .tags = {"always", "on-failure"}}},
                        {.name = "ports",
                         .type = {.kind = FieldType::Kind::Array,
                                  .element = {{.kind = FieldType::Kind::Number,
                                               .contract = "prelude.Port"}}}},
                        {.name = "check",
                         .type = {.kind = FieldType::Kind::Record,
                                  .fields = {{.name = "url",
                                              .type = {.kind = FieldType::Kind::String},
                                              .required = true},
                                             {.name = "match",
                                              .type = {.kind = FieldType::Kind::Integer},
                                              .doc = "how often",
                                              .default_nickel = "3"}}}}},
             .outputs =
                 {{.name = "sha256", .type = value::ValueType::String, .doc = "Of the content."}},
             .key = "path"}}};
    return schema;
}

TEST(Schema, PrintsAsAModuleOfContracts) {
    EXPECT_EQ(print_module(sample()), R"(# Things on this machine.
let prelude = import "provisioning/prelude.ncl" in
{
  File
    | doc "A file with \"content\" and \%{holes}."
    = {
      path
        | String
        | prelude.Path
        | doc m%%"
          Where.
          Absolute or not.
        "%%,
      mode
        | String
        | default = "0644",
      restart
        | [| 'always, 'on-failure |]
        | optional,
      ports
        | Array prelude.Port
        | optional,
      check
        | { url | String, "match" | std.number.Integer | doc "how often" | default = 3 }
        | optional,
      connection
        | Dyn
        | doc "The connection to use, where its provider has several."
        | optional,
      lifecycle
        | prelude.Lifecycle
        | doc "Protection, order of replacement, ignored inputs, what to wait for."
        | optional,
      # Outputs: known from the state, or after apply. They are not set in a workspace.
      sha256
        | String
        | doc "Of the content."
        | not_exported,
    },

}
)");
}

Change change_of(const ResourceType& type, value::Value recorded, value::Value wanted) {
    Change change{.type = type, .recorded_inputs = recorded, .inputs = std::move(wanted)};
    change.prior = ObservedResource{
        .key = "k",
        .inputs = std::move(recorded),
        .outputs = value::Value(value::Value::Record{{"id", "i"}, {"address", "a"}})};
    return change;
}

const ResourceType& thing() { return *fakes::fake_schema().find("fake.Thing"); }

TEST(PlanBySchema, NothingChanged) {
    value::Value inputs(value::Value::Record{{"name", "x"}});
    auto planned = plan_by_schema(change_of(thing(), inputs, inputs));
    EXPECT_EQ(planned.action, PlannedAction::None);
    EXPECT_FALSE(planned.outputs.has_unknown());
}

TEST(PlanBySchema, AbsentAndNullAreTheSame) {
    auto planned = plan_by_schema(
        change_of(thing(), value::Value(value::Value::Record{{"name", "x"}}),
                  value::Value(value::Value::Record{{"name", "x"}, {"zone", value::Value()}})));
    EXPECT_EQ(planned.action, PlannedAction::None);
}

TEST(PlanBySchema, UpdateMakesOnlyDependentOutputsUnknown) {
    auto planned = plan_by_schema(
        change_of(thing(), value::Value(value::Value::Record{{"name", "x"}}),
                  value::Value(value::Value::Record{{"name", "x"}, {"size", std::int64_t{3}}})));
    EXPECT_EQ(planned.action, PlannedAction::Update);
    EXPECT_EQ(planned.changed, std::vector<std::string>{"size"});
    EXPECT_FALSE(planned.outputs.find("id")->is_unknown());
    EXPECT_TRUE(planned.outputs.find("address")->is_unknown());
}

TEST(PlanBySchema, ForcingInputReplaces) {
    auto planned = plan_by_schema(
        change_of(thing(), value::Value(value::Value::Record{{"name", "x"}, {"zone", "a"}}),
                  value::Value(value::Value::Record{{"name", "x"}, {"zone", "b"}})));
    EXPECT_EQ(planned.action, PlannedAction::Replace);
    EXPECT_EQ(planned.forcing, std::vector<std::string>{"zone"});
    EXPECT_TRUE(planned.outputs.find("id")->is_unknown());
}

TEST(PlanBySchema, UnknownForcingInputMayReplace) {
    auto planned = plan_by_schema(
        change_of(thing(), value::Value(value::Value::Record{{"name", "x"}, {"zone", "a"}}),
                  value::Value(value::Value::Record{
                      {"name", "x"}, {"zone", value::Value::unknown(value::ValueType::String)}})));
    EXPECT_EQ(planned.action, PlannedAction::MayReplace);
}

TEST(PlanBySchema, DriftCountsUnlessTheFieldIsNeverReadBack) {
    value::Value inputs(
        value::Value::Record{{"name", "x"}, {"note", "n"}, {"size", std::int64_t{1}}});
    Change change = change_of(thing(), inputs, inputs);
    change.prior->inputs =
        value::Value(value::Value::Record{{"note", "other"}, {"size", std::int64_t{2}}});
    auto planned = plan_by_schema(change);
    EXPECT_EQ(planned.changed, std::vector<std::string>{"size"});
}

}
}
