#include "providers/extension/connection.hpp"

#include "base/hash.hpp"
#include "base/process/spawn.hpp"
#include "provider/results.hpp"
#include "providers/extension/process.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::extension {
namespace {

using provider::Action;
using provider::found;
using provider::LookupResult;
using provider::ObservedResource;
using provider::OperationResult;
using provider::ResourceType;
using value::Value;

std::string_view operation_of(Action action) {
    switch (action) {
        case Action::Create: return "create";
        case Action::Update: return "update";
        case Action::Delete: return "delete";
    }
    return "";
}

base::Error refused(const Answer& answer) {
    base::Error out(answer.code, answer.reason);
    return answer.help.empty() ? std::move(out) : std::move(out).with_help(answer.help);
}

base::Error out_of_place(std::string_view operation, std::string_view what) {
    return base::Error(base::Code::DataLoss,
                       fmt::format("the extension's program answers `{}` with {}", operation, what))
        .with_help("docs/formats/extension.md says which answers there are");
}

bool has_type(const Value& value, value::ValueType type) {
    switch (type) {
        case value::ValueType::Bool: return value.as_bool() != nullptr;
        case value::ValueType::Number:
            return value.as_integer() != nullptr || value.as_rational() != nullptr;
        case value::ValueType::String: return value.as_string() != nullptr;
        case value::ValueType::Array: return value.as_array() != nullptr;
        case value::ValueType::Record: return value.as_record() != nullptr;
        case value::ValueType::Null: return value.is_null();
        case value::ValueType::Dyn: break;
    }
    return true;
}

class ExtensionConnection final : public provider::Connection {
public:
    ExtensionConnection(const Manifest& manifest, Value settings, provider::Host host)
        : manifest_(manifest), settings_(std::move(settings)), host_(std::move(host)),
          process_(manifest_, host_) {
        capabilities_.tags = true;
        // What a program does lives on, but holds a lock: find() sees it run.
        capabilities_.effects_die_with_process = true;
        capabilities_.bulk_lists = manifest.lists;
        capabilities_.max_parallel = manifest.max_parallel;
        capabilities_.call_deadline = manifest.timeout;
        // Two connections lead to the same place if they are told the same; secrets aside, which
        // may be renewed.
        std::string told;
        if (const Value::Record* members = settings_.as_record()) {
            for (const auto& [name, value] : *members) {
                if (!is_secret_setting(name)) told += name + "=" + nickel_text(value) + "\n";
            }
        }
        identity_ = manifest.schema.provider;
        if (!told.empty()) identity_ += ":" + base::sha256_hex(told).substr(0, 16);
    }

    const provider::Capabilities& capabilities() const override { return capabilities_; }
    std::string identity() const override { return identity_; }
    base::Result<void> validate(const ResourceType&, const Value&) override { return {}; }

    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext) override {
        provider::PlannedChange planned = provider::plan_by_schema(change);
        if (planned.action != provider::PlannedAction::Update || updates(change.type.name)) {
            return planned;
        }
        planned.action = provider::PlannedAction::Replace;
        planned.forcing = planned.changed;
        for (const provider::OutputField& output : change.type.outputs) {
            planned.outputs.set(output.name, Value::unknown(output.type));
        }
        return planned;
    }

    base::Result<provider::Page> list(const ResourceType& type, std::string_view page,
                                      provider::CallContext context) override {
        context.timeout = manifest_.timeout;
        json::Object asked = about(type.name, "", Value::Record{});
        asked.set("page", page);
        const Answer answer = TRY(process_.ask("list", type.name, asked, std::move(context)));
        if (answer.kind == Answer::Kind::Refused) return refused(answer);
        if (answer.kind != Answer::Kind::Listed) return out_of_place("list", "no `items`");
        provider::Page out;
        out.next = answer.next;
        for (const Thing& thing : answer.items) {
            if (thing.inputs.is_null()) return out_of_place("list", "a thing without `inputs`");
            out.items.push_back(TRY(seen(type, thing, "", thing.inputs, "read")));
        }
        return out;
    }

