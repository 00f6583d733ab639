#include "engine/plan/plan_json.hpp"

#include "engine/plan/changes.hpp"
#include "json/writer.hpp"

#include <fmt/core.h>

namespace engine {
namespace {

// A writer, with what plans are made of.
class Json {
public:
    Json(json::Writer& writer, const value::Fingerprint& fingerprint)
        : writer_(writer), fingerprint_(fingerprint) {}

    // A piece that is JSON already.
    Json& raw(std::string_view text) {
        writer_.number_text(text);
        return *this;
    }
    Json& key(std::string_view name) {
        writer_.key(name);
        return *this;
    }
    Json& text(std::string_view value) {
        writer_.string(value);
        return *this;
    }
    Json& flag(bool value) {
        writer_.boolean(value);
        return *this;
    }
    Json& value(const std::optional<value::Value>& value) {
        return raw(to_json(value ? *value : value::Value(), fingerprint_));
    }
    Json& open(char bracket) {
        bracket == '{' ? writer_.begin_object() : writer_.begin_array();
        return *this;
    }
    Json& close(char bracket) {
        bracket == '}' ? writer_.end_object() : writer_.end_array();
        return *this;
    }
    Json& member(std::string_view name, std::string_view text_value) {
        return key(name).text(text_value);
    }

private:
    json::Writer& writer_;
    const value::Fingerprint& fingerprint_;
};

void add_changes(Json& json, const std::vector<FieldChange>& changes) {
    json.key("changes").open('[');
    for (const FieldChange& change : changes) {
        json.open('{').member("path", change.path).key("before").value(change.before);
        json.key("after").value(change.after).key("forces").flag(change.forces);
        if (!change.was_at.empty()) json.member("was_at", change.was_at);
        json.close('}');
    }
    json.close(']');
}

std::string_view name_of(provider::Cost cost) {
    switch (cost) {
        case provider::Cost::PoweredOff: return "powered_off";
        case provider::Cost::DiskEmptied: return "disk_emptied";
        case provider::Cost::BackupsDeleted: return "backups_deleted";
        case provider::Cost::AddressLost: return "address_lost";
    }
    return "";
}

void add_step(Json& json, const Step& step) {
    json.open('{').member("address", step.address).member("type", step.type);
    // Members may be added and none is renamed; what is not there most of the time is left out, so
    // that documents of usual plans stay small.
    json.member("action", name_of(step.action)).member("reason", reason_of(step));
    add_changes(json, changes_of(step));
    if (!step.detaches.empty()) {
        json.key("detaches").open('[');
        for (const Detach& detach : step.detaches) {
            json.open('{').member("input", detach.input);
            // Either something is let go of, and then of what, or a name is given up for a while.
            if (detach.becomes.empty()) {
                json.member("address", detach.address);
            } else {
                json.member("becomes", detach.becomes);
            }
            json.close('}');
        }
        json.close(']');
    }
    if (!step.exposed.empty()) {
        json.key("secrets_in_arguments").open('[');
        for (const std::string& input : step.exposed) json.text(input);
        json.close(']');
    }
    if (step.is_look_up) json.key("look_up").flag(true);
    if (step.starts_program) json.key("starts_program").flag(true);
    if (!step.costs.empty()) {
        json.key("costs").open('[');
        for (const provider::Cost cost : step.costs) json.text(name_of(cost));
        json.close(']');
    }
    json.key("reversible").flag(step.reversible).close('}');
}

void add_findings(Json& json, const Plan& plan) {
    // The lists that every plan may have are always there, empty or not: whoever reads them by a
    // query needs no case for "missing".
    json.key("drift").open('[');
    for (const Drift& drift : plan.drift) {
        json.open('{').member("address", drift.address).member("type", drift.type);
        json.key("gone").flag(drift.gone);
        add_changes(json, drift.changes);
        json.close('}');
    }
    json.close(']');
    if (!plan.record_changes.empty()) {
        json.key("record_changes").open('[');
        for (const RecordChange& change : plan.record_changes) {
            json.open('{').member("address", change.address).member("type", change.type);
            add_changes(json, change.changes);
            json.close('}');
        }
        json.close(']');
    }
    json.key("deferred").open('[');
    for (const Deferral& deferral : plan.deferred) {
        json.open('{').member("address", deferral.address).key("waits_for").open('[');
        for (const std::string& cell : deferral.waits_for) json.text(cell);
        json.close(']').close('}');
    }
    json.close(']').key("blocked").open('[');
    for (const Blocked& blocked : plan.blocked) {
        json.open('{').member("address", blocked.address).member("reason", blocked.reason);
        if (blocked.by_orphan) json.key("by_orphan").flag(true);
        json.close('}');
    }
    json.close(']');
    if (!plan.left_out.empty()) {
        json.key("left_out").open('[');
        for (const std::string& address : plan.left_out) json.text(address);
        json.close(']');
    }
    const auto add_moves = [&](std::string_view name, const auto& moves) {
        if (moves.empty()) return;
        json.key(name).open('[');
        for (const value::AddressMove& move : moves) {
            json.open('{').member("from", move.from).member("to", move.to).close('}');
        }
        json.close(']');
    };
    add_moves("moved", plan.moves);
    add_moves("renamed", plan.renames);
    json.key("orphans").open('[');
    for (const Orphan& orphan : plan.orphans) {
        json.open('{').member("type", orphan.type).member("key", orphan.key);
        json.member("address", orphan.address).close('}');
    }
    json.close(']');
    if (plan.unlisted.empty()) return;
    json.key("unlisted").open('[');
    for (const Unlisted& one : plan.unlisted) {
        json.open('{').member("type", one.type);
        json.member("connection", one.connection->address).member("message", one.message);
        json.close('}');
    }
    json.close(']');
}

}

std::vector<FieldChange> changes_of(const Step& step) {
    // Of another type no input can be compared with one of this type.
    bool other_type = step.recorded && step.recorded->type != step.type;
    if (step.action == StepAction::Create || (step.action == StepAction::Replace && other_type)) {
        return whole_changes(step.inputs, true);
    }
    if (step.action == StepAction::Delete && step.recorded) {
        return whole_changes(step.recorded->inputs, false);
    }
    return step.changes;
}

std::string reason_of(const Step& step) {
    std::string out;
    for (const Cause& cause : step.causes) {
        if (!out.empty()) out += "; ";
        out += describe(cause);
    }
    return out;
}

std::string step_json(const Step& step, const value::Fingerprint& fingerprint) {
    std::string out;
    json::TextWriter writer(out, json::TextWriter::Style::Compact);
    Json json(writer, fingerprint);
    add_step(json, step);
    return out;
}

json::Object summary_record(const Summary& summary) {
    json::Object out{{"create", summary.create},
                     {"update", summary.update},
                     {"replace", summary.replace},
                     {"delete", summary.remove},
                     {"unchanged", summary.unchanged}};
    // The later counts came after the format was out: absent means 0.
    if (summary.look_up > 0) out.set("look_up", summary.look_up);
    if (summary.forget > 0) out.set("forget", summary.forget);
    if (summary.record > 0) out.set("record", summary.record);
    return out;
}

json::Object summary_record(const Done& done) {
    json::Object out = summary_record(done.done);
    out.set("failed", done.failed);
    out.set("skipped", done.skipped);
    return out;
}

void write_plan_members(json::Writer& writer, const Plan& plan, const PlanJsonOptions& options,
                        const Done* done) {
    Json json(writer, options.fingerprint);
    // First, so that a reader knows what it reads before it reads it.
    json.key("format").raw("1").key("steps").open('[');
    for (const Step& step : plan.steps) add_step(json, step);
    json.close(']');
    // Left out by default: of ten thousand resources nearly all are unchanged.
    if (options.all) {
        json.key("unchanged").open('[');
        for (const std::string& address : plan.unchanged) json.text(address);
        json.close(']');
    }
    add_findings(json, plan);
    if (plan.outputs) json.key("outputs").value(plan.outputs);
    json.key("summary");
    json::write(writer, done != nullptr ? summary_record(*done) : summary_record(plan.summary));
}

std::string plan_json(const Plan& plan, const PlanJsonOptions& options, const Done* done) {
    std::string out;
    json::TextWriter writer(out, json::TextWriter::Style::Compact);
    writer.begin_object();
    write_plan_members(writer, plan, options, done);
    writer.end_object();
    return out;
}

}
