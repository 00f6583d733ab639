#include "engine/plan/plan_codec.hpp"

#include "base/hash.hpp"
#include "base/random.hpp"
#include "state/key.hpp"
#include "value/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace engine {
namespace {

const state::KeySource& key_source() {
    static const auto key = state::Key::from_bytes(std::string(32, 'k')).value();
    static const state::KeySource source = []() -> base::Result<const state::Key*> {
        return key.get();
    };
    return source;
}

// Plans of any shape, the same for the same seed.
class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}

    Plan plan() {
        Plan out;
        const std::size_t steps = number(6);
        std::vector<OrderStep> order(steps);
        for (std::size_t i = 0; i < steps; ++i) {
            out.steps.push_back(step(i));
            order[i].address = out.steps[i].address;
            order[i].action = out.steps[i].action;
            // Only earlier ones, so that there is no circle.
            if (i > 0 && flag()) order[i].reads = {static_cast<std::uint32_t>(number(i))};
        }
        for (std::size_t i = 0; i < steps; ++i) order[i].address = out.steps[i].address;
        auto made = Order::create(order);
        EXPECT_TRUE(made.ok());
        if (made.ok()) out.order = std::move(made).value();
        for (std::size_t i = number(3); i > 0; --i) out.drift.push_back(drift());
        for (std::size_t i = number(3); i > 0; --i)
            out.deferred.push_back({.address = text(), .waits_for = {text(), text()}});
        for (std::size_t i = number(3); i > 0; --i)
            out.blocked.push_back({.address = text(), .reason = text(), .by_orphan = flag()});
        for (std::size_t i = number(3); i > 0; --i)
            out.orphans.push_back(
                {.type = text(), .key = text(), .address = text(), .connection = connection()});
        for (std::size_t i = number(3); i > 0; --i)
            out.unlisted.push_back({.type = text(),
                                    .connection = connection(),
                                    .is_own = flag(),
                                    .code = base::Code::Unavailable,
                                    .message = text(),
                                    .blocks = {text()}});
        out.left_out = {text()};
        out.unchanged = {text(), text()};
        if (flag()) out.outputs = value(0);
        out.expected.push_back({.address = text(), .generation = number(9), .version = {}});
        if (flag()) out.expected.back().version = state::Version{1, 2, 3};
        if (flag()) out.record_updates.push_back(row());
        if (flag()) {
            out.observed.push_back(
                {.address = text(),
                 .seen = {
                     .key = text(), .inputs = value(0), .outputs = value(0), .token = text()}});
        }
        if (flag()) out.resources.push_back({text(), text(), action(), {text()}});
        out.summary = {number(9), number(9), number(9), number(9), number(9)};
        out.refreshed = flag();
        return out;
    }

private:
    std::uint64_t number(std::uint64_t below) { return random_.below(below); }
    bool flag() { return number(2) == 1; }
    std::string text() {
        static const std::string kSome[] = {"", "web.1", "\"quoted\"", "ü\n\x01", "a b", "{}"};
        return kSome[number(std::size(kSome))];
    }
    StepAction action() { return static_cast<StepAction>(number(6)); }
    value::Value value(int depth) {
        value::Value out;
        switch (number(depth > 3 ? 6 : 8)) {
            case 0: break;
            case 1: out = value::Value(flag()); break;
            case 2: out = value::Value(static_cast<std::int64_t>(number(1000)) - 500); break;
            case 3: out = value::Value(value::Rational::from_fraction(1, 3)); break;
            case 4: out = value::Value(text()); break;
            case 5: out = value::Value::unknown(static_cast<value::ValueType>(number(7))); break;
            case 6:
                out = value::Value(value::Value::Array{value(depth + 1), value(depth + 1)});
                break;
            default:
                out = value::Value(
                    value::Value::Record{{"$secret", value(depth + 1)}, {"b", value(depth + 1)}});
        }
        if (number(6) == 0) out.mark_secret();
        return out;
    }
    provider::ConnectionRef connection() {
        return std::make_shared<provider::ConnectionRecord>(provider::ConnectionRecord{
            .address = text(), .provider = text(), .identity = text(), .settings = value(2)});
    }
    state::Row row() {
        state::Row out;
        out.address = text();
        out.generation = number(9);
        out.type = text();
        out.connection = connection();
        out.key = text();
        out.inputs = value(0);
        out.outputs = value(0);
        out.lifecycle = value(0);
        out.dependencies = {text(), text()};
        out.complete = flag();
        out.version = {1, static_cast<std::int64_t>(number(9)), 3};
        return out;
    }
    FieldChange change() {
        FieldChange out{.path = text(), .before = {}, .after = {}, .forces = flag()};
        if (flag()) out.before = value(0);
        if (flag()) out.after = value(0);
        return out;
    }
    Drift drift() {
        return {.address = text(),
                .type = text(),
                .gone = flag(),
                .changes = {change(), change()},
                .fates = {Fate::Set, Fate::AsWanted}};
    }
    Step step(std::size_t at) {
        Step out;
        out.address = "step" + std::to_string(at);
        out.type = text();
        out.action = static_cast<StepAction>(1 + number(5));
        out.causes.push_back({.kind = static_cast<Cause::Kind>(number(11)),
                              .subject = text(),
                              .place = {.file = text(), .line = 3, .column = 4},
                              .action = action()});
        out.changes = {change()};
        out.changed = {text()};
        if (flag()) out.releases = {{.input = text(), .address = text(), .may = flag()}};
        out.reversible = flag();
        out.undo = text();
        out.risk = static_cast<Risk>(number(4));
        out.generation = number(9);
        out.create_first = flag();
        out.inputs = value(0);
        out.outputs = value(0);
        out.lifecycle = value(0);
        if (flag()) out.connection = connection();
        if (flag()) out.recorded = row();
        out.reads = {text()};
        out.place = {.file = text(), .line = 1, .column = 2};
        return out;
    }

    base::Random random_;
};

