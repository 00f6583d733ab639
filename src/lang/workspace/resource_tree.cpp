#include "lang/workspace/workspace_program.hpp"

#include "lang/eval/numbers.hpp"
#include "value/address.hpp"

#include <algorithm>

// From the root over the resource tree to the inputs of each instance (ENGINE §2).
namespace lang {

void WorkspaceProgram::finish_root(TouchedSets::Id touched) {
    Machine& machine = evaluation_->machine;
    Word value = machine.result();
    if (!is(value, Tag::Record)) {
        fail({.kind = "EvalError::Other",
              .message =
                  "a workspace must be a record, but this program is " + machine.describe(value),
              .notes = {"write `{ resources = { … } }`"}},
             "");
        return;
    }
    auto& record = *as<Record>(value);
    whole_ = &record;
    if (!(record.flags & Record::kUnknownNames) && !check_names(record)) return;
    Record* program = own_record();
    if (program == nullptr) return open_moved(touched);
    if (!check_given(*program, given_->root(), "") || !check_environment()) return;
    const std::uint32_t declared = program->shape->find(Symbol::of(kDeclaredInputs));
    if (declared == Shape::kAbsent || !machine.has_value(*program, declared))
        return open_moved(touched);
    // First of all: what is missing there would be met again wherever it is read.
    Work work;
    work.kind = Work::Kind::Declared;
    work.address = kDeclaredInputs;
    work.word = machine.field(*program, declared);
    work.inherited = touched;
    queue(std::move(work));
}

void WorkspaceProgram::open_branches(TouchedSets::Id touched) {
    is_opened_ = true;
    Machine& machine = evaluation_->machine;
    Record& record = *whole_;
    auto branch = [&](std::string_view name, std::string address) {
        std::uint32_t slot = record.shape->find(Symbol::of(name));
        if (slot == Shape::kAbsent || !machine.has_value(record, slot)) return;
        Work work;
        work.kind = Work::Kind::Tree;
        work.address = std::move(address);
        work.word = machine.field(record, slot);
        work.inherited = touched;
        if (record.fields) work.where = record.fields[slot].span;
        queue(std::move(work));
    };
    // Connections first: resources are told with the connection that they use.
    branch("connections", "connections");
    branch("resources", "");
    std::uint32_t slot = record.shape->find(Symbol::of("outputs"));
    if (slot != Shape::kAbsent && machine.has_value(record, slot))
        outputs_ = machine.field(record, slot);
}

void WorkspaceProgram::finish_tree(Work& work, Word value, TouchedSets::Id touched) {
    Machine& machine = evaluation_->machine;
    // Whether a place of the tree is unknown, an instance or a group shows when its value is
    // there. What hides behind an unknown is deferred, and opened when the cell it waits for is
    // known.
    remember(work, touched);
    auto deferral = [&] {
        Event event;
        event.kind = Event::Kind::Deferral;
        event.address = work.address;
        event.touched = machine.touched_sets.flatten(touched);
        events_.push_back(std::move(event));
    };
    if (is(value, Tag::Unknown)) return deferral();
    if (!is(value, Tag::Record)) {
        std::string address = work.address.empty() ? "resources" : work.address;
        fail({.kind = "EvalError::Other",
              .message = "`" + address + "` is " + machine.describe(value) +
                         ", but only resources and groups of them may stand here",
              .labels = {{work.where, "", true}},
              .notes = {"a resource is a record with a type, such as `| local.File`; is an "
                        "annotation missing?"}},
             work.address);
        return;
    }
    auto& record = *as<Record>(value);
    if (record.extension && record.extension->instance) return link(work, record, touched);
    for (std::uint32_t slot : record.shape->sorted_slots()) {
        if (machine.is_empty_optional(record, slot)) continue;
        Word word = machine.field(record, slot);
        std::string name(record.shape->symbols[slot].text());
        Work child;
        child.kind = Work::Kind::Tree;
        child.address = value::child_address(work.address, name);
        child.inherited = touched;
        child.where = record.fields && record.fields[slot].span.exists() ? record.fields[slot].span
                                                                         : record.span;
        if (child.address == "connections") {
            fail({.kind = "EvalError::Other",
                  .message =
                      "under `resources` nothing can be called `connections`: addresses that "
                      "begin so are those of connections",
                  .labels = {{child.where, "", true}},
                  .notes = {"give it another name; connections stand beside `resources`, as "
                            "`connections.NAME`"}},
                 "");
            continue;
        }
        if (!word.exists()) {
            fail({.kind = "EvalError::MissingFieldDef",
                  .message = "the field `" + name + "` has no value",
                  .labels = {{child.where, "declared here", true}},
                  .expectation = {{"field", name}}},
                 child.address);
            continue;
        }
        child.word = word;
        queue(std::move(child));
    }
    if (record.flags & Record::kUnknownNames) deferral();
}

void WorkspaceProgram::link(Work& work, Record& record, TouchedSets::Id touched) {
    Instance& instance = *record.extension->instance;
    // By identity: the same record under two names would be one thing with two addresses.
    if (instance.id != Instance::kUnlinked && instances_[instance.id].address != work.address) {
        const InstanceState& other = instances_[instance.id];
        fail({.kind = "EvalError::Other",
              .message = "one resource stands at two addresses: `" + other.address + "` and `" +
                         work.address + "`",
              .labels = {{work.where, "the second", true}, {record.span, "the resource", false}},
              .notes = {"make it by a function, or annotate the two fields, so that each is a "
                        "resource of its own"}},
             work.address);
        return;
    }
    // The tree may be evaluated again when values become known; what stands at an address stays
    // the same instance, with its cells.
    auto [entry, fresh] =
        by_address_.try_emplace(work.address, static_cast<value::InstanceId>(instances_.size()));
    if (fresh) {
        InstanceState state;
        state.address = work.address;
        state.type = instance.type;
        state.cells.resize(types_[instance.type]->outputs.size());
        if (options_.all_unknown) {
            for (Cell& cell : state.cells) cell.state = Cell::State::Unknown;
        }
        instances_.push_back(std::move(state));
    }
    value::InstanceId id = entry->second;
    InstanceState& state = instances_[id];
    instance.id = id;
    bool same = state.record == &record;
    state.record = &record;
    state.type = instance.type;
    state.where = work.where;
    state.tree = touched;
    if (auto waiting = waiting_for_link_.find(&instance); waiting != waiting_for_link_.end()) {
        wake(waiting->second);
        waiting_for_link_.erase(waiting);
    }
    // A record that is the same has inputs that are the same; they are done again by their own
    // cells.
    if (!same) start_inputs(id);
}

// The inputs as a plain record: outputs are left out, as they would wait for this very instance.
void WorkspaceProgram::start_inputs(value::InstanceId id) {
    Machine& machine = evaluation_->machine;
    InstanceState& state = instances_[id];
    Record& record = *state.record;
    if (!check_outputs(id)) return;
    std::vector<Symbol> names;
    std::vector<Word> words;
    std::vector<std::string> missing;
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        if (record.fields && record.fields[slot].method == Method::Output) continue;
        if (machine.is_empty_optional(record, slot)) continue;
        Word word = machine.field(record, slot);
        if (!word.exists()) {
            missing.emplace_back(record.shape->symbols[slot].text());
            continue;
        }
        names.push_back(record.shape->symbols[slot]);
        words.push_back(word);
    }
    // All that is missing in one message, and the other inputs for errors of their own.
    if (!missing.empty()) {
        fail_missing(id, missing);
        for (Word word : words) start_input(id, word);
        return;
    }
    Record* inputs = machine.make_record(machine.shapes.intern(names));
    std::ranges::copy(words, inputs->slots);
    inputs->span = record.span;
    Work work;
    work.kind = Work::Kind::Inputs;
    work.address = state.address;
    work.instance = id;
    work.word = Word::of(inputs);
    work.inherited = state.tree;
    supersede(work);
    ready_.push_back(std::move(work));
}

