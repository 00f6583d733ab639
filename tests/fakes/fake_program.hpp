#pragma once

#include "lang/program.hpp"
#include "value/builder.hpp"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

// A lang::Program whose instances are C++ functions of the cells they read: for tests of the engine
// without an evaluator. Instances may be declared in any order; reading an unset cell parks.
namespace fakes {

class FakeProgram final : public lang::Program {
public:
    // What an instance's inputs are computed with. `cell` tells an unknown if it is not known, and
    // parks the instance if it is not set.
    class Reader {
    public:
        value::Value cell(const std::string& address, const std::string& output) {
            value::CellId id = program_.cell_id(address, output);
            touched_.insert(id);
            auto found = program_.cells_.find(id);
            if (found == program_.cells_.end()) {
                parked_ = true;
                return {};
            }
            if (!found->second) return value::Value::unknown(value::ValueType::Dyn);
            return *found->second;
        }

    private:
        friend class FakeProgram;
        explicit Reader(FakeProgram& program) : program_(program) {}
        FakeProgram& program_;
        std::set<value::CellId> touched_;
        bool parked_ = false;
    };
    using Inputs = std::function<value::Value(Reader&)>;

    // The outputs' names, in the order of the schema.
    FakeProgram& instance(std::string address, std::string type, std::vector<std::string> outputs,
                          Inputs inputs) {
        instances_.push_back({std::move(address),
                              std::move(type),
                              std::move(outputs),
                              std::move(inputs),
                              {},
                              {},
                              State::New,
                              0});
        return *this;
    }
    // Children of an unknown place: `instances` are added when the cell is known.
    FakeProgram& deferral(std::string address, std::string of, std::string output,
                          std::function<void(FakeProgram&)> then) {
        deferred_.push_back(
            {std::move(address), std::move(of), std::move(output), std::move(then), false});
        return *this;
    }
    FakeProgram& outputs(Inputs inputs) {
        outputs_ = std::move(inputs);
        return *this;
    }
    FakeProgram& fails(std::string address, std::string message) {
        failures_[std::move(address)] = std::move(message);
        return *this;
    }

    // Tells after each cell that became known, more than is asked for: nothing is left to tell.
    void catch_up() override {}

    Event next() override {
        finish_cell();
        while (first_new_ < instances_.size() && instances_[first_new_].state == State::Told)
            ++first_new_;
        for (std::uint32_t i = first_new_; i < instances_.size(); ++i) {
            Instance& at = instances_[i];
            if (at.state == State::Told) continue;
            if (auto failure = failures_.find(at.address); failure != failures_.end()) {
                at.state = State::Told;
                value::Diagnostic diagnostic;
                diagnostic.kind = "EvalError::Other";
                diagnostic.message = failure->second;
                return {.kind = Event::Kind::Error,
                        .instance = i,
                        .address = at.address,
                        .touched = {},
                        .error = std::move(diagnostic)};
            }
            Reader reader(*this);
            value::Value value = at.inputs(reader);
            if (reader.parked_) continue;
            at.value = std::move(value);
            at.touched.assign(reader.touched_.begin(), reader.touched_.end());
            at.state = State::Told;
            ++at.told;
            return {.kind = Event::Kind::Inputs,
                    .instance = i,
                    .address = at.address,
                    .touched = at.touched,
                    .error = {}};
        }
        for (Deferral& deferral : deferred_) {
            if (deferral.done) continue;
            value::CellId id = cell_id(deferral.of, deferral.output);
            auto cell = cells_.find(id);
            if (cell == cells_.end()) continue;
            if (cell->second) {
                deferral.done = true;
                deferral.then(*this);
                return next();
            }
            if (!deferral.told) {
                deferral.told = true;
                return {.kind = Event::Kind::Deferral,
                        .instance = 0,
                        .address = deferral.address,
                        .touched = {id},
                        .error = {}};
            }
        }
        if (!postponed_.empty()) {
            Event event;
            event.kind = Event::Kind::Waiting;
            return event;
        }
        for (Instance& at : instances_) {
            if (at.state != State::Told) {
                value::Diagnostic diagnostic;
                diagnostic.kind = "EvalError::InfiniteRecursion";
                diagnostic.message = "cycle through outputs at " + at.address;
                at.state = State::Told;
                return {.kind = Event::Kind::Error,
                        .instance = 0,
                        .address = at.address,
                        .touched = {},
                        .error = std::move(diagnostic)};
            }
        }
        if (outputs_ && !outputs_told_) {
            outputs_told_ = true;
            return {.kind = Event::Kind::Outputs,
                    .instance = 0,
                    .address = {},
                    .touched = {},
                    .error = {}};
        }
        return {};
    }

