#include "base/text.hpp"
#include "lang/workspace/workspace_program.hpp"

#include <algorithm>
#include <array>

// What is wrong with a program beside what its evaluation finds.
namespace lang {

// Narrower than a suggestion: `sources` is a name of its own.
// Two letters off at most, and the same first letter.
static bool is_slip(std::string_view name, std::string_view meant) {
    std::string lower = base::to_lower_ascii(name);
    return !name.empty() && name != meant && lower.front() == meant.front() &&
           base::edit_distance(lower, meant) <= 2;
}

// Beside those that mean something, a program may have any fields; but one that is only just
// not called so, while the real one is not there, is a slip that would otherwise pass for "nothing
// wanted".
bool WorkspaceProgram::check_names(Record& record) {
    static constexpr std::array<std::string_view, 3> kNames{"resources", "connections", "outputs"};
    Machine& machine = evaluation_->machine;
    std::vector<std::string_view> missing;
    for (std::string_view name : kNames) {
        std::uint32_t slot = record.shape->find(Symbol::of(name));
        if (slot == Shape::kAbsent || !machine.has_value(record, slot)) missing.push_back(name);
    }
    bool fine = true;
    for (std::uint32_t slot : record.shape->sorted_slots()) {
        std::string_view name = record.shape->symbols[slot].text();
        auto meant =
            std::ranges::find_if(missing, [&](std::string_view one) { return is_slip(name, one); });
        if (meant == missing.end()) continue;
        Span where = record.fields ? record.fields[slot].span : record.span;
        fail({.kind = "EvalError::Other",
              .message = "`" + std::string(name) +
                         "` means nothing to a workspace; did you mean `" + std::string(*meant) +
                         "`?",
              .labels = {{where, "", true}},
              .notes = {"another name may stand for anything; this one is too near"}},
             "");
        fine = false;
    }
    if (!fine || missing.empty() || missing.front() != "resources") return fine;
    fail({.kind = "EvalError::Other",
          .message = "this program has no `resources`",
          .labels = {{record.span, "", true}},
          .notes = {"`resources = {}` says that nothing is wanted, and deletes what is there"}},
         "");
    return false;
}

void WorkspaceProgram::fail_missing(value::InstanceId id, const std::vector<std::string>& missing) {
    const InstanceState& state = instances_[id];
    std::string names = base::join(missing, "`, `");
    bool one = missing.size() == 1;
    fail({.kind = "EvalError::MissingFieldDef",
          .message = std::string(one ? "the input `" : "the inputs `") + names + "` of `" +
                     state.address + (one ? "` has no value" : "` have no value"),
          .labels = {{state.record->span, "this " + std::string(types_[state.type]->name), true}},
          .expectation = {{"field", missing.front()}}},
         state.address, id);
}

// Merging over a type, or a workspace's own schema, may have put a value where a cell belongs.
bool WorkspaceProgram::check_outputs(value::InstanceId id) {
    const InstanceState& state = instances_[id];
    const Record& record = *state.record;
    for (const OutputInfo& output : types_[state.type]->outputs) {
        std::uint32_t slot = record.shape->find(Symbol::of(output.name));
        if (slot == Shape::kAbsent || !record.fields) continue;
        if (record.fields[slot].method == Method::Output) continue;
        fail({.kind = "EvalError::Other",
              .message = "`" + output.name + "` is an output of " +
                         std::string(types_[state.type]->name) +
                         ": it cannot be set, as it is for `" + state.address + "`",
              .labels = {{record.fields[slot].span, "set here", true},
                         {record.span, "this resource", false}}},
             state.address, id);
        return false;
    }
    return true;
}

// One input by itself: only for what is wrong with it.
void WorkspaceProgram::start_input(value::InstanceId id, Word word) {
    Work work;
    work.kind = Work::Kind::Input;
    work.address = instances_[id].address;
    work.instance = id;
    work.word = word;
    ready_.push_back(std::move(work));
}

}
