#include "suite.hpp"

#include "fakes/fake_provider.hpp"

#include <algorithm>

namespace conformance {
namespace {

using value::Value;

// Two accounts of one platform in memory, which refuses as real ones do.
struct World {
    fakes::FakeCloud cloud;
    fakes::FakeCloud other_cloud;
    int refusals = 0;   // of the next calls, as sent too often
};

enum class Login { Right, Wrong, Other };

// The front of the platform: looks at who asks, and how often.
class Front final : public provider::Connection {
public:
    Front(std::shared_ptr<World> world, Login login)
        : world_(std::move(world)), login_(login),
          inner_(login == Login::Other ? world_->other_cloud : world_->cloud, capabilities()) {}

    const provider::Capabilities& capabilities() const override {
        static const provider::Capabilities kCapabilities{.bulk_lists = true, .tags = true};
        return kCapabilities;
    }
    std::string identity() const override {
        return login_ == Login::Other ? "fake://cloud/other" : "fake://cloud/ours";
    }
    base::Result<void> validate(const provider::ResourceType& type, const Value& inputs) override {
        return inner_.validate(type, inputs);
    }
    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext context) override {
        return inner_.plan(change, std::move(context));
    }
    base::Result<std::optional<provider::ObservedResource>>
    read(const provider::ResourceType& type, const std::string& key, const Value& recorded,
         provider::CallContext context) override {
        TRY(admit());
        return inner_.read(type, key, recorded, context);
    }
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override {
        TRY(admit());
        return inner_.start(intent, context);
    }
    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 provider::CallContext context) override {
        TRY(admit());
        return inner_.poll(intent, context);
    }
    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              provider::CallContext context) override {
        TRY(admit());
        return inner_.find(intent, context);
    }

private:
    base::Result<void> admit() {
        if (login_ == Login::Wrong) {
            return base::Error(base::Code::Unauthenticated, "the token is not known");
        }
        if (world_->refusals == 0) return {};
        --world_->refusals;
        return base::Error(base::Code::Busy, "too many requests");
    }

    std::shared_ptr<World> world_;
    Login login_;
    fakes::FakeConnection inner_;
};

Connect connect_as(const std::shared_ptr<World>& world, Login login) {
    return [world, login] {
        return base::Result<std::unique_ptr<provider::Connection>>(
            std::make_unique<Front>(world, login));
    };
}

Subject subject_of(const std::shared_ptr<World>& world, const char* type) {
    Subject subject;
    subject.name = type;
    subject.type = fakes::fake_schema().find(type);
    subject.connect = connect_as(world, Login::Right);
    subject.exempt({"kill in a call"}, "the platform lives in the process that would be killed");
    subject.exempt({"unknown field in an answer"}, "its answers are no documents");
    return subject;
}

// What applies to all types with effects.
void add_faults(Subject& subject, const std::shared_ptr<World>& world) {
    lose_answers_in_front(subject);
    subject.unremovable = {{.inputs = {}, .reason = "the platform shows what it was given"}};
    subject.count = [world] { return static_cast<int>(world->cloud.objects.size()); };
    subject.remove_outside = [world] { world->cloud.objects.clear(); };
    subject.change_outside = [world] {
        world->cloud.objects.begin()->second.inputs.set("size", Value(std::int64_t{7}));
    };
    subject.faults.throttle = [world] { world->refusals = 3; };
    subject.faults.connect_with_wrong_credentials = connect_as(world, Login::Wrong);
    subject.faults.connect_to_another_account = connect_as(world, Login::Other);
}

Value thing_inputs(std::int64_t size, const char* zone) {
    return Value::Record{{"name", "x"}, {"size", size}, {"zone", zone}};
}

Subject thing_in(const std::shared_ptr<World>& world) {
    Subject subject = subject_of(world, "fake.Thing");
    add_faults(subject, world);
    subject.inputs = thing_inputs(1, "a");
    subject.updated = thing_inputs(2, "a");
    subject.replaced = thing_inputs(1, "b");
    subject.make_by_hand = [world, inputs = subject.inputs] {
        const Value outputs = Value::Record{{"id", "by-hand"}, {"address", "10.0.0.1"}};
        world->cloud.objects["by-hand"] = {
            .type = "fake.Thing", .inputs = inputs, .outputs = outputs, .token = ""};
        return "by-hand";
    };
    subject.exempt({"foreign thing"}, "the platform chooses the key");
    return subject;
}

void behave(Subject& subject, const char* how) {
    for (Value* inputs : {&subject.inputs, &subject.updated, &subject.replaced}) {
        inputs->set("behave", how);
    }
}

Subject thing() {
    Subject subject = thing_in(std::make_shared<World>());
    subject.exempt({"kill between start and poll", "kill between phases"}, "done at once");
    return subject;
}

Subject slow_thing() {
    Subject subject = thing_in(std::make_shared<World>());
    subject.name += " (slow)";
    behave(subject, "slow");
    subject.slow = subject.inputs;
    subject.exempt({"kill between phases"}, "done in one call");
    return subject;
}

Subject thing_in_phases() {
    Subject subject = thing_in(std::make_shared<World>());
    subject.name += " (in phases)";
    behave(subject, "phases");
    subject.phased = subject.inputs;
    subject.exempt({"kill between start and poll"}, "each phase is done at once");
    subject.exempt(
        {"answer lost, acted before", "answer lost, acted later", "answer lost, never acted"},
        "the first phase of a create makes nothing that could be found");
    subject.faults.lose_answer = nullptr;
    subject.faults.deliver = nullptr;
    return subject;
}

Value named_inputs(const char* name, std::int64_t size) {
    return Value::Record{{"name", name}, {"size", size}};
}

Subject named() {
    auto world = std::make_shared<World>();
    Subject subject = subject_of(world, "fake.Named");
    add_faults(subject, world);
    subject.inputs = named_inputs("x", 1);
    subject.updated = named_inputs("x", 2);
    subject.replaced = named_inputs("y", 1);
    subject.make_foreign = [world] {
        world->cloud.objects["x"] = {.type = "fake.Named",
                                     .inputs = Value(Value::Record{}),
                                     .outputs = Value(Value::Record{}),
                                     .token = "of-another"};
    };
    subject.make_by_hand = [world] {
        world->cloud.objects["x"] = {.type = "fake.Named",
                                     .inputs = named_inputs("x", 3),
                                     .outputs = Value(Value::Record{{"link", "link/x"}}),
                                     .token = ""};
        return "x";
    };
    subject.exempt({"kill between start and poll", "kill between phases"}, "done at once");
    return subject;
}

Subject note() {
    Subject subject = subject_of(std::make_shared<World>(), "fake.Note");
    subject.inputs = Value(Value::Record{{"value", "x"}});
    subject.updated = Value(Value::Record{{"value", "y"}});
    subject.exempt({"replace"}, "each change is made in place");
    subject.exempt({"import", "change outside is drift", "removed outside is absent",
                    "delete, delete again", "foreign thing", "answer lost, acted before",
                    "answer lost, acted later", "answer lost, never acted",
                    "kill between start and poll", "kill between phases", "throttled",
                    "wrong credentials", "another account"},
                   "it exists in the state only");
    return subject;
}

}

std::vector<MakeSubject> fake_subjects() {
    return {thing, slow_thing, thing_in_phases, named, note};
}

}