    base::Result<std::optional<ObservedResource>> read(const ResourceType& type,
                                                       const std::string& key,
                                                       const Value& recorded_inputs,
                                                       provider::CallContext context) override {
        // A program is always told of a record, be it empty.
        const Value recorded = recorded_inputs.is_null() ? Value(Value::Record{}) : recorded_inputs;
        const Answer answer = TRY(
            process_.ask("read", type.name, about(type.name, key, recorded), context, recorded));
        switch (answer.kind) {
            case Answer::Kind::Absent: return std::optional<ObservedResource>();
            case Answer::Kind::Exists:
                return std::optional(TRY(seen(type, answer.thing, key, recorded, "read")));
            case Answer::Kind::Refused: return refused(answer);
            default: return out_of_place("read", "neither a thing nor `absent`");
        }
    }

    base::Result<OperationResult> start(const provider::Intent& intent,
                                        provider::CallContext context) override {
        const std::string_view operation = operation_of(intent.action);
        auto answer = TRY(process_.act(operation, intent.type, request(intent), intent, context));
        return started(intent, std::move(answer), operation);
    }

    base::Result<OperationResult> poll(const provider::Intent& intent,
                                       provider::CallContext context) override {
        if (intent.handle != kLeftRunning) {
            json::Object asked = request(intent);
            asked.set("handle", intent.handle);
            auto answer = TRY(process_.ask("poll", intent.type, asked, context, intent.inputs));
            return started(intent, std::move(answer), "poll");
        }
        LookupResult state = TRY(find(intent, context));
        OperationResult out;
        switch (state.kind) {
            case LookupResult::Kind::Running:
                out.kind = OperationResult::Kind::Running;
                out.handle = state.handle;
                return out;
            case LookupResult::Kind::Done: out.seen = std::move(state.seen); return out;
            default:
                return base::Error(base::Code::FailedPrecondition,
                                   state.reason.empty() ? "it was not done" : state.reason);
        }
    }

    // What an earlier process began and did not see the end of. Trust falls from top to bottom:
    // the lock (it runs), the answer in the file (it ended, and said how), `find` of the program
    // (it looks for the token), reading by key. Only a create that was cut short and cannot be
    // looked for is left to people: to make it again may make a second one, to call it done may
    // leave none.
    base::Result<LookupResult> find(const provider::Intent& intent,
                                    provider::CallContext context) override {
        const ExtensionProcess::Trace trace = TRY(process_.trace(intent));
        switch (trace.kind) {
            case ExtensionProcess::Trace::Kind::NeverStarted:
                // started() removes the folder of an address when a delete was done, lock and
                // answer included. So "never started" may also mean "done, and cut down before the
                // state heard of it"; reading decides.
                if (intent.action != Action::Delete) return found(LookupResult::Kind::Absent);
                return by_reading(intent, context);
            case ExtensionProcess::Trace::Kind::Running: {
                LookupResult out = found(LookupResult::Kind::Running);
                out.handle = kLeftRunning;
                return out;
            }
            case ExtensionProcess::Trace::Kind::Answered: {
                auto out = found_by(intent, *trace.answer, context);
                if (out.ok() || !manifest_.finds) return out;
                break;   // an answer that cannot be used tells nothing
            }
            case ExtensionProcess::Trace::Kind::CutShort: break;
        }
        if (manifest_.finds) {
            const Answer answer =
                TRY(process_.ask("find", intent.type, request(intent), context, intent.inputs));
            return found_by(intent, answer, context);
        }
        if (intent.action == Action::Create) {
            return found(
                LookupResult::Kind::Unsure,
                "the program was cut short, and this extension cannot `find` what it made");
        }
        return by_reading(intent, context);
    }

private:
    static constexpr std::string_view kLeftRunning = "(left running)";

