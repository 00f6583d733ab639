#pragma once

#include "infra/provider.hpp"

#include <fmt/core.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

// A platform in memory, with everything that real ones do to us: slow starts, failures, lost
// answers, phases, throttling. What happens to an object is said by its input `behave`.
namespace fakes {

struct FakeObject {
    std::string type;
    infra::Value inputs;
    infra::Value outputs;
    std::string token;
    int polls_left = 0;
};

// The world; outlives the connections. Any thread.
class FakeCloud {
public:
    std::mutex mutex;
    std::map<std::string, FakeObject> objects;   // by key
    std::vector<std::string> calls;              // "create web", in order
    std::map<std::string, int> reads;            // by key
    int lists = 0;
    int next_id = 1;
    int in_flight = 0;
    int most_in_flight = 0;

    std::vector<std::string> take_calls() {
        const std::lock_guard lock(mutex);
        return std::exchange(calls, {});
    }
};

inline const infra::Schema& fake_schema() {
    using infra::FieldType;
    static const infra::Schema schema{
        .provider = "fake",
        .doc = "A platform that exists in memory only.",
        .types = {
            {.name = "fake.Thing",
             .doc = "Something with an id that the platform chooses.",
             .inputs =
                 {{.name = "name", .type = {.kind = FieldType::Kind::String}, .required = true},
                  {.name = "size", .type = {.kind = FieldType::Kind::Number}},
                  {.name = "zone",
                   .type = {.kind = FieldType::Kind::String},
                   .forces_replacement = true},
                  {.name = "network", .type = {}, .forces_replacement = true},
                  {.name = "ref", .type = {}},
                  {.name = "labels", .type = {.kind = FieldType::Kind::Dict}},
                  {.name = "note", .type = {.kind = FieldType::Kind::String}, .write_only = true},
                  {.name = "behave",
                   .type = {.kind = FieldType::Kind::String},
                   .write_only = true}},
             .outputs = {{.name = "id", .type = lang::ValueType::String, .fresh = true},
                         {.name = "address",
                          .type = lang::ValueType::String,
                          .changes_with = {"size"}}},
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
             .outputs = {{.name = "link", .type = lang::ValueType::String}},
             .key = "name"},
            {.name = "fake.Note",
             .doc = "Exists in the state only.",
             .inputs = {{.name = "value", .type = {}}},
             .outputs = {{.name = "id", .type = lang::ValueType::String, .fresh = true},
                         {.name = "result", .changes_with = {"value"}, .computed_in_plan = true}},
             .key = "id",
             .outside_effects = false}}};
    return schema;
}

class FakeConnection final : public infra::Connection {
public:
    FakeConnection(FakeCloud& cloud, infra::Capabilities capabilities)
        : cloud_(cloud), capabilities_(capabilities) {}

    const infra::Capabilities& capabilities() const override { return capabilities_; }
    std::string identity() const override { return "fake://cloud"; }

    base::Result<void> validate(const infra::ResourceType&, const infra::Value& inputs) override {
        if (text(inputs, "behave") == "invalid")
            return base::invalid_argument("the platform has no such thing");
        return {};
    }

    base::Result<infra::PlannedChange> plan(const infra::Change& change) override {
        infra::PlannedChange planned = infra::plan_by_schema(change);
        const infra::Value* value = change.inputs.find("value");
        if (change.type.name == "fake.Note" && (value == nullptr || !value->has_unknown())) {
            planned.outputs.set("result", value != nullptr ? *value : infra::Value());
        }
        return planned;
    }

