#include "providers/local/testing.hpp"

namespace providers::local::testing {

class DataTest : public LocalTest {
protected:
    static Value value(Value inner) { return Value::Record{{"value", std::move(inner)}}; }
};

TEST_F(DataTest, PlansTheResultAsFarAsItIsKnown) {
    const Value partly =
        Value::Record{{"a", std::int64_t{1}}, {"b", Value::unknown(value::ValueType::String)}};
    const auto planned = plan("local.Data", value(partly));
    EXPECT_EQ(planned.action, provider::PlannedAction::Create);
    EXPECT_EQ(*planned.outputs.find("result"), partly);
    EXPECT_TRUE(planned.outputs.find("id")->is_unknown());
}

TEST_F(DataTest, KeepsItsIdWhenItChanges) {
    const auto create = intent("local.Data", Action::Create, value("one"));
    const auto made = must(create);
    EXPECT_EQ(shown_text(made.outputs, "result"), "one");
    EXPECT_EQ(shown_text(made.outputs, "id").size(), 16u);
    const auto planned = plan("local.Data", made, value("one"), value("two"));
    EXPECT_EQ(planned.action, provider::PlannedAction::Update);
    EXPECT_EQ(shown_text(planned.outputs, "id"), made.key);
    EXPECT_EQ(shown_text(planned.outputs, "result"), "two");
    const auto updated = must(next(create, made, Action::Update, value("two")));
    EXPECT_EQ(updated.key, made.key);
    EXPECT_EQ(shown_text(updated.outputs, "result"), "two");
}

TEST_F(DataTest, HasOneIdForAllAttemptsOfAnIntent) {
    const auto create = intent("local.Data", Action::Create, value("one"));
    EXPECT_EQ(must(create).key, must(create).key);
    EXPECT_NE(must(create).key, must(intent("local.Data", Action::Create, value("one"))).key);
}

TEST_F(DataTest, IsNeverSeenToDrift) {
    const auto seen = read("local.Data", "0123", value("x"));
    ASSERT_TRUE(seen);
    EXPECT_EQ(plan("local.Data", *seen, value("x"), value("x")).action,
              provider::PlannedAction::None);
    EXPECT_FALSE(type("local.Data").outside_effects);
}

TEST_F(DataTest, KeepsSecrets) {
    Value secret("hidden");
    secret.mark_secret();
    EXPECT_TRUE(plan("local.Data", value(secret)).outputs.find("result")->is_secret());
    EXPECT_TRUE(must(intent("local.Data", Action::Create, value(secret)))
                    .outputs.find("result")
                    ->is_secret());
}

}