    // What is there tells whether a delete is done; an update is made again.
    // For an update Absent is right in both cases: the inputs are sent once more, as a whole.
    base::Result<LookupResult> by_reading(const provider::Intent& intent,
                                          const provider::CallContext& context) {
        const auto there = TRY(read(type(intent.type), intent.key, intent.inputs, context));
        const bool is_done = intent.action == Action::Delete && !there;
        return found(is_done ? LookupResult::Kind::Done : LookupResult::Kind::Absent);
    }

    bool updates(std::string_view type) const {
        return std::ranges::find(manifest_.updates, type) != manifest_.updates.end();
    }

    const ResourceType& type(std::string_view name) const {
        const ResourceType* found = manifest_.schema.find(name);
        CHECK(found != nullptr);   // intents are made of types of this schema
        return *found;
    }

    bool is_secret_setting(std::string_view name) const {
        const ResourceType* connection =
            manifest_.schema.find(manifest_.schema.provider + ".Connection");
        const provider::InputField* field =
            connection != nullptr ? connection->input(name) : nullptr;
        return field != nullptr && field->secret;
    }

    json::Object about(std::string_view type, const std::string& key, const Value& inputs) const {
        json::Object out{{"format", 1}, {"type", type.substr(type.find('.') + 1)}};
        if (!key.empty()) out.set("key", key);
        out.set("connection",
                settings_.is_null() ? json::Value(json::Object()) : rest::to_json(settings_));
        out.set("inputs", rest::to_json(inputs));
        return out;
    }

    json::Object request(const provider::Intent& intent) const {
        json::Object out = about(intent.type, intent.key, intent.inputs);
        out.set("action", operation_of(intent.action));
        out.set("token", intent.token);
        out.set("workspace", intent.workspace);
        out.set("environment", intent.environment);
        out.set("address", intent.address);
        if (!intent.prior.is_null()) out.set("prior", rest::to_json(intent.prior));
        if (!intent.prior_outputs.is_null()) {
            out.set("prior_outputs", rest::to_json(intent.prior_outputs));
        }
        return out;
    }

    // A thing as the engine wants it: every output there and of its type, secrets marked.
    base::Result<ObservedResource> seen(const ResourceType& type, const Thing& thing,
                                        // Inputs that the program does not tell are taken to be as
                                        // wanted. That hides drift in them, but an extension that
                                        // cannot read a field has no better answer, and null would
                                        // plan the same update for ever.
                                        const std::string& key, const Value& wanted,
                                        std::string_view operation) const {
        ObservedResource out;
        out.inputs = thing.inputs.is_null() ? wanted : thing.inputs;
        for (const provider::InputField& input : type.inputs) {
            const Value* told = thing.inputs.find(input.name);
            if (told == nullptr || !input.secret) continue;
            Value sealed = *told;
            sealed.mark_secret();
            out.inputs.set(input.name, std::move(sealed));
        }
        out.outputs = Value::Record{};
        for (const provider::OutputField& output : type.outputs) {
            const Value* told = thing.outputs.find(output.name);
            if (told == nullptr) {
                // Only a create tells it. The recorded one is kept by the engine.
                if (output.create_only && operation == "read") continue;
                return out_of_place(operation, fmt::format("no output `{}`", output.name));
            }
            if (!has_type(*told, output.type)) {
                return out_of_place(operation,
                                    fmt::format("an output `{}` that is not of the type the "
                                                "manifest declares",
                                                output.name));
            }
            Value value = *told;
            if (output.secret) value.mark_secret();
            out.outputs.set(output.name, std::move(value));
        }
        out.key = thing.key;
        if (out.key.empty()) out.key = rest::id_text(out.outputs.find(type.key));
        if (out.key.empty()) out.key = rest::id_text(out.inputs.find(type.key));
        if (out.key.empty()) out.key = key;
        if (out.key.empty()) return out_of_place(operation, "nothing that names what it made");
        return out;
    }

    // What an answer holds in secret is not left in a file. Should the state not have it either,
    // `find` is asked.
    base::Result<void> keep_no_secret(const provider::Intent& intent) const {
        const auto& outputs = type(intent.type).outputs;
        const bool has_secret = std::ranges::any_of(
            outputs, [](const provider::OutputField& output) { return output.secret; });
        // Emptying it keeps the lock file: find() then sees CutShort, which asks `find`, and not
        // NeverStarted, which would make it again.
        if (!has_secret) return {};
        return process_.forget_answer(intent);
    }

