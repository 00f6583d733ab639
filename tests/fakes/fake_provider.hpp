#pragma once

#include "provider/provider.hpp"

#include <fmt/core.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

// A platform in memory, with everything that real ones do to us: slow starts, failures, lost
// answers, phases, throttling. What happens to an object is said by its input `behave`.
namespace fakes {

struct FakeObject {
    std::string type;
    value::Value inputs;
    value::Value outputs;
    std::string token;
    int polls_left = 0;
};

// The world; outlives the connections. Any thread.
class FakeCloud {
public:
    std::mutex mutex;
    std::map<std::string, FakeObject> objects;   // by key
    std::map<std::string, std::string> tags;     // of objects that list_own shows, by key
    std::vector<std::string> calls;              // "create web", in order
    std::map<std::string, int> reads;            // by key
    int lists = 0;
    int next_id = 1;
    int in_flight = 0;
    int most_in_flight = 0;
    // Set: planning a fake.Note asks the platform, and this is what happens on the way.
    std::function<base::Result<void>(const provider::Change&, const provider::CallContext&)>
        on_plan;
    int turns_away = 0;          // how often what is "queued" is told to come again
    bool wakes_queued = false;   // … and that it will be woken
    bool holds = true;           // what is "woken" goes on
    std::vector<std::function<void()>> to_wake;

    void wake_all() {
        std::vector<std::function<void()>> all;
        {
            const std::lock_guard lock(mutex);
            holds = false;
            all = std::exchange(to_wake, {});
        }
        for (const auto& wake : all) wake();
    }
    std::vector<std::string> take_calls() {
        const std::lock_guard lock(mutex);
        return std::exchange(calls, {});
    }
};

inline const provider::Schema& fake_schema() {
    using provider::FieldType;
    static const provider::Schema schema{
        .provider = "fake",
        .doc = "A platform that exists in memory only.",
        .types =
            {{.name = "fake.Thing",
              .doc = "Something with an id that the platform chooses.",
              .inputs =
                  {{.name = "name", .type = {.kind = FieldType::Kind::String}, .required = true},
                   {.name = "size", .type = {.kind = FieldType::Kind::Number}},
                   {.name = "zone",
                    .type = {.kind = FieldType::Kind::String},
                    .forces_replacement = true},
                   {.name = "network", .type = {}, .forces_replacement = true},
                   {.name = "ref", .type = {}},
                   {.name = "mount",
                    .type = {},
                    .attaches = {.to = {{.type = "fake.Thing", .output = "id"}}, .keeps = true}},
                   {.name = "labels", .type = {.kind = FieldType::Kind::Dict}},
                   {.name = "note", .type = {.kind = FieldType::Kind::String}, .write_only = true},
                   {.name = "behave",
                    .type = {.kind = FieldType::Kind::String},
                    .write_only = true}},
              .outputs =
                  {{.name = "id", .type = value::ValueType::String, .fresh = true},
                   {.name = "address", .type = value::ValueType::String, .changes_with = {"size"}}},
              .key = "id"},
             {.name = "fake.Named",
              .doc = "Something that its name identifies.",
              .inputs = {{.name = "name",
                          .type = {.kind = FieldType::Kind::String},
                          .required = true,
                          .forces_replacement = true},
                         {.name = "size", .type = {.kind = FieldType::Kind::Number}},
                         {.name = "behave",
                          .type = {.kind = FieldType::Kind::String},
                          .write_only = true}},
              .outputs = {{.name = "link", .type = value::ValueType::String}},
              .key = "name"},
             {.name = "fake.Note",
              .doc = "Exists in the state only.",
              .inputs = {{.name = "value", .type = {}}},
              .outputs = {{.name = "id", .type = value::ValueType::String, .fresh = true},
                          {.name = "result", .changes_with = {"value"}, .computed_in_plan = true}},
              .key = "id",
              .outside_effects = false}}};
    return schema;
}

class FakeConnection : public provider::Connection {
public:
    FakeConnection(FakeCloud& cloud, provider::Capabilities capabilities)
        : cloud_(cloud), capabilities_(capabilities) {}

