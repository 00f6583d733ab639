#include "engine/plan/plan_codec.hpp"

#include "base/hash.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "engine/plan/plan_fields.hpp"
#include "state/key.hpp"
#include "value/json.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <optional>
#include <typeinfo>

namespace engine {

// Turns into a member of any type; only asked about, never called. The types that would rather be
// constructed from it are named.
struct AnyMember {
    template <typename T>
    operator T() const;
    operator std::optional<value::Value>() const;
    operator std::optional<state::Version>() const;
    operator std::optional<state::Row>() const;
};

namespace {

const state::KeySource& key_source() {
    static const auto key = state::Key::from_bytes(std::string(32, 'k')).value();
    static const state::KeySource source = []() -> base::Result<const state::Key*> {
        return key.get();
    };
    return source;
}

// Fills whatever has a description with anything, the same for the same seed.
class FillingArchive {
public:
    explicit FillingArchive(std::uint64_t seed) : random_(seed) {}

    template <typename T>
    void operator()(std::string_view /*name*/, T& member) {
        fill(member);
    }
    template <typename T, typename Enum>
    void operator()(std::string_view /*name*/, T& member, Enum last) {
        last_ = static_cast<std::uint64_t>(last);
        fill(member);
    }

    std::uint64_t number(std::uint64_t below) { return random_.below(below); }

    void fill(bool& flag) { flag = number(2) == 1; }
    void fill(std::string& text) { text = some_text(); }
    template <std::integral T>
    void fill(T& value) {
        value = static_cast<T>(number(100));
    }
    template <typename T>
        requires std::is_enum_v<T>
    void fill(T& value) {
        value = static_cast<T>(number(last_ + 1));
    }
    void fill(value::Value& value) { value = some_value(0); }
    void fill(provider::ConnectionRef& record) {
        if (number(4) == 0) return;
        auto made = std::make_shared<provider::ConnectionRecord>();
        fill(*made);
        record = std::move(made);
    }
    template <typename T>
    void fill(std::optional<T>& value) {
        if (number(2) == 0) return;
        value = T();
        fill(*value);
    }
    template <typename T>
    void fill(std::vector<T>& items) {
        for (std::size_t i = number(4); i > 0; --i) fill(items.emplace_back());
    }
    template <Described<FillingArchive> T>
    void fill(T& record) {
        describe(*this, record);
    }

private:
    std::string some_text() {
        static const std::string kSome[] = {"", "web.1", "\"quoted\"", "ü\n\x01", "a b", "{}"};
        return kSome[number(std::size(kSome))];
    }
    value::Value some_value(int depth) {
        value::Value out;
        switch (number(depth > 3 ? 6 : 8)) {
            case 0: break;
            case 1: out = value::Value(number(2) == 1); break;
            case 2: out = value::Value(static_cast<std::int64_t>(number(1000)) - 500); break;
            case 3: out = value::Value(value::Rational::from_fraction(1, 3)); break;
            case 4: out = value::Value(some_text()); break;
            case 5: out = value::Value::unknown(static_cast<value::ValueType>(number(7))); break;
            case 6:
                out =
                    value::Value(value::Value::Array{some_value(depth + 1), some_value(depth + 1)});
                break;
            default:
                out = value::Value(value::Value::Record{{"$secret", some_value(depth + 1)},
                                                        {"b", some_value(depth + 1)}});
        }
        if (number(6) == 0) out.mark_secret();
        return out;
    }

    base::Random random_;
    std::uint64_t last_ = 0;
};

// Anything, as far as a plan may be that.
Plan any_plan(std::uint64_t seed) {
    FillingArchive archive(seed);
    Plan plan;
    describe(archive, plan);
    for (Drift& drift : plan.drift) drift.fates.resize(drift.changes.size(), Fate::Set);
    std::vector<OrderStep> order(plan.steps.size());
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        Step& step = plan.steps[i];
        step.address = "step" + std::to_string(i);
        if (step.action == StepAction::None) step.action = StepAction::Create;
        order[i].address = step.address;
        order[i].action = step.action;
        // Only earlier ones, so that there is no circle.
        if (i > 0 && archive.number(2) == 0) {
            order[i].reads = {static_cast<std::uint32_t>(archive.number(i))};
        }
    }
    auto made = Order::create(order);
    EXPECT_TRUE(made.ok());
    if (made.ok()) plan.order = std::move(made).value();
    return plan;
}

// All that has a description as text. Sealing takes a fresh nonce each time, so that documents of
// secrets differ: here they are told openly.
class ShowingArchive {
public:
    template <typename T>
    void operator()(std::string_view name, T& member) {
        out_.append(name) += '=';
        show(member);
        out_ += ';';
    }
    template <typename T, typename Enum>
    void operator()(std::string_view name, T& member, Enum /*last*/) {
        (*this)(name, member);
    }

