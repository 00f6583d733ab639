#include "engine/plan/detach.hpp"

#include "provider/schema.hpp"

#include <gtest/gtest.h>

namespace engine {
namespace {

using value::Value;

provider::InputField field(std::string name, provider::FieldType::Kind kind, bool attaches) {
    provider::InputField out;
    out.name = std::move(name);
    out.type.kind = kind;
    if (attaches) out.attaches.to = {{.type = "cloud.Network", .output = "id"}};
    return out;
}

// A server with networks as entries that say how, as a list of ids, as one id, and within a record.
provider::ResourceType server() {
    using Kind = provider::FieldType::Kind;
    provider::InputField entries = field("entries", Kind::Array, false);
    entries.type.element = {
        {.kind = Kind::Record,
         .fields = {field("network", Kind::Integer, true), field("ip", Kind::String, false)}}};
    provider::InputField within = field("within", Kind::Record, false);
    within.type.fields = {field("network", Kind::Integer, true)};
    provider::ResourceType type;
    type.inputs = {entries, field("ids", Kind::Array, true), field("id", Kind::Integer, true),
                   within, field("name", Kind::String, false)};
    return type;
}

Value entry(Value network) {
    return Value(Value::Record{{"network", std::move(network)}, {"ip", Value("10.0.0.2")}});
}

Value inputs() {
    return Value(Value::Record{
        {"entries", Value(Value::Array{entry(std::int64_t{42}), entry(std::int64_t{420042})})},
        {"ids", Value(Value::Array{Value("42"), Value(std::int64_t{4}), Value("420042")})},
        {"id", Value(std::int64_t{42})},
        {"within", Value(Value::Record{{"network", Value("42")}})},
        {"name", Value("42")},
    });
}

Value detached_from(std::string input, std::string id) {
    const std::vector<Detach> detaches{{.input = std::move(input), .id = std::move(id)}};
    return detached(server(), inputs(), detaches);
}

TEST(Detach, TakesTheEntryOutThatSaysHow) {
    const Value out = detached_from("entries", "42");
    EXPECT_TRUE(out.find("entries")->same_as(Value(Value::Array{entry(std::int64_t{420042})})));
    EXPECT_TRUE(out.find("ids")->same_as(*inputs().find("ids")));
}

TEST(Detach, ComparesIdsWholeAndInBothNotations) {
    EXPECT_TRUE(detached_from("entries", "4").same_as(inputs()));
    EXPECT_TRUE(detached_from("entries", "0042").same_as(inputs()));
    const Value out = detached_from("ids", "42");
    EXPECT_TRUE(
        out.find("ids")->same_as(Value(Value::Array{Value(std::int64_t{4}), Value("420042")})));
}

TEST(Detach, LeavesNullWhereAFieldIsOnlyAnId) {
    const Value out = detached_from("id", "42");
    ASSERT_NE(out.find("id"), nullptr);
    EXPECT_TRUE(out.find("id")->is_null());
    const Value within = detached_from("within", "42");
    ASSERT_NE(within.find("within")->find("network"), nullptr);
    EXPECT_TRUE(within.find("within")->find("network")->is_null());
}

TEST(Detach, TouchesNothingThatDoesNotAttach) {
    EXPECT_TRUE(detached_from("name", "42").same_as(inputs()));
    EXPECT_TRUE(detached_from("missing", "42").same_as(inputs()));
}

}
}
