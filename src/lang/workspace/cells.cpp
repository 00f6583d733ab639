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

// What touched an unknown cell is done again once it is known.
void WorkspaceProgram::remember(const Work& work, TouchedSets::Id touched) {
    TouchedSets& sets = evaluation_->machine.touched_sets;
    if (touched == 0 || !sets.has_unknown(touched)) return;
    // Only what is unknown now: a cell that became known meanwhile has its dependents queued
    // already.
    for (value::CellId cell : sets.flatten(touched)) {
        if (instances_[cell.instance].cells[cell.output].state != Cell::State::Unknown) continue;
        Work again;
        again.kind = work.kind;
        again.address = work.address;
        again.word = work.word;
        again.inherited = work.inherited;
        again.instance = work.instance;
        again.where = work.where;
        evaluation_->heap.meter.add(bytes_of(again));
        dependents_[cell].push_back(std::move(again));
    }
}

// With the slack of a growing vector.
std::uint64_t WorkspaceProgram::bytes_of(const Work& work) {
    return 2 * sizeof(Work) + work.address.size();
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
    std::vector<Work> again = std::move(found->second);
    dependents_.erase(found);
    for (const Work& work : again) evaluation_->heap.meter.release(bytes_of(work));
    // A task that is queued already will see the new value anyhow: each is done again once for a
    // batch of cells, however many of its cells became known.
    std::set<std::pair<int, std::string>> queued;
    for (const Work& work : ready_) queued.emplace(static_cast<int>(work.kind), work.address);
    for (Work& work : again) {
        if (!queued.emplace(static_cast<int>(work.kind), work.address).second) continue;
        if (work.kind == Work::Kind::Outputs) {
            work.word = outputs_;
        } else if (work.kind == Work::Kind::Inputs) {
            // The record of the inputs keeps its thunks: they are run again as their sets are
            // stale.
            start_inputs(work.instance);
            continue;
        }
        queue(std::move(work));
    }
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
