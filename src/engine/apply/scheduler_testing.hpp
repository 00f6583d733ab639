#pragma once

#include "base/fs.hpp"
#include "base/worker_pool.hpp"
#include "engine/apply/apply.hpp"
#include "engine/apply/recovery.hpp"
#include "engine/plan/planning.hpp"
#include "fakes/fake_program.hpp"
#include "fakes/fake_provider.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// For the tests of the scheduler: programs, and what comes of planning and applying them.
namespace engine::testing {

using fakes::FakeProgram;
using Reader = FakeProgram::Reader;

inline const std::vector<std::string> kThing{"id", "address"};
inline const std::vector<std::string> kNamed{"link"};
inline const std::vector<std::string> kNote{"id", "result"};

inline value::Value record(value::Value::Record members) {
    return value::Value(std::move(members));
}

inline FakeProgram::Inputs constant(value::Value value) {
    return [value](Reader&) { return value; };
}

class Recorder final : public ApplyListener {
public:
    void on_step(const StepEvent& event) override {
        events.push_back(std::string(name_of(event.kind)) + " " + event.step->address);
        if (on_event) on_event(event);
    }
    void idle() override {
        if (on_idle) on_idle();
    }
    std::vector<std::string> events;
    std::function<void(const StepEvent&)> on_event;
    std::function<void()> on_idle;
};

// A workspace with a real state in a folder of its own, and a platform in memory.
class SchedulerTest : public ::testing::Test {
protected:
    SchedulerTest() : workers_(8, 1000) {
        folder_ = base::make_temporary_directory("scheduler_test").value();
        workers_.start();
        open();
    }
    ~SchedulerTest() override {
        state_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void open(std::function<void(std::string_view)> at_durable_step = nullptr,
              std::optional<state::Machine> machine = {}) {
        state_.reset();
        auto opened = state::State::open({.directory = folder_,
                                          .environment = "default",
                                          .mode = state::OpenMode::Write,
                                          .clock = nullptr,
                                          .machine = std::move(machine),
                                          .at_durable_step = std::move(at_durable_step)});
        ASSERT_TRUE(opened.ok()) << opened.error().text();
        state_ = std::move(opened).value();
    }

    // Plans and applies a program made by `describe`.
    ApplyReport apply_program(const std::function<void(FakeProgram&)>& describe) {
        plan_program(describe);
        return apply_planned();
    }
    void plan_program(const std::function<void(FakeProgram&)>& describe) {
        program_ = std::make_unique<FakeProgram>();
        describe(*program_);
        auto snapshot = state_->read();
        ASSERT_TRUE(snapshot.ok()) << snapshot.error().text();
        snapshot_ = std::move(snapshot).value();
        auto made = make_plan(context_of(snapshot_), program_.get());
        ASSERT_TRUE(made.ok()) << made.error().text();
        plan_ = std::move(made->plan);
        late_ = std::move(made->late);
    }
    ApplyReport apply_planned() {
        listener_.events.clear();
        ApplyOptions options;
        options.first = first_.get_token();
        options.second = second_.get_token();
        auto report = apply(plan_, late_.get(), registry_, *state_, workers_, listener_, options);
        if (report.ok()) return std::move(report).value();
        ADD_FAILURE() << report.error().text();
        return {};
    }
    ApplyReport destroy() {
        auto snapshot = state_->read();
        snapshot_ = std::move(snapshot).value();
        auto made = make_plan(context_of(snapshot_), nullptr);
        EXPECT_TRUE(made.ok());
        plan_ = std::move(made->plan);
        late_ = std::move(made->late);
        return apply_planned();
    }
    PlanningContext context_of(const state::Snapshot& snapshot) {
        return {.registry = registry_,
                .snapshot = snapshot,
                .workers = workers_,
                .options = {.looking = looking_}};
    }
    state::Snapshot rows() { return std::move(state_->read()).value(); }
    bool happened(const std::string& event) const {
        return std::find(listener_.events.begin(), listener_.events.end(), event) !=
               listener_.events.end();
    }

    std::string folder_;
    fakes::FakeCloud cloud_;
    fakes::FakeProvider provider_{cloud_};
    provider::ProviderRegistry registry_{{&provider_}, {}};
    base::WorkerPool workers_;
    std::unique_ptr<state::State> state_;
    state::Snapshot snapshot_;
    std::unique_ptr<FakeProgram> program_;
    std::unique_ptr<LateEvaluation> late_;
    Plan plan_;
    Recorder listener_;
    std::stop_source first_;
    std::stop_source second_;
    RefreshOptions looking_;
};

inline void thing(FakeProgram& program, const std::string& name, value::Value::Record more = {}) {
    more.emplace_back("name", value::Value(name));
    program.instance(name, "fake.Thing", kThing, constant(record(std::move(more))));
}

inline void thing_after(FakeProgram& program, const std::string& name, const std::string& owner,
                        value::Value::Record more = {}) {
    more.emplace_back("name", value::Value(name));
    program.instance(name, "fake.Thing", kThing, [owner, more](Reader& reader) {
        value::Value inputs{value::Value::Record(more)};
        inputs.set("ref", reader.cell(owner, "id"));
        return inputs;
    });
}

}