    const provider::Capabilities& capabilities() const override { return capabilities_; }
    std::string identity() const override { return "fake://cloud"; }

    base::Result<void> validate(const provider::ResourceType&,
                                const value::Value& inputs) override {
        if (text(inputs, "behave") == "invalid")
            return base::invalid_argument("the platform has no such thing");
        return {};
    }

    bool plan_calls_out(const provider::ResourceType& type) const override {
        return cloud_.on_plan != nullptr && type.name == "fake.Note";
    }

    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext context) override {
        if (plan_calls_out(change.type)) TRY(cloud_.on_plan(change, context));
        provider::PlannedChange planned = provider::plan_by_schema(change);
        const value::Value* value = change.inputs.find("value");
        if (change.type.name == "fake.Note" && (value == nullptr || !value->has_unknown())) {
            planned.outputs.set("result", value != nullptr ? *value : value::Value());
        }
        return planned;
    }

    base::Result<provider::Page> list(const provider::ResourceType& type, std::string_view page,
                                      provider::CallContext) override {
        const std::lock_guard lock(cloud_.mutex);
        ++cloud_.lists;
        provider::Page out;
        std::size_t at = page.empty() ? 0 : std::stoul(std::string(page));
        std::size_t index = 0;
        for (const auto& [key, object] : cloud_.objects) {
            if (object.type != type.name || index++ < at) continue;
            out.items.push_back(seen(key, object));
            if (out.items.size() == 100) {
                out.next = std::to_string(index);
                break;
            }
        }
        return out;
    }

    // All that carries a token, of whatever scope; its tag is "for-" and the address.
    base::Result<provider::Page> list_own(const provider::ResourceType& type,
                                          const provider::Scope&, std::string_view,
                                          provider::CallContext) override {
        const std::lock_guard lock(cloud_.mutex);
        provider::Page out;
        for (const auto& [key, object] : cloud_.objects) {
            const auto tag = cloud_.tags.find(key);
            if (object.type != type.name || tag == cloud_.tags.end()) continue;
            out.items.push_back(seen(key, object));
            out.addresses.push_back(tag->second);
        }
        return out;
    }
    std::string tag_of(std::string_view address) const override {
        return "for-" + std::string(address);
    }