void WorkspaceProgram::finish_inputs(Work& work, TouchedSets::Id touched) {
    InstanceState& state = instances_[work.instance];
    state.inputs = work.word;
    state.touched = touched;
    state.read = work.task->touched;
    remember(work, touched);
    if (!check_references(work.instance)) return;
    Event event;
    event.kind = Event::Kind::Inputs;
    event.instance = work.instance;
    event.address = state.address;
    event.touched = evaluation_->machine.touched_sets.flatten(touched);
    // Its own outputs may be read by its own inputs' contracts; that is no dependency on another.
    std::erase_if(event.touched,
                  [&](value::CellId cell) { return cell.instance == work.instance; });
    events_.push_back(std::move(event));
}

// The first instance within an input for which this holds, or null.
const Record*
WorkspaceProgram::find_instance(Word within,
                                const std::function<bool(const Instance&)>& is_it) const {
    Machine& machine = evaluation_->machine;
    std::vector<Word> open{within};
    while (!open.empty()) {
        // Inputs were evaluated deeply, so whatever is not at hand belongs to what is not part of
        // them.
        Word value;
        const bool known = machine.at_hand(open.back(), value);
        open.pop_back();
        if (!known) continue;
        if (is(value, Tag::Array)) {
            for (std::uint32_t i = 0; i < as<Array>(value)->size; ++i)
                open.push_back(machine.element(*as<Array>(value), i));
        }
        if (!is(value, Tag::Record)) continue;
        auto& record = *as<Record>(value);
        if (record.extension && record.extension->instance) {
            if (is_it(*record.extension->instance)) return &record;
            continue;   // what it holds is told with itself
        }
        for (std::uint32_t i = 0; i < record.shape->size; ++i) {
            Word word = machine.field(record, i);
            if (word.exists()) open.push_back(word);
        }
    }
    return nullptr;
}

// A whole instance may stand for a connection or in lifecycle.after, nowhere else.
bool WorkspaceProgram::check_references(value::InstanceId id) {
    auto& inputs = *as<Record>(instances_[id].inputs);
    for (std::uint32_t slot = 0; slot < inputs.shape->size; ++slot) {
        std::string_view name = inputs.shape->symbols[slot].text();
        if (name == "connection" || name == "lifecycle") continue;
        const Record* found =
            find_instance(inputs.slots[slot], [](const Instance&) { return true; });
        if (found == nullptr) continue;
        fail({.kind = "EvalError::Other",
              .message = "the input `" + std::string(name) + "` of `" + instances_[id].address +
                         "` holds a whole resource",
              .labels = {{instances_[id].record->span, "", true},
                         {found->span, "this resource", false}},
              .notes = {"say which of its outputs is meant, for instance `.id`"}},
             instances_[id].address, id);
        return false;
    }
    return true;
}

value::InputPlace WorkspaceProgram::unlinked_place(value::InstanceId id,
                                                   std::string_view input) const {
    SymbolScope scope(evaluation_->symbols);
    auto& inputs = *as<Record>(instances_[id].inputs);
    const std::uint32_t slot = inputs.shape->find(Symbol::of(input));
    if (slot == Shape::kAbsent) return {};
    const Record* found = find_instance(inputs.slots[slot], [](const Instance& instance) {
        return instance.id == Instance::kUnlinked;
    });
    if (found == nullptr) return {};
    const Place place = evaluation_->sources.place(found->span.begin);
    return {place.source ? place.source->name : std::string(), place.line, place.column};
}

}
