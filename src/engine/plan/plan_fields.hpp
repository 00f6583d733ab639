#pragma once

#include "engine/plan/plan.hpp"

#include <vector>

// The members of all that a plan is made of, each kind of record described once. Whoever goes
// through a plan member by member does it here (writing, reading, and the tests that compare), so
// that none forgets what another has. An archive is called with the name of each member and the
// member; of an enumeration, with its last value too.
namespace engine {

template <typename Archive>
void describe(Archive& archive, value::InputPlace& place) {
    archive("file", place.file);
    archive("line", place.line);
    archive("column", place.column);
}

template <typename Archive>
void describe(Archive& archive, FieldChange& change) {
    archive("path", change.path);
    archive("before", change.before);
    archive("after", change.after);
    archive("forces", change.forces);
    archive("was_at", change.was_at);
}

template <typename Archive>
void describe(Archive& archive, Cause& cause) {
    archive("kind", cause.kind, Cause::Kind::Destroy);
    archive("subject", cause.subject);
    archive("place", cause.place);
    archive("called_at", cause.called_at);
    archive("action", cause.action, StepAction::Delete);
}

template <typename Archive>
void describe(Archive& archive, Detach& detach) {
    archive("input", detach.input);
    archive("id", detach.id);
    archive("address", detach.address);
    archive("may", detach.may);
    archive("taker", detach.taker);
    archive("becomes", detach.becomes);
}

template <typename Archive>
void describe(Archive& archive, provider::ConnectionRecord& record) {
    archive("address", record.address);
    archive("provider", record.provider);
    archive("identity", record.identity);
    archive("settings", record.settings);
}

template <typename Archive>
void describe(Archive& archive, state::Version& version) {
    archive("epoch", version.epoch);
    archive("run", version.run);
    archive("sequence", version.sequence);
}

template <typename Archive>
void describe(Archive& archive, state::Row& row) {
    archive("address", row.address);
    archive("generation", row.generation);
    archive("type", row.type);
    archive("connection", row.connection);
    archive("key", row.key);
    archive("token", row.token);
    archive("inputs", row.inputs);
    archive("outputs", row.outputs);
    archive("lifecycle", row.lifecycle);
    archive("dependencies", row.dependencies);
    archive("complete", row.complete);
    archive("version", row.version);
}

template <typename Archive>
void describe(Archive& archive, state::Expected& expected) {
    archive("address", expected.address);
    archive("generation", expected.generation);
    archive("version", expected.version);
}

template <typename Archive>
void describe(Archive& archive, Step& step) {
    archive("address", step.address);
    archive("type", step.type);
    archive("action", step.action, StepAction::Delete);
    archive("causes", step.causes);
    archive("changes", step.changes);
    archive("changed", step.changed);
    archive("detaches", step.detaches);
    archive("reversible", step.reversible);
    archive("undo", step.undo);
    archive("risk", step.risk, Risk::Loss);
    archive("exposed", step.exposed);
    archive("is_look_up", step.is_look_up);
    archive("starts_program", step.starts_program);
    archive("costs", step.costs, provider::kLastCost);
    archive("generation", step.generation);
    archive("create_first", step.create_first);
    archive("inputs", step.inputs);
    archive("outputs", step.outputs);
    archive("lifecycle", step.lifecycle);
    archive("connection", step.connection);
    archive("recorded", step.recorded);
    archive("reads", step.reads);
    archive("follows", step.follows);
    archive("place", step.place);
}

template <typename Archive>
void describe(Archive& archive, Drift& drift) {
    archive("address", drift.address);
    archive("type", drift.type);
    archive("gone", drift.gone);
    archive("changes", drift.changes);
    archive("fates", drift.fates, Fate::AsWanted);
}

template <typename Archive>
void describe(Archive& archive, RecordChange& change) {
    archive("address", change.address);
    archive("type", change.type);
    archive("changes", change.changes);
}

template <typename Archive>
void describe(Archive& archive, Deferral& deferral) {
    archive("address", deferral.address);
    archive("waits_for", deferral.waits_for);
}

template <typename Archive>
void describe(Archive& archive, Blocked& blocked) {
    archive("address", blocked.address);
    archive("reason", blocked.reason);
    archive("by_orphan", blocked.by_orphan);
}

template <typename Archive>
void describe(Archive& archive, Orphan& orphan) {
    archive("type", orphan.type);
    archive("key", orphan.key);
    archive("address", orphan.address);
    archive("connection", orphan.connection);
}

template <typename Archive>
void describe(Archive& archive, Unlisted& unlisted) {
    archive("type", unlisted.type);
    archive("connection", unlisted.connection);
    archive("is_own", unlisted.is_own);
    archive("code", unlisted.code, base::Code::Internal);
    archive("message", unlisted.message);
    archive("blocks", unlisted.blocks);
}

template <typename Archive>
void describe(Archive& archive, provider::ObservedResource& seen) {
    archive("key", seen.key);
    archive("inputs", seen.inputs);
    archive("outputs", seen.outputs);
    archive("token", seen.token);
}

template <typename Archive>
void describe(Archive& archive, Observed& observed) {
    archive("address", observed.address);
    archive("seen", observed.seen);
}

template <typename Archive>
void describe(Archive& archive, PlannedResource& resource) {
    archive("address", resource.address);
    archive("type", resource.type);
    archive("action", resource.action, StepAction::Delete);
    archive("needs", resource.needs);
}

template <typename Archive>
void describe(Archive& archive, Summary& summary) {
    archive("create", summary.create);
    archive("update", summary.update);
    archive("replace", summary.replace);
    archive("delete", summary.remove);
    archive("look_up", summary.look_up);
    archive("forget", summary.forget);
    archive("record", summary.record);
    archive("unchanged", summary.unchanged);
}

template <typename Archive>
void describe(Archive& archive, Order::Node& node) {
    archive("step", node.step);
    archive("removes", node.removes);
    archive("detaches", node.detaches);
}

template <typename Archive>
void describe(Archive& archive, Order::Edge& edge) {
    archive("follower", edge.follower);
    archive("why", edge.why, Order::Why::Follows);
}

// An order as plain data: its nodes, and the edges from each.
struct OrderParts {
    std::vector<Order::Node> nodes;
    std::vector<std::vector<Order::Edge>> edges;
};

inline OrderParts parts_of(const Order& order) {
    OrderParts out{.nodes = order.nodes(), .edges = {}};
    for (std::uint32_t node = 0; node < out.nodes.size(); ++node) {
        out.edges.push_back(order.followers(node));
    }
    return out;
}

template <typename Archive>
void describe(Archive& archive, OrderParts& order) {
    archive("nodes", order.nodes);
    archive("edges", order.edges);
}

template <typename Archive>
void describe(Archive& archive, value::AddressMove& move) {
    archive("from", move.from);
    archive("to", move.to);
    archive("alone", move.alone);
}

// All but the order, which is no plain data.
template <typename Archive>
void describe(Archive& archive, Plan& plan) {
    archive("steps", plan.steps);
    archive("drift", plan.drift);
    archive("record_changes", plan.record_changes);
    archive("deferred", plan.deferred);
    archive("blocked", plan.blocked);
    archive("left_out", plan.left_out);
    archive("moves", plan.moves);
    archive("moved_rows", plan.moved_rows);
    archive("renames", plan.renames);
    archive("orphans", plan.orphans);
    archive("unlisted", plan.unlisted);
    archive("unchanged", plan.unchanged);
    archive("outputs", plan.outputs);
    archive("expected", plan.expected);
    archive("record_updates", plan.record_updates);
    archive("observed", plan.observed);
    archive("resources", plan.resources);
    archive("summary", plan.summary);
    archive("refreshed", plan.refreshed);
}

// What has a description above.
template <typename T, typename Archive>
concept Described = requires(T& thing, Archive& archive) { describe(archive, thing); };

}