    base::Result<std::optional<provider::ObservedResource>> read(const provider::ResourceType& type,
                                                                 const std::string& key,
                                                                 const value::Value&,
                                                                 provider::CallContext) override {
        const std::lock_guard lock(cloud_.mutex);
        ++cloud_.reads[key];
        auto object = cloud_.objects.find(key);
        if (object == cloud_.objects.end() || object->second.type != type.name)
            return std::optional<provider::ObservedResource>();
        return std::optional<provider::ObservedResource>(seen(key, object->second));
    }

    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override {
        {
            const std::lock_guard lock(cloud_.mutex);
            cloud_.most_in_flight = std::max(cloud_.most_in_flight, ++cloud_.in_flight);
        }
        auto started = start_one(intent, context);
        const std::lock_guard lock(cloud_.mutex);
        --cloud_.in_flight;
        return started;
    }

    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 provider::CallContext context) override {
        const std::lock_guard lock(cloud_.mutex);
        if (text(intent.inputs, "behave") == "woken" && cloud_.holds)
            return until_woken(intent.handle, context);
        auto object = cloud_.objects.find(intent.handle);
        if (object == cloud_.objects.end())
            return base::not_found("nothing runs under " + intent.handle);
        if (object->second.polls_left-- > 0) {
            return provider::OperationResult{.kind = provider::OperationResult::Kind::Running,
                                             .seen = {},
                                             .handle = intent.handle,
                                             .phase = {}};
        }
        return done(seen(object->first, object->second));
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              provider::CallContext) override {
        const std::lock_guard lock(cloud_.mutex);
        using Kind = provider::LookupResult::Kind;
        if (text(intent.inputs, "behave") == "refused blind")
            return base::Error(base::Code::Unavailable, "the platform is not to be reached");
        if (text(intent.inputs, "behave") == "unsure")
            return provider::LookupResult{.kind = Kind::Unsure,
                                          .seen = {},
                                          .handle = {},
                                          .reason = "the platform does not tell"};
        if (intent.action == provider::Action::Create) {
            for (const auto& [key, object] : cloud_.objects) {
                if (object.token == intent.token)
                    return provider::LookupResult{
                        .kind = Kind::Done, .seen = seen(key, object), .handle = {}, .reason = {}};
            }
            if (cloud_.objects.contains(intent.key))
                return provider::LookupResult{
                    .kind = Kind::Foreign, .seen = {}, .handle = {}, .reason = "exists"};
            return provider::LookupResult{
                .kind = Kind::Absent, .seen = {}, .handle = {}, .reason = {}};
        }
        auto object = cloud_.objects.find(intent.key);
        if (intent.action == provider::Action::Delete) {
            return provider::LookupResult{.kind = object == cloud_.objects.end() ? Kind::Done
                                                                                 : Kind::Absent,
                                          .seen = {},
                                          .handle = {},
                                          .reason = {}};
        }
        bool updated =
            object != cloud_.objects.end() && object->second.inputs.same_as(shown(intent.inputs));
        return provider::LookupResult{
            .kind = updated ? Kind::Done : Kind::Absent, .seen = {}, .handle = {}, .reason = {}};
    }

