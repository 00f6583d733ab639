#pragma once

#include "base/fs.hpp"
#include "state/key.hpp"
#include "state/sqlite/backup.hpp"
#include "state/state.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What the tests of the state share.
namespace state {

class StateTest : public testing::Test {
protected:
    void SetUp() override {
        workspace_ = base::make_temporary_directory("state").value();
        directory_ = base::join_path(workspace_, ".provisioning");
    }
    void TearDown() override { EXPECT_TRUE(base::remove_tree(workspace_).ok()); }

    OpenOptions options(OpenMode mode = OpenMode::Write, std::string environment = "default") {
        OpenOptions options;
        options.directory = directory_;
        options.environment = std::move(environment);
        options.mode = mode;
        options.clock = &clock_;
        return options;
    }
    std::unique_ptr<State> open(OpenMode mode = OpenMode::Write) {
        auto opened = State::open(options(mode));
        EXPECT_TRUE(opened.ok()) << opened.error().text();
        return std::move(opened).value();
    }

    static Row row(std::string address, std::string_view content = "x",
                   std::uint64_t generation = 1) {
        Row row;
        row.address = std::move(address);
        row.generation = generation;
        row.type = "local.Data";
        row.connection = std::make_shared<provider::ConnectionRecord>(
            provider::ConnectionRecord{"default", "local", "this machine", value::Value()});
        row.key = "key-" + row.address;
        row.inputs.set("value", content);
        row.outputs.set("id", row.key);
        return row;
    }
    static StepResult write(Row row, std::string token = "") {
        StepResult result;
        result.kind = StepResult::Kind::Write;
        result.row = std::move(row);
        result.token = std::move(token);
        return result;
    }
    static StepResult remove(std::string address, std::uint64_t generation = 1,
                             std::string token = "") {
        StepResult result;
        result.kind = StepResult::Kind::Remove;
        result.row.address = std::move(address);
        result.row.generation = generation;
        result.token = std::move(token);
        return result;
    }
    static OpenIntent intent(std::string address, std::string token,
                             provider::Action action = provider::Action::Create) {
        OpenIntent open;
        open.intent.token = std::move(token);
        open.intent.address = std::move(address);
        open.intent.action = action;
        open.intent.type = "cloud.Server";
        open.intent.inputs.set("size", "large");
        open.connection = std::make_shared<provider::ConnectionRecord>(
            provider::ConnectionRecord{"connections.hz", "hetzner", "api#account", value::Value()});
        open.dependencies = {"network"};
        open.lifecycle.set("protect", true);
        open.call_deadline = std::chrono::minutes{1};
        return open;
    }
    static RunRequest request(std::vector<std::string> addresses, std::string command = "apply") {
        RunRequest request;
        request.command = std::move(command);
        request.addresses = std::move(addresses);
        return request;
    }
    static std::unique_ptr<state::Run> begin(State& state, std::vector<std::string> addresses) {
        auto run = state.begin_run(request(std::move(addresses)));
        EXPECT_TRUE(run.ok()) << run.error().text();
        return std::move(run).value();
    }
    // One run that writes these rows and ends.
    static void apply(State& state, const std::vector<Row>& rows) {
        std::vector<std::string> addresses;
        Batch batch;
        for (const Row& row : rows) {
            addresses.push_back(row.address);
            batch.results.push_back(write(row));
        }
        auto run = begin(state, addresses);
        const auto committed = run->commit(batch);
        ASSERT_TRUE(committed.ok()) << committed.error().text();
        const auto finished = run->finish(RunStatus::Done, "{}");
        ASSERT_TRUE(finished.ok()) << finished.error().text();
        EXPECT_EQ(finished->warning, "");
    }

    std::string workspace_;
    std::string directory_;
    base::FakeClock clock_;
};

}