    void show(const std::string& text) { out_ += base::quote_json(text); }
    template <typename T>
        requires std::integral<T> || std::is_enum_v<T>
    void show(T value) {
        out_ += std::to_string(static_cast<std::int64_t>(value));
    }
    void show(const value::Value& value) {
        out_ += value::to_json(value, [](const value::Value& secret) {
            return secret.as_string() != nullptr ? *secret.as_string() : std::string("other");
        });
    }
    void show(const provider::ConnectionRef& record) {
        if (record == nullptr) return;
        provider::ConnectionRecord copy = *record;
        show(copy);
    }
    template <typename T>
    void show(std::optional<T>& value) {
        value ? show(*value) : void(out_ += "none");
    }
    template <typename T>
    void show(std::vector<T>& items) {
        out_ += '[';
        for (T& item : items) {
            show(item);
            out_ += ',';
        }
        out_ += ']';
    }
    template <Described<ShowingArchive> T>
    void show(T& record) {
        out_ += '{';
        describe(*this, record);
        out_ += '}';
    }

    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

std::string all_of(Plan plan) {
    ShowingArchive archive;
    archive.show(plan);
    OrderParts order = parts_of(plan.order);
    archive.show(order);
    return archive.take();
}

template <typename Record, typename... Members>
consteval std::size_t member_count() {
    if constexpr (requires { Record{Members()..., AnyMember()}; }) {
        return member_count<Record, Members..., AnyMember>();
    } else {
        return sizeof...(Members);
    }
}

struct CountingArchive {
    std::size_t count = 0;
    template <typename T, typename... Last>
    void operator()(std::string_view /*name*/, T& /*member*/, Last... /*last*/) {
        ++count;
    }
};
template <typename Record>
std::size_t described_count() {
    CountingArchive archive;
    Record record;
    describe(archive, record);
    return archive.count;
}

template <typename... Records>
void expect_all_of() {
    const auto expect = [](std::size_t described, std::size_t there, const char* name) {
        EXPECT_EQ(described, there) << name;
    };
    (expect(described_count<Records>(), member_count<Records>(), typeid(Records).name()), ...);
}

TEST(PlanFields, NoMemberIsForgotten) {
    expect_all_of<value::InputPlace, FieldChange, Cause, Detach, Step, Drift, Deferral, Blocked,
                  Orphan, Unlisted, Observed, PlannedResource, Summary>();
    expect_all_of<provider::ConnectionRecord, provider::ObservedResource, state::Version,
                  state::Row, state::Expected, Order::Node, Order::Edge, OrderParts>();
    EXPECT_EQ(described_count<Plan>() + 2, member_count<Plan>()) << "but for the order";
}

TEST(PlanCodec, WhatIsWrittenIsReadAgainWithoutLoss) {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Plan plan = any_plan(seed);
        const auto text = write_plan(plan, key_source());
        ASSERT_TRUE(text.ok()) << text.error().text();
        const auto read = read_plan(*text, key_source());
        ASSERT_TRUE(read.ok()) << read.error().text() << " of seed " << seed;
        ASSERT_EQ(all_of(*read), all_of(plan)) << seed;
        EXPECT_EQ(read->order.sequence(), plan.order.sequence()) << seed;
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
    std::uint64_t seed = 0;
    while (any_plan(seed).steps.empty()) ++seed;   // what has no steps has no order to spoil
    const std::string good = write_plan(any_plan(seed), key_source()).value();
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