    base::Result<infra::Page> list(const infra::ResourceType& type,
                                   std::string_view page) override {
        const std::lock_guard lock(cloud_.mutex);
        ++cloud_.lists;
        infra::Page out;
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

    base::Result<std::optional<infra::Seen>> read(const infra::ResourceType& type,
                                                  const std::string& key, const infra::Value&,
                                                  infra::CallContext) override {
        const std::lock_guard lock(cloud_.mutex);
        ++cloud_.reads[key];
        auto object = cloud_.objects.find(key);
        if (object == cloud_.objects.end() || object->second.type != type.name)
            return std::optional<infra::Seen>();
        return std::optional<infra::Seen>(seen(key, object->second));
    }

    base::Result<infra::Started> start(const infra::Intent& intent,
                                       infra::CallContext context) override {
        {
            const std::lock_guard lock(cloud_.mutex);
            cloud_.most_in_flight = std::max(cloud_.most_in_flight, ++cloud_.in_flight);
        }
        auto started = start_one(intent, context);
        const std::lock_guard lock(cloud_.mutex);
        --cloud_.in_flight;
        return started;
    }

    base::Result<infra::Started> poll(const infra::Intent& intent, infra::CallContext) override {
        const std::lock_guard lock(cloud_.mutex);
        auto object = cloud_.objects.find(intent.handle);
        if (object == cloud_.objects.end())
            return base::not_found("nothing runs under " + intent.handle);
        if (object->second.polls_left-- > 0) {
            return infra::Started{.kind = infra::Started::Kind::Running,
                                  .seen = {},
                                  .handle = intent.handle,
                                  .phase = {}};
        }
        return done(seen(object->first, object->second));
    }

    base::Result<infra::Found> find(const infra::Intent& intent, infra::CallContext) override {
        const std::lock_guard lock(cloud_.mutex);
        using Kind = infra::Found::Kind;
        if (text(intent.inputs, "behave") == "refused blind")
            return base::Error(base::Code::Unavailable, "the platform is not to be reached");
        if (text(intent.inputs, "behave") == "unsure")
            return infra::Found{.kind = Kind::Unsure,
                                .seen = {},
                                .handle = {},
                                .reason = "the platform does not tell"};
        if (intent.action == infra::Action::Create) {
            for (const auto& [key, object] : cloud_.objects) {
                if (object.token == intent.token)
                    return infra::Found{
                        .kind = Kind::Done, .seen = seen(key, object), .handle = {}, .reason = {}};
            }
            if (cloud_.objects.contains(intent.key))
                return infra::Found{
                    .kind = Kind::Foreign, .seen = {}, .handle = {}, .reason = "exists"};
            return infra::Found{.kind = Kind::Absent, .seen = {}, .handle = {}, .reason = {}};
        }
        auto object = cloud_.objects.find(intent.key);
        if (intent.action == infra::Action::Delete) {
            return infra::Found{.kind = object == cloud_.objects.end() ? Kind::Done : Kind::Absent,
                                .seen = {},
                                .handle = {},
                                .reason = {}};
        }
        bool updated =
            object != cloud_.objects.end() && object->second.inputs.same_as(shown(intent.inputs));
        return infra::Found{
            .kind = updated ? Kind::Done : Kind::Absent, .seen = {}, .handle = {}, .reason = {}};
    }

private:
    static std::string text(const infra::Value& inputs, std::string_view name) {
        const infra::Value* value = inputs.find(name);
        const std::string* found = value != nullptr ? value->as_string() : nullptr;
        return found != nullptr ? *found : "";
    }
    // Without what is write-only.
    static infra::Value shown(infra::Value inputs) {
        if (infra::Value::Record* members = inputs.as_record()) {
            std::erase_if(*members, [](const auto& member) {
                return member.first == "behave" || member.first == "note";
            });
        }
        return inputs;
    }
    static infra::Seen seen(const std::string& key, const FakeObject& object) {
        return {
            .key = key, .inputs = object.inputs, .outputs = object.outputs, .token = object.token};
    }
    static infra::Started done(std::optional<infra::Seen> seen) {
        return {
            .kind = infra::Started::Kind::Done, .seen = std::move(seen), .handle = {}, .phase = {}};
    }

    base::Result<infra::Started> start_one(const infra::Intent& intent,
                                           const infra::CallContext& context) {
        std::string behave = text(intent.inputs, "behave");
        if (behave == "wait") {
            // Until somebody gives up on it.
            while (!context.stop.stop_requested()) std::this_thread::yield();
            return base::Error(base::Code::Cancelled, "the call was given up");
        }
        const std::lock_guard lock(cloud_.mutex);
        std::string name =
            text(intent.inputs, "name").empty() ? intent.address : text(intent.inputs, "name");
        if (intent.action == infra::Action::Delete) {
            cloud_.calls.push_back("delete " + name);
            if (behave == "undeletable")
                return base::Error(base::Code::FailedPrecondition, "it is in use");
            cloud_.objects.erase(intent.key);
            return done(std::nullopt);
        }
        if (behave.starts_with("refused")) {
            cloud_.calls.push_back("refuse " + name);
            auto failure = std::make_shared<infra::CallFailure>();
            failure->is_without_effect = true;
            failure->input = "size";
            return base::Error(base::Code::Unavailable, "the platform says: not now")
                .with_help("try later")
                .with_detail(std::move(failure));
        }
        if (behave == "fail" || behave == "unsure") {
            cloud_.calls.push_back("fail " + name);
            return base::Error(base::Code::Exhausted, "quota of fake.Thing is used up");
        }
        if (behave == "phases" && intent.phase.empty()) {
            cloud_.calls.push_back("stop " + name);
            return infra::Started{.kind = infra::Started::Kind::NextPhase,
                                  .seen = {},
                                  .handle = {},
                                  .phase = "stopped"};
        }
        return make(intent, name, behave);
    }

    base::Result<infra::Started> make(const infra::Intent& intent, const std::string& name,
                                      const std::string& behave) {
        bool is_update = intent.action == infra::Action::Update;
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
            const infra::Value* size = intent.inputs.find("size");
            object.outputs.set("id", infra::Value(key));
            object.outputs.set(
                "address",
                infra::Value(fmt::format(
                    "10.0.0.{}",
                    size != nullptr && size->as_integer() != nullptr ? *size->as_integer() : 0)));
        } else if (intent.type == "fake.Named") {
            object.outputs.set("link", infra::Value("link/" + key));
        } else {
            // Once made, an id stays.
            const infra::Value* before = intent.prior_outputs.find("id");
            object.outputs.set("id",
                               before != nullptr ? *before : infra::Value("note-" + intent.token));
            const infra::Value* value = intent.inputs.find("value");
            object.outputs.set("result", value != nullptr ? *value : infra::Value());
        }
        if (behave == "lost")
            return base::Error(base::Code::Unavailable, "the connection was reset");
        if (behave == "slow") {
            object.polls_left = 2;
            return infra::Started{
                .kind = infra::Started::Kind::Running, .seen = {}, .handle = key, .phase = {}};
        }
        return done(seen(key, object));
    }

    FakeCloud& cloud_;
    infra::Capabilities capabilities_;
};

class FakeProvider final : public infra::Provider {
public:
    explicit FakeProvider(FakeCloud& cloud) : cloud_(cloud) {
        capabilities.tags = true;
        capabilities.bulk_lists = true;
        capabilities.call_deadline = std::chrono::seconds(1);
    }
    const infra::Schema& schema() const override { return fake_schema(); }
    base::Result<std::unique_ptr<infra::Connection>> connect(const infra::Value&,
                                                             const infra::Host&) const override {
        return std::unique_ptr<infra::Connection>(
            std::make_unique<FakeConnection>(cloud_, capabilities));
    }

    infra::Capabilities capabilities;

private:
    FakeCloud& cloud_;
};

}
