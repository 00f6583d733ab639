#include "lang/workspace/workspace_program.hpp"

#include "lang/eval/numbers.hpp"

#include <algorithm>

// Cells: reading and setting them, and what is done again once one is known (ENGINE §3).
namespace lang {

CellReader::Reading WorkspaceProgram::read(Instance& instance, std::uint32_t output, Task&) {
    Machine& machine = evaluation_->machine;
    const OutputInfo& info = types_[instance.type]->outputs[output];
    // `check` knows all cells as unknown before anything is linked. What is read of a resource
    // that turns out to stand nowhere is told at the end.
    if (instance.id == Instance::kUnlinked) {
        if (options_.all_unknown) {
            read_unlinked_.push_back(&instance);
            machine.heap.keep(Word::of(instance.record));
            return {machine.unknown(info.type), 0};
        }
        last_link_ = &instance;
        return {};
    }
    value::CellId id{instance.id, output};
    Cell& cell = instances_[instance.id].cells[output];
    switch (cell.state) {
        case Cell::State::Unset: last_cell_ = id; return {};
        case Cell::State::Unknown:
            return {machine.unknown(info.type),
                    machine.touched_sets.leaf(id, true, info.secret || cell.secret)};
        case Cell::State::Known:
            return {cell.value, machine.touched_sets.leaf(id, false, info.secret || cell.secret)};
    }
    UNREACHABLE();
}

TouchedSets::Id WorkspaceProgram::presence(Instance& instance) {
    if (instance.presence == 0) {
        instance.presence = evaluation_->machine.touched_sets.presence_leaf(
            static_cast<std::uint32_t>(present_.size()));
        present_.push_back(&instance);
        evaluation_->heap.keep(Word::of(instance.record));
    }
    return instance.presence;
}

std::vector<value::InstanceId> WorkspaceProgram::instances_read_by(value::InstanceId id) const {
    std::vector<value::InstanceId> out;
    for (const std::uint32_t number :
         evaluation_->machine.touched_sets.presences(instances_[id].read)) {
        const value::InstanceId other = present_[number]->id;
        if (other != Instance::kUnlinked && other != id) out.push_back(other);
    }
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

// What touched unknown cells is done again once they are known.
void WorkspaceProgram::remember(const Work& work, TouchedSets::Id touched) {
    TouchedSets& sets = evaluation_->machine.touched_sets;
    // `check` never learns a cell.
    if (options_.all_unknown || touched == 0 || !sets.has_unknown(touched)) return;
    std::shared_ptr<Again> again;
    // Only what is unknown now: a cell that became known meanwhile is seen already.
    for (value::CellId cell : sets.flatten(touched)) {
        if (instances_[cell.instance].cells[cell.output].state != Cell::State::Unknown) continue;
        if (again == nullptr) {
            again = std::make_shared<Again>();
            again->work.kind = work.kind;
            again->work.address = work.address;
            again->work.word = work.word;
            again->work.inherited = work.inherited;
            again->work.instance = work.instance;
            again->work.where = work.where;
            evaluation_->heap.meter.add(bytes_of(work));
        }
        ++again->unknown_left;
        dependents_[cell].push_back(again);
    }
    if (again == nullptr) return;
    evaluation_->heap.meter.add(again->unknown_left * 2 * sizeof(again));
    if (work.kind == Work::Kind::Inputs) {
        instances_[work.instance].again = std::move(again);
    } else {
        again_[key_of(work)] = std::move(again);
    }
}

// With what shared ownership and an entry in a table take beside it.
std::uint64_t WorkspaceProgram::bytes_of(const Work& work) {
    return sizeof(Again) + 2 * work.address.size() + 64;
}

std::string WorkspaceProgram::key_of(const Work& work) {
    return std::to_string(static_cast<int>(work.kind)) + work.address;
}

// It is about to run with what is known now: what its last run left to be done again is not.
void WorkspaceProgram::supersede(const Work& work) {
    if (work.kind == Work::Kind::Inputs) {
        std::shared_ptr<Again>& again = instances_[work.instance].again;
        if (again != nullptr) again->is_superseded = true;
        again.reset();
    } else if (!again_.empty()) {
        auto found = again_.find(key_of(work));
        if (found == again_.end()) return;
        found->second->is_superseded = true;
        again_.erase(found);
    }
}

void WorkspaceProgram::do_again(Again& again) {
    evaluation_->heap.meter.release(bytes_of(again.work));
    Work work = std::move(again.work);
    supersede(work);
    if (work.kind == Work::Kind::Inputs) {
        // The record of the inputs keeps its thunks: they are run again as their sets are stale.
        start_inputs(work.instance);
        return;
    }
    if (work.kind == Work::Kind::Outputs) work.word = outputs_;
    queue(std::move(work));
}

// First whoever waits for it at all, then whoever went on with "unknown".
void WorkspaceProgram::cell_set(value::CellId cell, bool was_unknown) {
    postponed_.erase(cell.instance);
    if (auto waiting = waiting_for_cell_.find(cell); waiting != waiting_for_cell_.end()) {
        wake(waiting->second);
        waiting_for_cell_.erase(waiting);
    }
    if (!was_unknown) return;
    evaluation_->machine.touched_sets.became_known(cell);
    auto found = dependents_.find(cell);
    if (found == dependents_.end()) return;
    const std::vector<std::shared_ptr<Again>> dependents = std::move(found->second);
    dependents_.erase(found);
    evaluation_->heap.meter.release(dependents.size() * 2 * sizeof(dependents.front()));
    for (const std::shared_ptr<Again>& again : dependents) {
        again->is_stale = true;
        if (--again->unknown_left == 0 && !again->is_superseded) do_again(*again);
    }
}

// Inputs are not: their step waits for the owners of all that they read.
void WorkspaceProgram::catch_up() {
    std::vector<std::shared_ptr<Again>> stale;
    for (const auto& [key, again] : again_) {
        if (again->is_stale) stale.push_back(again);
    }
    std::ranges::sort(stale, {}, [](const auto& again) {
        return std::pair(again->work.kind, std::string_view(again->work.address));
    });
    for (const std::shared_ptr<Again>& again : stale) do_again(*again);
}

void WorkspaceProgram::set_cell_unknown(value::CellId cell) {
    instances_[cell.instance].cells[cell.output].state = Cell::State::Unknown;
    cell_set(cell, false);
}

// Builds the word of a cell; the last event of the value sets it.
class WorkspaceProgram::CellSink final : public value::ValueSink {
public:
    CellSink(WorkspaceProgram& program, value::CellId cell)
        : program_(program), cell_(cell),
          builder_(program.evaluation_->machine, DataBuilder::Repeated::Last) {}

    void null() override {
        add([&] { return builder_.null({}); });
    }
    void boolean(bool value) override {
        add([&] { return builder_.boolean(value, {}); });
    }
    void integer(std::int64_t value) override {
        add([&] {
            return builder_.word(program_.evaluation_->heap.number(value::Rational(value)));
        });
    }
    void number(const value::Rational& value) override {
        add([&] { return builder_.word(program_.evaluation_->heap.number(value)); });
    }
    void string(std::string_view value) override {
        add([&] { return builder_.string(value, {}); });
    }
    void secret_template(const value::SecretTemplate& value) override {
        secret();
        add([&] { return builder_.word(program_.evaluation_->heap.secret_template(value)); });
    }
    void begin_array(std::size_t) override {
        ++depth_;
        (void)builder_.begin_array({}).ok();
    }
    void end_array() override {
        --depth_;
        add([&] { return builder_.end_array({}); });
    }
    void begin_record(std::size_t) override {
        ++depth_;
        (void)builder_.begin_object({}).ok();
    }
    void key(std::string_view name) override {
        SymbolScope scope(program_.evaluation_->symbols);
        (void)builder_.key(name, {}).ok();
    }
    void end_record() override {
        --depth_;
        add([&] { return builder_.end_object({}); });
    }
    void unknown(value::ValueType type) override {
        add([&] { return builder_.word(program_.evaluation_->machine.unknown(type)); });
    }
    // A cell is a leaf: a secret part makes the whole of it secret.
    void secret() override {
        program_.instances_[cell_.instance].cells[cell_.output].secret = true;
    }
    void instance(value::InstanceId, std::string_view) override {
        UNREACHABLE();
    }   // no output is a resource

private:
    template <typename Step>
    void add(Step step) {
        // The sink of a value has no way to say no.
        (void)step().ok();   // memory limits show in the next evaluation
        if (depth_ == 0) program_.store(cell_, builder_.value());
    }

    WorkspaceProgram& program_;
    value::CellId cell_;
    DataBuilder builder_;
    std::size_t depth_ = 0;
};

void WorkspaceProgram::store(value::CellId id, Word value) {
    Cell& cell = instances_[id.instance].cells[id.output];
    bool was_unknown = cell.state == Cell::State::Unknown;
    cell.value = value;
    cell.state = Cell::State::Known;
    cell_set(id, was_unknown);
}

value::ValueSink& WorkspaceProgram::set_cell(value::CellId cell) {
    sink_ = std::make_unique<CellSink>(*this, cell);
    return *sink_;
}

}