    void set_cell_unknown(value::CellId cell) override {
        finish_cell();
        postponed_.erase(cell.instance);
        cells_[cell] = std::nullopt;
    }
    value::ValueSink& set_cell(value::CellId cell) override {
        finish_cell();
        postponed_.erase(cell.instance);
        open_cell_ = cell;
        builder_ = std::make_unique<value::ValueBuilder>();
        return *builder_;
    }

    void postpone(value::InstanceId id) override { postponed_.insert(id); }

    std::string_view address(value::InstanceId id) const override { return instances_[id].address; }
    std::string_view type(value::InstanceId id) const override { return instances_[id].type; }
    std::size_t instance_count() const override { return instances_.size(); }
    bool are_connections_found() const override { return true; }
    void emit_inputs(value::InstanceId id, value::ValueSink& sink) const override {
        value::emit(instances_[id].value, sink);
    }
    void emit_outputs(value::ValueSink& sink) const override {
        Reader reader(const_cast<FakeProgram&>(*this));
        value::emit(outputs_ ? outputs_(reader) : value::Value(), sink);
    }
    value::InputPlace place(value::InstanceId id, std::string_view) const override {
        return {.file = "main.ncl", .line = id + 1, .column = 1};
    }
    value::InputPlace unlinked_place(value::InstanceId, std::string_view) const override {
        return {};
    }
    std::optional<std::vector<lang::DeclaredInput>>
    declared_inputs(std::vector<value::Diagnostic>&) override {
        return std::vector<lang::DeclaredInput>();
    }
    const std::vector<value::AddressMove>& moved() override { return moved_; }
    FakeProgram& moves(std::string from, std::string to) {
        moved_.push_back({.from = std::move(from), .to = std::move(to)});
        return *this;
    }
    std::map<std::string, std::string> sources() const override { return {{"main.ncl", ""}}; }
    std::string render(const value::Diagnostic& diagnostic, bool) const override {
        return "error: " + diagnostic.message + "\n";
    }
    std::string render_json(const value::Diagnostic& diagnostic) const override {
        return "{\"message\":\"" + diagnostic.message + "\"}";
    }
    int times_told(const std::string& address) const {
        for (const Instance& at : instances_) {
            if (at.address == address) return at.told;
        }
        return 0;
    }

private:
    enum class State { New, Told };
    struct Instance {
        std::string address, type;
        std::vector<std::string> outputs;
        Inputs inputs;
        value::Value value;
        std::vector<value::CellId> touched;
        State state = State::New;
        int told = 0;
    };
    struct Deferral {
        std::string address, of, output;
        std::function<void(FakeProgram&)> then;
        bool done = false;
        bool told = false;
    };

    value::CellId cell_id(const std::string& address, const std::string& output) const {
        for (std::uint32_t i = 0; i < instances_.size(); ++i) {
            if (instances_[i].address != address) continue;
            for (std::uint32_t o = 0; o < instances_[i].outputs.size(); ++o) {
                if (instances_[i].outputs[o] == output) return {i, o};
            }
        }
        UNREACHABLE();   // a test that names a cell wrongly
    }

    // What was written to the sink of set_cell takes effect with the next call.
    void finish_cell() {
        if (!builder_) return;
        auto value = builder_->take();
        CHECK(value.ok());
        builder_.reset();
        auto before = cells_.find(open_cell_);
        bool was_unknown = before != cells_.end() && !before->second;
        CHECK(before == cells_.end() || was_unknown);   // set at most twice
        cells_[open_cell_] = std::move(value).value();
        if (!was_unknown) return;
        for (Instance& at : instances_) {
            for (value::CellId touched : at.touched) {
                if (touched == open_cell_) at.state = State::New;
            }
        }
        first_new_ = 0;
        outputs_told_ = false;
    }

    std::deque<Instance> instances_;
    std::uint32_t first_new_ = 0;   // all before it are told
    std::vector<Deferral> deferred_;
    std::map<std::string, std::string> failures_;
    std::map<value::CellId, std::optional<value::Value>> cells_;
    std::set<value::InstanceId> postponed_;
    Inputs outputs_;
    std::vector<value::AddressMove> moved_;
    bool outputs_told_ = false;
    value::CellId open_cell_;
    std::unique_ptr<value::ValueBuilder> builder_;
};

}