// Sealing takes a fresh nonce each time: texts of secrets differ, so plans are compared as they
// are read again.
std::string plain(Plan plan) {
    std::string out;
    const auto show = [&](const value::Value& value) {
        return value::to_json(value, [](const value::Value& secret) {
            return secret.as_string() != nullptr ? *secret.as_string() : std::string("other");
        });
    };
    for (const Step& step : plan.steps) {
        out += step.address + step.type + std::string(name_of(step.action)) + show(step.inputs) +
               show(step.outputs) + show(step.lifecycle) + step.place.file + step.undo;
        for (const FieldChange& change : step.changes) {
            out += change.path + (change.before ? show(*change.before) : "-") +
                   (change.after ? show(*change.after) : "-");
        }
        if (step.recorded) out += show(step.recorded->inputs) + step.recorded->key;
        if (step.connection) out += step.connection->identity + show(step.connection->settings);
    }
    return out;
}

TEST(PlanCodec, WhatIsWrittenIsReadAgainWithoutLoss) {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Plan plan = Maker(seed).plan();
        const auto text = write_plan(plan, key_source());
        ASSERT_TRUE(text.ok()) << text.error().text();
        const auto read = read_plan(*text, key_source());
        ASSERT_TRUE(read.ok()) << read.error().text() << " of seed " << seed;
        EXPECT_EQ(plain(*read), plain(plan)) << seed;
        EXPECT_EQ(read->order.sequence(), plan.order.sequence()) << seed;
        // All members: written again, it is as long, and the same but for the sealed parts.
        const auto again = write_plan(*read, key_source());
        ASSERT_TRUE(again.ok());
        EXPECT_EQ(again->size(), text->size()) << seed;
    }
}

TEST(PlanCodec, ASecretIsNotToBeFoundInTheText) {
    Plan plan;
    Step& step = plan.steps.emplace_back();
    step.address = "web";
    step.action = StepAction::Create;
    value::Value secret("correct horse battery staple");
    secret.mark_secret();
    step.inputs.set("password", secret);
    plan.order = Order::create({{.address = "web", .action = StepAction::Create}}).value();
    const std::string text = write_plan(plan, key_source()).value();
    EXPECT_EQ(text.find("correct horse"), std::string::npos);
    EXPECT_EQ(text.find(base::to_hex("correct horse")), std::string::npos);
    const Plan read = read_plan(text, key_source()).value();
    EXPECT_EQ(*read.steps[0].inputs.find("password"), secret);
}

TEST(PlanCodec, WhatIsNoPlanIsRefusedInWords) {
    const std::string good = write_plan(Maker(3).plan(), key_source()).value();
    const auto refuse = [&](std::string text, std::string_view why) {
        const auto read = read_plan(text, key_source());
        ASSERT_FALSE(read.ok()) << why;
        EXPECT_NE(read.error().text().find(why), std::string::npos) << read.error().text();
    };
    refuse("{", "reading a plan");
    refuse("{}", "no plan in the form");
    refuse(R"({"plan_format":2})", "no plan in the form");
    refuse(R"({"plan_format":1})", "`steps` is missing");
    refuse(R"({"plan_format":1,"steps":3})", "`steps` is no list");
    refuse(R"({"plan_format":1,"steps":[{"address":"a","type":"t","action":9}]})",
           "`action` is none of its kinds");
    std::string circle = good;
    const std::size_t at = circle.find("\"edges\":[");
    ASSERT_NE(at, std::string::npos);
    circle.insert(at + 9, R"([{"follower":0,"why":0}],)");
    refuse(circle, "order");
}

}
}
