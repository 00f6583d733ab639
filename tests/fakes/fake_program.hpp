#pragma once

#include "infra/value_builder.hpp"
#include "lang/program.hpp"

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
        infra::Value cell(const std::string& address, const std::string& output) {
            lang::CellId id = program_.cell_id(address, output);
            touched_.insert(id);
            auto found = program_.cells_.find(id);
            if (found == program_.cells_.end()) {
                parked_ = true;
                return {};
            }
            if (!found->second) return infra::Value::unknown(lang::ValueType::Dyn);
            return *found->second;
        }

    private:
        friend class FakeProgram;
        explicit Reader(FakeProgram& program) : program_(program) {}
        FakeProgram& program_;
        std::set<lang::CellId> touched_;
        bool parked_ = false;
    };
    using Inputs = std::function<infra::Value(Reader&)>;

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
    FakeProgram& frontier(std::string address, std::string of, std::string output,
                          std::function<void(FakeProgram&)> then) {
        frontiers_.push_back(
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

    Event next() override {
        finish_cell();
        while (first_new_ < instances_.size() && instances_[first_new_].state == State::Told)
            ++first_new_;
        for (std::uint32_t i = first_new_; i < instances_.size(); ++i) {
            Instance& at = instances_[i];
            if (at.state == State::Told) continue;
            if (auto failure = failures_.find(at.address); failure != failures_.end()) {
                at.state = State::Told;
                lang::Diagnostic diagnostic;
                diagnostic.kind = "EvalError::Other";
                diagnostic.message = failure->second;
                return {.kind = Event::Kind::Error,
                        .instance = i,
                        .address = at.address,
                        .touched = {},
                        .error = std::move(diagnostic)};
            }
            Reader reader(*this);
            infra::Value value = at.inputs(reader);
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
        for (Frontier& frontier : frontiers_) {
            if (frontier.done) continue;
            lang::CellId id = cell_id(frontier.of, frontier.output);
            auto cell = cells_.find(id);
            if (cell == cells_.end()) continue;
            if (cell->second) {
                frontier.done = true;
                frontier.then(*this);
                return next();
            }
            if (!frontier.told) {
                frontier.told = true;
                return {.kind = Event::Kind::Frontier,
                        .instance = 0,
                        .address = frontier.address,
                        .touched = {id},
                        .error = {}};
            }
        }
        for (Instance& at : instances_) {
            if (at.state != State::Told) {
                lang::Diagnostic diagnostic;
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

    void set_cell_unknown(lang::CellId cell) override {
        finish_cell();
        cells_[cell] = std::nullopt;
    }
    lang::ValueSink& set_cell(lang::CellId cell) override {
        finish_cell();
        open_cell_ = cell;
        builder_ = std::make_unique<infra::ValueBuilder>();
        return *builder_;
    }

    std::string_view address(lang::InstanceId id) const override { return instances_[id].address; }
    std::string_view type(lang::InstanceId id) const override { return instances_[id].type; }
    std::size_t instance_count() const override { return instances_.size(); }
    void emit_inputs(lang::InstanceId id, lang::ValueSink& sink) const override {
        infra::emit(instances_[id].value, sink);
    }
    void emit_outputs(lang::ValueSink& sink) const override {
        Reader reader(const_cast<FakeProgram&>(*this));
        infra::emit(outputs_ ? outputs_(reader) : infra::Value(), sink);
    }
    lang::InputPlace place(lang::InstanceId id, std::string_view) const override {
        return {.file = "main.ncl", .line = id + 1, .column = 1};
    }
    std::map<std::string, std::string> sources() const override { return {{"main.ncl", ""}}; }
    std::string render(const lang::Diagnostic& diagnostic, bool) const override {
        return "error: " + diagnostic.message + "\n";
    }
    std::string render_json(const lang::Diagnostic& diagnostic) const override {
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
        infra::Value value;
        std::vector<lang::CellId> touched;
        State state = State::New;
        int told = 0;
    };
    struct Frontier {
        std::string address, of, output;
        std::function<void(FakeProgram&)> then;
        bool done = false;
        bool told = false;
    };

    lang::CellId cell_id(const std::string& address, const std::string& output) const {
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
            for (lang::CellId touched : at.touched) {
                if (touched == open_cell_) at.state = State::New;
            }
        }
        first_new_ = 0;
        outputs_told_ = false;
    }

    std::deque<Instance> instances_;
    std::uint32_t first_new_ = 0;   // all before it are told
    std::vector<Frontier> frontiers_;
    std::map<std::string, std::string> failures_;
    std::map<lang::CellId, std::optional<infra::Value>> cells_;
    Inputs outputs_;
    bool outputs_told_ = false;
    lang::CellId open_cell_;
    std::unique_ptr<infra::ValueBuilder> builder_;
};

}
