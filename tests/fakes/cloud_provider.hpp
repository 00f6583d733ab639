#pragma once

#include "fakes/cloud_schema.hpp"
#include "provider/provider.hpp"

#include <fmt/core.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

// The platform of cloud_schema.hpp: servers refuse to lose a network that they are in, disks hold
// their servers, names are taken. What goes wrong is said by the world, not by inputs.
namespace fakes {

// All accounts; outlives the connections. Any thread.
class CloudWorld {
public:
    struct Object {
        std::string account;
        std::string type;
        value::Value inputs;
        value::Value outputs;
        std::string token;
    };
    // What happens to the next call "create web": it is refused; it acts, and the answer is lost
    // for good; it makes only a part.
    enum class Trouble : std::uint8_t { Refused, Unsure, Partial };

    std::mutex mutex;
    std::map<std::string, Object> objects;   // by key
    std::map<std::string, Trouble> troubles;
    std::set<std::string> unsure_tokens;
    std::set<std::string> partial_tokens;
    std::vector<std::string> calls;   // "create cloud.Server web", in order
    int next_id = 1;

    // By type and name input; or end().
    auto find(std::string_view type, std::string_view name) {
        return std::find_if(objects.begin(), objects.end(), [&](const auto& object) {
            const value::Value* is = object.second.inputs.find("name");
            return object.second.type == type && is != nullptr && is->as_string() != nullptr &&
                   *is->as_string() == name;
        });
    }
};

class CloudConnection final : public provider::Connection {
public:
    CloudConnection(CloudWorld& world, std::string account)
        : world_(world), account_(std::move(account)) {
        capabilities_.bulk_lists = true;
        capabilities_.tags = true;
        capabilities_.max_parallel = 1;   // one after the other: the order is told
        capabilities_.call_deadline = std::chrono::milliseconds(1);
    }

    const provider::Capabilities& capabilities() const override { return capabilities_; }
    std::string identity() const override { return "cloud://" + account_; }

    base::Result<void> validate(const provider::ResourceType&,
                                const value::Value& inputs) override {
        if (text(inputs, "size") == "huge") {
            return base::invalid_argument("there is no server of size \"huge\"");
        }
        return {};
    }

    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext) override {
        provider::PlannedChange planned = provider::plan_by_schema(change);
        if (change.type.name == "cloud.Fact") {
            const value::Value* value = change.inputs.find("value");
            if (value != nullptr && !value->has_unknown()) planned.outputs.set("result", *value);
        }
        const bool is_disk = change.type.name == "cloud.Disk";
        if (is_disk && planned.action == provider::PlannedAction::Update && shrinks(change)) {
            planned.action = provider::PlannedAction::Replace;
            planned.forcing.emplace_back("size");
            for (const provider::OutputField& output : change.type.outputs) {
                planned.outputs.set(output.name, value::Value::unknown(output.type));
            }
        }
        return planned;
    }

    base::Result<provider::Page> list(const provider::ResourceType& type, std::string_view,
                                      provider::CallContext) override {
        const std::lock_guard lock(world_.mutex);
        provider::Page page;
        for (const auto& [key, object] : world_.objects) {
            if (object.type == type.name && object.account == account_) {
                page.items.push_back(seen(key, object));
            }
        }
        return page;
    }

    base::Result<std::optional<provider::ObservedResource>> read(const provider::ResourceType& type,
                                                                 const std::string& key,
                                                                 const value::Value&,
                                                                 provider::CallContext) override {
        const std::lock_guard lock(world_.mutex);
        const auto object = world_.objects.find(key);
        if (object == world_.objects.end() || object->second.type != type.name ||
            object->second.account != account_) {
            return std::optional<provider::ObservedResource>();
        }
        return std::optional(seen(key, object->second));
    }

    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext) override {
        const std::lock_guard lock(world_.mutex);
        const std::string what =
            fmt::format("{} {} {}", verb(intent.action), intent.type, name_of(intent));
        std::string call = what;
        if (intent.action == provider::Action::Update && intent.type == "cloud.Disk") {
            const bool attached = !text(intent.inputs, "server").empty();
            call += attached ? " (attached)" : " (detached)";
        }
        world_.calls.push_back(call);
        const auto trouble = world_.troubles.find(what);
        if (trouble == world_.troubles.end()) return act(intent);
        const CloudWorld::Trouble kind = trouble->second;
        world_.troubles.erase(trouble);
        if (kind == CloudWorld::Trouble::Refused) {
            return base::Error(base::Code::Exhausted, "the quota is used up");
        }
        if (kind == CloudWorld::Trouble::Unsure) {
            world_.unsure_tokens.insert(intent.token);
        } else {
            world_.partial_tokens.insert(intent.token);
            static_cast<void>(act(intent));
        }
        return base::Error(base::Code::Unavailable, "the connection was reset");
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              provider::CallContext) override {
        const std::lock_guard lock(world_.mutex);
        provider::LookupResult found;
        found.kind = provider::LookupResult::Kind::Absent;
        if (world_.unsure_tokens.contains(intent.token)) {
            found.kind = provider::LookupResult::Kind::Unsure;
            found.reason = "the platform does not tell";
            return found;
        }
        if (intent.action != provider::Action::Create) return found;
        for (const auto& [key, object] : world_.objects) {
            if (object.token != intent.token) continue;
            found.kind = world_.partial_tokens.contains(intent.token)
                             ? provider::LookupResult::Kind::Partial
                             : provider::LookupResult::Kind::Done;
            found.seen = seen(key, object);
        }
        return found;
    }

