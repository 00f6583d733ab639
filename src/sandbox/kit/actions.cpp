#include "sandbox/kit/actions.hpp"

#include "sandbox/kit/api.hpp"

#include <algorithm>
#include <iterator>

namespace sandbox {
namespace {

constexpr std::string_view kAction = "action";
constexpr std::string_view kTimer = "_timer";
// A project that tests for days would else grow without an end. Clients poll actions for minutes.
constexpr std::size_t kMostActions = 20'000;   // beyond, those that ended longest ago are forgotten

std::int64_t micros_of(base::Time time) { return time.time_since_epoch().count(); }
base::Time time_of(std::int64_t micros) { return base::Time(Micros(micros)); }

// Actions and timers share their ids, so that `due` needs no type.
std::string_view type_of(const Project& project, std::int64_t id) {
    return project.find(kAction, id) != nullptr ? kAction : kTimer;
}

// Derived from the record alone, so loading a world and beginning an action lead to the same.
void note(PendingActions& pending, const Record& record) {
    const std::int64_t id = id_of(record);
    if (const std::int64_t after = record.int64_or("_after", 0); after != 0) {
        pending.waiting.emplace(after, id);
    } else {
        pending.due.emplace(record.int64_or("_due", 0), id);
    }
    const json::Value* things = record.find("_locked");
    if (things == nullptr) return;
    for (const json::Value& thing : *things->as_array()) {
        pending.holds.emplace(std::pair(std::string(thing.string_or("type", "")), id_of(thing)),
                              id);
    }
}

void let_go(PendingActions& pending, const Record& record) {
    const json::Value* things = record.find("_locked");
    if (things == nullptr) return;
    for (const json::Value& thing : *things->as_array()) {
        const auto [from, to] = pending.holds.equal_range(
            std::pair(std::string(thing.string_or("type", "")), id_of(thing)));
        for (auto it = from; it != to;) {
            it = it->second == id_of(record) ? pending.holds.erase(it) : std::next(it);
        }
    }
}

json::Value fault_value(const ActionFault& fault) {
    return json::Object{
        {"code", fault.code}, {"message", fault.message}, {"happens", fault.happens}};
}

// From the moment that the one before ended, which may lie well back: advance() sets `now` to that
// moment, and a chain of actions takes as long as its parts even if nobody asks meanwhile.
void start(Project& project, Record& record) {
    const std::int64_t due = micros_of(project.now) + record.int64_or("_takes", 1);
    put(record, "_due", due);
    put(record, "_began", micros_of(project.now));
    put(record, "_after", 0);
    project.pending.due.emplace(due, id_of(record));
}

void forget_old(Project& project) {
    // Ids grow, so the first in the table are the oldest.
    const Table& actions = project.all(kAction);
    if (actions.size() <= kMostActions) return;
    for (auto it = actions.begin(); it != actions.end() && actions.size() > kMostActions;) {
        const std::int64_t id = it->first;
        const bool has_ended = it->second.string_or("status", "") != "running";
        ++it;
        if (has_ended) project.remove(kAction, id);
    }
}

void end(Project& project, std::int64_t id) {
    const std::string_view type = type_of(project, id);
    // A copy: the effect may remove the record.
    const Record record = *project.find(type, id);
    const std::string command(record.string_or("command", ""));
    const Effect* effect = project.api.find_effect(command);
    const json::Value* args = record.find("_args");
    const json::Value* fault = record.find("_fault");
    const bool fails = fault != nullptr && !fault->is_null();
    // Before the effect runs, which may begin another action on the same things.
    let_go(project.pending, record);
    if (type == kTimer) {
        project.remove(kTimer, id);
        if (effect != nullptr && effect->finish != nullptr) effect->finish(project, *args);
        return;
    }
    Record& action = project.edit(kAction, id);
    put(action, "status", fails ? "error" : "success");
    put(action, "progress", 100);
    // The time it was due, not the time of the request that found out.
    put(action, "finished", project.now_text());
    if (fails) {
        put(action, "error",
            json::Object{{"code", fault->string_or("code", "action_failed")},
                         {"message", fault->string_or("message", "Action failed")}});
    }
    if (effect == nullptr) return;
    // A fault may say that it has happened all the same ("happens"): the action ends in error and
    // the change is there. Clients that trust the error alone get that wrong.
    const bool happens = !fails || fault->bool_or("happens", false);
    const auto run = happens ? effect->finish : effect->undo;
    if (run != nullptr) run(project, *args);
}

// Those that waited for it begin; when it failed, they fail too.
void release_waiting(Project& project, std::int64_t id) {
    const auto [from, to] = project.pending.waiting.equal_range(id);
    std::vector<std::int64_t> next;
    for (auto it = from; it != to; ++it) next.push_back(it->second);
    project.pending.waiting.erase(from, to);
    const Record* ended = project.find(kAction, id);
    const bool failed = ended != nullptr && ended->string_or("status", "") == "error";
    for (const std::int64_t waiting : next) {
        Record& action = project.edit(kAction, waiting);
        start(project, action);
        const json::Value args = *action.find("_args");
        // It runs its time and then fails, without its effect having begun.
        if (failed) {
            put(action, "_fault", fault_value({.message = "Action failed"}));
            continue;
        }
        const Effect* effect = project.api.find_effect(action.string_or("command", ""));
        if (effect != nullptr && effect->begin != nullptr) effect->begin(project, args);
    }
}

json::Array to_json(const std::vector<ResourceRef>& things) {
    json::Array out;
    for (const ResourceRef& thing : things) {
        out.push_back(json::Object{{"id", thing.id}, {"type", thing.type}});
    }
    return out;
}

// The fault of a request is that of the first action that it begins.
// Of several actions that a request begins, those behind the first fail with it.
json::Value take_fault(Project& project, const Begin& begin) {
    if (begin.fault) return fault_value(*begin.fault);
    if (!project.fault || begin.after != 0) return {};
    const ActionFault fault = *project.fault;
    project.fault.reset();
    return fault_value(fault);
}

}

std::int64_t begin_action(Project& project, Begin begin) {
    const std::int64_t id = project.next_action_id();
    json::Array resources = to_json(begin.resources);
    json::Array locked = begin.locked ? to_json(*begin.locked) : resources;
    json::Value fault = take_fault(project, begin);
    // An action without a duration has ended when it is answered; with a fault it must take some
    // time in order to fail.
    const bool is_done = begin.duration.count() == 0 && fault.is_null();
    Record record = json::Object{
        {"id", id},
        {"command", begin.command},
        {"status", is_done ? "success" : "running"},
        {"progress", is_done ? 100 : 0},
        {"started", project.now_text()},
        {"finished", is_done ? json::Value(project.now_text()) : json::Value()},
        {"resources", std::move(resources)},
        {"error", nullptr},
        {"_args", std::move(begin.args)},
        {"_takes", project.real(begin.duration).count()},
        {"_after", begin.after},
        {"_fault", std::move(fault)},
        {"_locked", std::move(locked)},
    };
    // One that waits begins when the other ends: release_waiting().
    if (!is_done && begin.after == 0) {
        put(record, "_began", micros_of(project.now));
        put(record, "_due", micros_of(project.now) + record.int64_or("_takes", 1));
        const Effect* effect = project.api.find_effect(begin.command);
        if (effect != nullptr && effect->begin != nullptr) {
            effect->begin(project, *record.find("_args"));
        }
    }
    if (!is_done) note(project.pending, record);
    project.add(kAction, std::move(record));
    forget_old(project);
    return id;
}

void begin_timer(Project& project, std::string_view command, std::chrono::milliseconds after,
                 json::Value args) {
    const std::int64_t id = project.next_action_id();
    const std::int64_t due = micros_of(project.now) + project.real(after).count();
    project.pending.due.emplace(due, id);
    project.add(
        kTimer,
        json::Object{{"id", id}, {"command", command}, {"_args", std::move(args)}, {"_due", due}});
}

// In order of time, and each at its own time: whether a client asks every second or once a day,
// the world comes out the same.
void advance(Project& project, base::Time now) {
    while (!project.pending.due.empty() && project.pending.due.begin()->first <= micros_of(now)) {
        // Taken out first: effects may add to `due`.
        const auto [due, id] = *project.pending.due.begin();
        project.pending.due.erase(project.pending.due.begin());
        project.now = time_of(due);
        end(project, id);
        release_waiting(project, id);
    }
    project.now = now;
}

PendingActions pending_actions_of(const Store& store, const std::string& project) {
    PendingActions pending;
    for (const auto& [id, action] : store.table(project, kAction)) {
        if (action.string_or("status", "") == "running") note(pending, action);
    }
    for (const auto& [id, timer] : store.table(project, kTimer)) note(pending, timer);
    return pending;
}

bool is_locked(const Project& project, std::string_view type, std::int64_t id) {
    return project.pending.holds.contains(std::pair(std::string(type), id));
}

base::Result<void> require_free(const Project& project, std::string_view type, std::int64_t id) {
    if (is_locked(project, type, id))
        return project.api.refuse(Reason::Busy, {.words = {}, .type = type});
    return {};
}

int progress_of(const Project& project, const Record& action) {
    const std::int64_t began = action.int64_or("_began", 0);
    const std::int64_t due = action.int64_or("_due", 0);
    if (action.string_or("status", "") != "running" || due <= began) {
        return static_cast<int>(action.int64_or("progress", 0));
    }
    const double done =
        static_cast<double>(micros_of(project.now) - began) / static_cast<double>(due - began);
    // Never 100 while it runs.
    return static_cast<int>(std::clamp(done, 0.0, 0.99) * 100);
}

}
