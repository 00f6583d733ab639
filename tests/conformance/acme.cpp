#include "acme_cloud.hpp"
#include "providers/rest/wire.hpp"

// The types of a made-up cloud, which differs from Hetzner's in every way that providers/rest
// knows.
namespace conformance {
namespace {

using value::Value;
using Json = json::Object;
using Cloud = std::shared_ptr<AcmeCloud>;

Subject subject_of(const Cloud& cloud, const char* type, const std::string& kind) {
    Subject subject;
    subject.name = type;
    subject.type = acme_schema().find(type);
    subject.connect = cloud->connect();
    subject.is_outside_process = true;
    subject.count = [cloud, kind] { return cloud->count(kind); };
    subject.remove_outside = [cloud, kind] { cloud->erase(kind); };
    subject.faults.lose_answer = [cloud](Loss loss) { cloud->lose(loss); };
    subject.faults.deliver = [cloud] { cloud->deliver(); };
    subject.faults.throttle = [cloud] { cloud->throttle(); };
    subject.faults.connect_with_wrong_credentials = cloud->connect_as("first", "nonsense");
    subject.faults.connect_to_another_account = cloud->connect_as("second", "second's key");
    subject.faults.add_unknown_field = [cloud] { cloud->add_unknown_field(); };
    subject.exempt({"kill between phases"}, "each change is one call");
    return subject;
}

Value with(Value inputs, std::string_view name, Value value) {
    inputs.set(name, std::move(value));
    return inputs;
}

Subject disk() {
    const Cloud cloud = AcmeCloud::start();
    Subject subject = subject_of(cloud, "acme.Disk", "disks");
    subject.inputs = Value::Record{{"name", "data"},
                                   {"size", std::int64_t{10}},
                                   {"medium", "glass"},
                                   {"options", Value::Record{{"atime", "no"}, {"quota", "1"}}},
                                   {"labels", Value::Record{{"team", "web"}}}};
    subject.updated = with(subject.inputs, "size", std::int64_t{20});
    // What a merge patch takes away has to go.
    subject.updated.set("options", Value::Record{{"quota", "2"}});
    subject.updated.set("labels", Value::Record{{"role", "db"}});
    subject.replaced = with(subject.inputs, "medium", "rust");
    subject.slow = subject.inputs;
    const auto make = [cloud] {
        return cloud->put("disks", "d-1",
                          Json{{"ref", "d-1"},
                               {"name", "data"},
                               {"size", 12},
                               {"medium", "glass"},
                               {"serial", "S1"},
                               {"tags", json::Array{Json{{"key", "a"}, {"value", "b"}}}}});
    };
    subject.make_foreign = [make] { make(); };
    subject.make_by_hand = make;
    subject.change_outside = [cloud] { cloud->change("disks", "size", 99); };
    subject.removals = [cloud]() -> std::vector<Removal> {
        return {{.input = "options",
                 .value = {},
                 .outside = [cloud] { cloud->change("disks", "options", nullptr); }},
                {.input = "labels", .value = {}, .outside = [cloud] {
                     cloud->change("disks", "tags", json::Array{});
                 }}};
    };
    return subject;
}

Subject record() {
    const Cloud cloud = AcmeCloud::start();
    Subject subject = subject_of(cloud, "acme.Record", "records");
    subject.inputs = Value::Record{{"zone", "b.test"}, {"name", "www"}, {"target", "192.0.2.1"}};
    subject.updated = with(subject.inputs, "target", "192.0.2.2");
    subject.replaced = with(subject.inputs, "name", "mail");
    const auto make = [cloud] {
        return cloud->put("records", "b.test/www",
                          Json{{"name", "www"}, {"value", Json{{"target", "192.0.2.9"}}}});
    };
    subject.make_foreign = [make] { make(); };
    subject.make_by_hand = make;
    subject.change_outside = [cloud] { cloud->change("records", "value.target", "::1"); };
    subject.removals = [cloud]() -> std::vector<Removal> {
        return {{.input = "labels", .value = Value::Record{{"team", "web"}}, .outside = [cloud] {
                     cloud->change("records", "metadata", Json{});
                 }}};
    };
    subject.exempt({"kill between start and poll"}, "it is there when the call is answered");
    return subject;
}

Subject gateway() {
    const Cloud cloud = AcmeCloud::start();
    Subject subject = subject_of(cloud, "acme.Gateway", "gateways");
    subject.inputs = Value::Record{{"name", "edge"}, {"plan", "small"}, {"region", "north"}};
    subject.updated = with(subject.inputs, "plan", "large");
    subject.replaced = with(subject.inputs, "region", "south");
    subject.slow = subject.inputs;
    const auto make = [cloud] {
        return cloud->put("gateways", "gw-1",
                          Json{{"ref", "gw-1"},
                               {"name", "edge"},
                               {"plan", "tiny"},
                               {"region", "north"},
                               {"state", "ready"},
                               {"metadata", Json{{"version", 7}}}});
    };
    subject.make_foreign = [make] { make(); };
    subject.make_by_hand = make;
    subject.change_outside = [cloud] { cloud->change("gateways", "plan", "huge"); };
    subject.removals = [cloud]() -> std::vector<Removal> {
        return {{.input = "labels", .value = Value::Record{{"team", "web"}}, .outside = [cloud] {
                     cloud->change("gateways", "metadata.labels", Json{});
                 }}};
    };
    return subject;
}

}

std::vector<MakeSubject> acme_subjects() { return {disk, record, gateway}; }

int AcmeCloud::count(const std::string& kind) const {
    return state_.with([&](State& state) {
        return static_cast<int>(state.accounts["first"].kinds[kind].size()) - kAcmeDecoys;
    });
}

std::string AcmeCloud::only_key(const std::string& kind) const {
    return state_.with([&](State& state) -> std::string {
        for (const auto& [key, object] : state.accounts["first"].kinds[kind]) {
            if (key.find("decoy") == std::string::npos) return key;
        }
        return {};
    });
}

std::string AcmeCloud::put(const std::string& kind, std::string key, json::Value document) {
    return state_.with([&](State& state) {
        state.accounts["first"].kinds[kind][key] = std::move(document);
        return key;
    });
}

void AcmeCloud::change(const std::string& kind, std::string_view path, json::Value value) {
    const std::string key = only_key(kind);
    state_.with([&](State& state) {
        providers::rest::set_at(state.accounts["first"].kinds[kind][key], path, std::move(value));
    });
}

void AcmeCloud::erase(const std::string& kind) {
    const std::string key = only_key(kind);
    state_.with([&](State& state) { state.accounts["first"].kinds[kind].erase(key); });
}

void AcmeCloud::lose(Loss loss) {
    state_.with([&](State& state) { state.loss = loss; });
}
void AcmeCloud::deliver() {
    state_.with([&](State& state) {
        if (state.kept) (void)act(state, *state.kept);
        state.kept.reset();
    });
}
void AcmeCloud::throttle() {
    state_.with([](State& state) { state.refusals_left = 2; });
}
void AcmeCloud::add_unknown_field() {
    state_.with([](State& state) { state.has_unknown_field = true; });
}

}
