#pragma once

#include "state/state.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What the tests of the contract share, and what a backend brings to run them.
namespace state {

// Where one test keeps its states; removed with it.
class Place {
public:
    virtual ~Place() = default;

    // How a state is opened there; empty at first. Mode, clock and environment are the test's.
    virtual OpenOptions options() = 0;
    // Everything that was kept, of all environments, backups too.
    virtual void clear() = 0;
    // Takes away the claim of a run to be alive, as if somebody deleted its lock.
    virtual void take_claim_away() = 0;
    // Whether anything is left of the claims of runs that have ended.
    virtual bool has_claims() = 0;
    // Whether the text can be read anywhere in what is stored.
    virtual bool shows(std::string_view text) = 0;
    // Ruins what is stored, so that it cannot be opened; not its backups.
    virtual void damage() = 0;
};

class StateFixture : public testing::Test {
public:
    OpenOptions options(OpenMode mode = OpenMode::Write, std::string environment = "default") {
        OpenOptions options = place_->options();
        options.environment = std::move(environment);
        options.mode = mode;
        options.clock = &clock_;
        return options;
    }
    std::unique_ptr<State> open(OpenMode mode = OpenMode::Write) { return open(options(mode)); }
    static std::unique_ptr<State> open(OpenOptions options) {
        auto opened = State::open(std::move(options));
        EXPECT_TRUE(opened.ok()) << opened.error().text();
        return std::move(opened).value();
    }
    std::unique_ptr<Backups> backups() { return Backups::open(options()).value(); }

    void fill();   // sixty rows, something of the past, and an open intent, by three runs

protected:
    std::unique_ptr<Place> place_;
    base::FakeClock clock_;
};

class Conformance : public StateFixture,
                    public testing::WithParamInterface<std::unique_ptr<Place> (*)()> {
protected:
    void SetUp() override { place_ = GetParam()(); }
};

inline Row row(std::string address, std::string_view content = "x", std::uint64_t generation = 1) {
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
inline StepResult write(Row row, std::string token = "") {
    StepResult result;
    result.kind = StepResult::Kind::Write;
    result.row = std::move(row);
    result.token = std::move(token);
    return result;
}
inline StepResult remove(std::string address, std::uint64_t generation = 1,
                         std::string token = "") {
    StepResult result;
    result.kind = StepResult::Kind::Remove;
    result.row.address = std::move(address);
    result.row.generation = generation;
    result.token = std::move(token);
    return result;
}
inline OpenIntent intent(std::string address, std::string token,
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
inline RunRequest request(std::vector<std::string> addresses, std::string command = "apply") {
    RunRequest request;
    request.command = std::move(command);
    request.addresses = std::move(addresses);
    return request;
}
inline std::unique_ptr<state::Run> begin(State& state, std::vector<std::string> addresses) {
    auto run = state.begin_run(request(std::move(addresses)));
    EXPECT_TRUE(run.ok()) << run.error().text();
    return std::move(run).value();
}
// One run that writes these rows and ends.
inline void apply_rows(State& state, const std::vector<Row>& rows) {
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

inline void StateFixture::fill() {
    auto state = open();
    std::vector<Row> rows;
    for (int i = 0; i < 60; ++i) {
        Row each = row("item" + std::to_string(i), std::string(80, 'v'));
        each.dependencies = {"item0"};
        rows.push_back(each);
    }
    apply_rows(*state, rows);
    clock_.advance(std::chrono::seconds{1});
    apply_rows(*state, {row("item7", "second")});
    auto run = begin(*state, {"web"});
    Batch batch;
    batch.open.push_back(intent("web", run->new_token()));
    ASSERT_TRUE(run->commit(batch).ok());
    ASSERT_TRUE(run->finish(RunStatus::Interrupted, "{}").ok());
}

}