    base::Result<OperationResult> started(const provider::Intent& intent, Answer answer,
                                          std::string_view operation) const {
        OperationResult out;
        if (answer.kind == Answer::Kind::Refused) return refused(answer);
        if (answer.kind == Answer::Kind::Running) {
            out.kind = OperationResult::Kind::Running;
            out.handle = std::move(answer.handle);
            return out;
        }
        if (intent.action == Action::Delete) {
            if (answer.kind != Answer::Kind::Nothing && answer.kind != Answer::Kind::Absent) {
                return out_of_place(operation, "something that is still there");
            }
            TRY(process_.forget(intent));
            return out;
        }
        if (answer.kind != Answer::Kind::Exists) {
            return out_of_place(operation, "nothing that exists");
        }
        out.seen = TRY(seen(type(intent.type), answer.thing, intent.key, intent.inputs, operation));
        out.seen->token = intent.token;
        TRY(keep_no_secret(intent));
        return out;
    }

    base::Result<LookupResult> found_by(const provider::Intent& intent, const Answer& answer,
                                        const provider::CallContext& context) {
        const bool is_delete = intent.action == Action::Delete;
        switch (answer.kind) {
            case Answer::Kind::Refused: return found(LookupResult::Kind::Absent, answer.reason);
            case Answer::Kind::Foreign: return found(LookupResult::Kind::Foreign, answer.reason);
            case Answer::Kind::Unsure: return found(LookupResult::Kind::Unsure, answer.reason);
            case Answer::Kind::Running: {
                // It answered so before: by now it may be done.
                // Followed by one `poll` and not by the poller, because recovery wants to know
                // where things stand and not wait. The recursion ends: `now` is not Running.
                provider::Intent running = intent;
                running.handle = answer.handle;
                json::Object asked = request(running);
                asked.set("handle", running.handle);
                const Answer now =
                    TRY(process_.ask("poll", intent.type, asked, context, intent.inputs));
                if (now.kind != Answer::Kind::Running) return found_by(intent, now, context);
                LookupResult out = found(LookupResult::Kind::Running);
                out.handle = now.handle;
                return out;
            }
            case Answer::Kind::Nothing:
            case Answer::Kind::Absent:
                return found(is_delete ? LookupResult::Kind::Done : LookupResult::Kind::Absent);
            case Answer::Kind::Listed: return out_of_place("find", "a list");
            case Answer::Kind::Exists: break;
        }
        if (is_delete) return found(LookupResult::Kind::Absent);
        LookupResult out = found(LookupResult::Kind::Done);
        out.seen = TRY(seen(type(intent.type), answer.thing, intent.key, intent.inputs, "find"));
        out.seen->token = intent.token;
        return out;
    }

    const Manifest& manifest_;
    const Value settings_;
    const provider::Host host_;
    const ExtensionProcess process_;
    provider::Capabilities capabilities_;
    std::string identity_;
};

}

base::Result<std::unique_ptr<provider::Connection>>
connect(const Manifest& manifest, const Value& settings, const provider::Host& host) {
    std::string program = manifest.program.front();
    const auto environment = base::child_environment({}, host.executable);
    if (program.find('/') != std::string::npos) {
        program = base::normal_path(base::join_path(manifest.folder, program));
        if (!base::file_exists(program)) {
            return base::not_found(fmt::format("the program \"{}\" of the extension `{}` is not "
                                               "there",
                                               program, manifest.schema.provider))
                .with_help("`program` in its manifest is relative to the extension's folder");
        }
    } else {
        TRY(base::find_program(program, environment, host.executable)
                .context(fmt::format("the extension `{}`", manifest.schema.provider)));
    }
    return std::unique_ptr<provider::Connection>(
        std::make_unique<ExtensionConnection>(manifest, settings, host));
}

}