private:
    static std::string text(const value::Value& inputs, std::string_view name) {
        const value::Value* value = inputs.find(name);
        const std::string* found = value != nullptr ? value->as_string() : nullptr;
        return found != nullptr ? *found : "";
    }
    // Without what is write-only.
    static value::Value shown(value::Value inputs) {
        if (value::Value::Record* members = inputs.as_record()) {
            std::erase_if(*members, [](const auto& member) {
                return member.first == "behave" || member.first == "note";
            });
        }
        return inputs;
    }
    static provider::ObservedResource seen(const std::string& key, const FakeObject& object) {
        return {
            .key = key, .inputs = object.inputs, .outputs = object.outputs, .token = object.token};
    }
    static provider::OperationResult done(std::optional<provider::ObservedResource> seen) {
        return {.kind = provider::OperationResult::Kind::Done,
                .seen = std::move(seen),
                .handle = {},
                .phase = {}};
    }

    provider::OperationResult until_woken(const std::string& key,
                                          const provider::CallContext& context) {
        cloud_.to_wake.push_back(context.wake);
        return {.kind = provider::OperationResult::Kind::Running,
                .seen = {},
                .handle = key,
                .phase = {},
                .wakes = true};
    }

    base::Result<provider::OperationResult> start_one(const provider::Intent& intent,
                                                      const provider::CallContext& context) {
        std::string behave = text(intent.inputs, "behave");
        if (behave == "wait") {
            // Until somebody gives up on it.
            while (!context.stop.stop_requested()) std::this_thread::yield();
            return base::Error(base::Code::Cancelled, "the call was given up");
        }
        const std::lock_guard lock(cloud_.mutex);
        std::string name =
            text(intent.inputs, "name").empty() ? intent.address : text(intent.inputs, "name");
        if (intent.action == provider::Action::Delete) {
            cloud_.calls.push_back("delete " + name);
            if (behave == "undeletable")
                return base::Error(base::Code::FailedPrecondition, "it is in use");
            cloud_.objects.erase(intent.key);
            return done(std::nullopt);
        }
        if (behave.starts_with("refused")) {
            cloud_.calls.push_back("refuse " + name);
            auto failure = std::make_shared<provider::CallFailure>();
            failure->is_without_effect = true;
            failure->input = "size";
            return base::Error(base::Code::Unavailable, "the platform says: not now")
                .with_help("the platform is busy")
                .with_advice({.next = base::Next::ApplyLater})
                .with_detail(std::move(failure));
        }
        if (behave == "fail" || behave == "unsure") {
            cloud_.calls.push_back("fail " + name);
            return base::Error(base::Code::Exhausted, "quota of fake.Thing is used up");
        }
        if (behave == "throws") throw std::runtime_error("the roof is on fire");
        if (behave == "queued" && cloud_.turns_away > 0) {
            --cloud_.turns_away;
            cloud_.calls.push_back("queue " + name);
            return provider::OperationResult{.kind = provider::OperationResult::Kind::Queued,
                                             .seen = {},
                                             .handle = {},
                                             .phase = {},
                                             .wakes = cloud_.wakes_queued};
        }
        if (behave == "phases" && intent.phase.empty()) {
            cloud_.calls.push_back("stop " + name);
            return provider::OperationResult{.kind = provider::OperationResult::Kind::NextPhase,
                                             .seen = {},
                                             .handle = {},
                                             .phase = "stopped"};
        }
        return make(intent, name, behave, context);
    }

    base::Result<provider::OperationResult> make(const provider::Intent& intent,
                                                 const std::string& name, const std::string& behave,
                                                 const provider::CallContext& context) {
        bool is_update = intent.action == provider::Action::Update;
        cloud_.calls.push_back((is_update ? "update " : "create ") + name);
        std::string key = intent.key;
        if (!is_update && intent.type == "fake.Named" && cloud_.objects.contains(key)) {
            return base::Error(base::Code::AlreadyExists, "a foreign thing has this name");
        }
        if (key.empty()) key = fmt::format("id-{}", cloud_.next_id++);
        FakeObject& object = cloud_.objects[key];
        object.type = intent.type;
        object.inputs = shown(intent.inputs);
        if (!is_update) object.token = intent.token;
        if (intent.type == "fake.Thing") {
            const value::Value* size = intent.inputs.find("size");
            object.outputs.set("id", value::Value(key));
            object.outputs.set(
                "address",
                value::Value(fmt::format(
                    "10.0.0.{}",
                    size != nullptr && size->as_integer() != nullptr ? *size->as_integer() : 0)));
        } else if (intent.type == "fake.Named") {
            object.outputs.set("link", value::Value("link/" + key));
        } else {
            // Once made, an id stays.
            const value::Value* before = intent.prior_outputs.find("id");
            object.outputs.set("id",
                               before != nullptr ? *before : value::Value("note-" + intent.token));
            const value::Value* value = intent.inputs.find("value");
            object.outputs.set("result", value != nullptr ? *value : value::Value());
        }
        if (behave == "lost")
            return base::Error(base::Code::Unavailable, "the connection was reset");
        if (behave == "woken") return until_woken(key, context);
        if (behave == "slow") {
            object.polls_left = 2;
            return provider::OperationResult{.kind = provider::OperationResult::Kind::Running,
                                             .seen = {},
                                             .handle = key,
                                             .phase = {}};
        }
        return done(seen(key, object));
    }

    FakeCloud& cloud_;
    provider::Capabilities capabilities_;
};

class FakeProvider final : public provider::Provider {
public:
    explicit FakeProvider(FakeCloud& cloud) : cloud_(cloud) {
        capabilities.tags = true;
        capabilities.bulk_lists = true;
        capabilities.call_deadline = std::chrono::seconds(1);
    }
    const provider::Schema& schema() const override { return fake_schema(); }
    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value&, const provider::Host&) const override {
        return std::unique_ptr<provider::Connection>(
            std::make_unique<FakeConnection>(cloud_, capabilities));
    }

    provider::Capabilities capabilities;

private:
    FakeCloud& cloud_;
};

}