private:
    static std::string text(const value::Value& inputs, std::string_view name) {
        const value::Value* value = inputs.find(name);
        const std::string* found = value != nullptr ? value->as_string() : nullptr;
        return found != nullptr ? *found : "";
    }
    static std::string_view verb(provider::Action action) {
        switch (action) {
            case provider::Action::Create: return "create";
            case provider::Action::Update: return "update";
            case provider::Action::Delete: return "delete";
        }
        return "";
    }
    static std::string name_of(const provider::Intent& intent) {
        const std::string name = text(intent.inputs, "name");
        return name.empty() ? intent.address : name;
    }
    static bool shrinks(const provider::Change& change) {
        const value::Value* before = change.prior->inputs.find("size");
        const value::Value* after = change.inputs.find("size");
        return before != nullptr && after != nullptr && before->as_integer() != nullptr &&
               after->as_integer() != nullptr && *after->as_integer() < *before->as_integer();
    }
    static provider::ObservedResource seen(const std::string& key,
                                           const CloudWorld::Object& object) {
        return {
            .key = key, .inputs = object.inputs, .outputs = object.outputs, .token = object.token};
    }
    static bool mentions(const value::Value& inputs, std::string_view input,
                         const std::string& key) {
        return text(inputs, input) == key;
    }

    // Who keeps the thing from being deleted.
    std::string user_of(const std::string& key) const {
        for (const auto& [other, object] : world_.objects) {
            const bool uses = object.type == "cloud.Disk" ? mentions(object.inputs, "server", key)
                                                          : mentions(object.inputs, "network", key);
            if (uses && other != key) return text(object.inputs, "name");
        }
        return {};
    }

    base::Result<provider::OperationResult> act(const provider::Intent& intent) {
        if (intent.action == provider::Action::Delete) {
            const std::string user = user_of(intent.key);
            if (!user.empty()) {
                return base::Error(base::Code::FailedPrecondition, "it is in use by " + user);
            }
            world_.objects.erase(intent.key);
            return provider::OperationResult{};
        }
        std::string key = intent.key;
        if (intent.action == provider::Action::Create) {
            if (!key.empty() && intent.type != "cloud.Fact" && world_.objects.contains(key)) {
                return base::Error(base::Code::AlreadyExists, "the name is taken");
            }
            if (key.empty() || intent.type == "cloud.Fact") {
                std::string kind = intent.type.substr(intent.type.find('.') + 1);
                kind[0] = static_cast<char>(kind[0] - 'A' + 'a');
                key = fmt::format("{}-{}", kind, world_.next_id++);
            }
        }
        CloudWorld::Object& object = world_.objects[key];
        object.account = account_;
        object.type = intent.type;
        object.inputs = intent.inputs;
        if (value::Value::Record* members = object.inputs.as_record()) {
            std::erase_if(*members, [](const auto& at) { return at.first == "user_data"; });
        }
        if (intent.action == provider::Action::Create) object.token = intent.token;
        set_outputs(object, key, intent);
        provider::OperationResult started;
        started.seen = seen(key, object);
        return started;
    }

    void set_outputs(CloudWorld::Object& object, const std::string& key,
                     const provider::Intent& intent) {
        const std::string type = intent.type;
        value::Value& out = object.outputs;
        if (type == "cloud.Network") {
            out.set("id", value::Value(key));
            out.set("gateway", value::Value("gateway of " + text(intent.inputs, "range")));
        } else if (type == "cloud.Server") {
            out.set("id", value::Value(key));
            if (out.find("address") == nullptr) out.set("address", value::Value("10.0." + key));
        } else if (type == "cloud.Firewall") {
            out.set("link", value::Value("firewalls/" + key));
            const value::Value* rules = intent.inputs.find("rules");
            const auto* items = rules != nullptr ? rules->as_array() : nullptr;
            out.set("revision",
                    value::Value(static_cast<std::int64_t>(items != nullptr ? items->size() : 0)));
        } else if (type == "cloud.Disk") {
            out.set("id", value::Value(key));
            const std::string server = text(intent.inputs, "server");
            out.set("device", value::Value(server.empty() ? "none" : "/dev/" + server));
        } else if (const value::Value* value = intent.inputs.find("value")) {
            out.set("result", *value);
        }
    }

    CloudWorld& world_;
    std::string account_;
    provider::Capabilities capabilities_;
};

class CloudProvider final : public provider::Provider {
public:
    explicit CloudProvider(CloudWorld& world) : world_(world) {}
    const provider::Schema& schema() const override { return cloud_schema(); }
    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value& settings, const provider::Host&) const override {
        const value::Value* account = settings.find("account");
        const std::string* name = account != nullptr ? account->as_string() : nullptr;
        return std::unique_ptr<provider::Connection>(std::make_unique<CloudConnection>(
            world_, name != nullptr ? *name : std::string("main")));
    }

private:
    CloudWorld& world_;
};

}
