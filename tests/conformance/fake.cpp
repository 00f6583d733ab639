#include "suite.hpp"

#include "fakes/fake_provider.hpp"

namespace conformance {
namespace {

using infra::Value;

struct World {
    fakes::FakeCloud cloud;
    fakes::FakeProvider provider{cloud};
};

Subject subject_of(const std::shared_ptr<World>& world, const char* type) {
    Subject subject;
    subject.name = type;
    auto connection = world->provider.connect({}, {});
    // The connection keeps its world.
    subject.connection = {connection->release(), [world](infra::Connection* c) { delete c; }};
    subject.type = fakes::fake_schema().find(type);
    return subject;
}

Subject thing() {
    auto world = std::make_shared<World>();
    Subject subject = subject_of(world, "fake.Thing");
    subject.inputs = Value(Value::Record{{"name", "x"}, {"size", std::int64_t{1}}, {"zone", "a"}});
    subject.updated = Value(Value::Record{{"name", "x"}, {"size", std::int64_t{2}}, {"zone", "a"}});
    subject.replaced = Value(Value::Record{{"name", "x"}, {"size", std::int64_t{1}}, {"zone", "b"}});
    subject.change_outside = [world] { world->cloud.objects.begin()->second.inputs.set("size", Value(std::int64_t{7})); };
    subject.remove_outside = [world] { world->cloud.objects.clear(); };
    return subject;
}

Subject slow_thing() {
    Subject subject = thing();
    subject.name += " (slow)";
    for (Value* inputs : {&subject.inputs, &subject.updated, &subject.replaced}) inputs->set("behave", Value("slow"));
    return subject;
}

Subject named() {
    auto world = std::make_shared<World>();
    Subject subject = subject_of(world, "fake.Named");
    subject.inputs = Value(Value::Record{{"name", "x"}, {"size", std::int64_t{1}}});
    subject.updated = Value(Value::Record{{"name", "x"}, {"size", std::int64_t{2}}});
    subject.replaced = Value(Value::Record{{"name", "y"}, {"size", std::int64_t{1}}});
    subject.make_foreign = [world] { world->cloud.objects["x"] = {.type = "fake.Named", .inputs = Value(Value::Record{}), .outputs = Value(Value::Record{})}; };
    return subject;
}

Subject note() {
    Subject subject = subject_of(std::make_shared<World>(), "fake.Note");
    subject.inputs = Value(Value::Record{{"value", "x"}});
    subject.updated = Value(Value::Record{{"value", "y"}});
    return subject;
}

}

std::vector<MakeSubject> fake_subjects() {
    return {thing, slow_thing, named, note};
}

}
