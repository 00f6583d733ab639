#include "base/fs.hpp"
#include "state/conformance/suite.hpp"
#include "state/recovery.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <set>
#include <thread>
#include <utility>

// A process that ends at any moment of a run: no thing in the world without a row or an open
// intent, no row lost, nothing left locked. The world is a folder with a file for each thing.
namespace state {
namespace {

class World {
public:
    explicit World(StateFixture& test)
        : test_(test), folder_(base::make_temporary_directory("world").value()) {}
    ~World() { EXPECT_TRUE(base::remove_tree(folder_).ok()); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    std::string thing(const std::string& address) const {
        return base::join_path(folder_, address);
    }

    // One run over these addresses, in batches: intents, effects, results. False on any error.
    bool run_all(State& state, const std::vector<std::string>& addresses, provider::Action action,
                 std::size_t batch_size) {
        auto begun = state.begin_run(request(addresses));
        if (!begun.ok()) return false;
        state::Run& run = **begun;
        Batch batch;   // results of the last round go with the intents of this one
        for (std::size_t from = 0; from < addresses.size(); from += batch_size) {
            const std::size_t to = std::min(addresses.size(), from + batch_size);
            for (std::size_t i = from; i < to; ++i) {
                OpenIntent open = intent(addresses[i], run.new_token(), action);
                open.effects_die_with_process = true;
                open.intent.key = addresses[i];
                batch.open.push_back(open);
            }
            if (!run.commit(batch).ok()) return false;
            Batch results;
            for (const OpenIntent& open : batch.open) results.results.push_back(act(open));
            batch = std::move(results);
        }
        return run.commit(batch).ok() && run.finish(RunStatus::Done, "{}").ok();
    }

    StepResult act(const OpenIntent& open) {
        const std::string path = thing(open.intent.address);
        if (open.intent.action == provider::Action::Delete) {
            ::unlink(path.c_str());
            return remove(open.intent.address, 1, open.intent.token);
        }
        base::FileDescriptor file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        return write(row(open.intent.address), open.intent.token);
    }

    // What the next command does first.
    void recover() {
        auto state = test_.open();
        const auto waiting = state->recoverable().value();
        std::vector<std::string> addresses;
        Batch batch;
        for (const OpenIntent& open : waiting) {
            const bool there = base::file_exists(thing(open.intent.address));
            provider::LookupResult found;
            found.kind = there == (open.intent.action == provider::Action::Create)
                             ? provider::LookupResult::Kind::Done
                             : provider::LookupResult::Kind::Absent;
            if (there)
                found.seen =
                    provider::ObservedResource{open.intent.address, {}, {}, open.intent.token};
            const Decision decision = decide(open, found, test_.options().clock->now());
            ASSERT_TRUE(decision.closes());
            batch.results.push_back(decision.result);
            addresses.push_back(open.intent.address);
        }
        RunRequest wanted = request(addresses, "recover");
        wanted.recovers = true;
        auto run = state->begin_run(wanted);
        ASSERT_TRUE(run.ok()) << run.error().text();
        ASSERT_TRUE((*run)->commit(batch).ok());
        ASSERT_TRUE((*run)->finish(RunStatus::Done, "{}").ok());
    }

    void clear() const {
        for (const std::string& name : things()) ::unlink(thing(name).c_str());
    }

    std::set<std::string> things() const {
        const auto names = base::list_directory(folder_).value();
        return {names.begin(), names.end()};
    }

    // Nothing in the world is unknown to the state, before recovery; afterwards both are the same.
    void check_and_recover() {
        {
            auto state = test_.open(OpenMode::Read);
            const auto snapshot = state->read();
            ASSERT_TRUE(snapshot.ok()) << snapshot.error().text();
            const std::set<std::string> there = things();
            for (const std::string& name : there) {
                EXPECT_TRUE(snapshot->find(name) != nullptr || snapshot->find_open(name) != nullptr)
                    << name << " is an orphan";
            }
            for (const Row& row : snapshot->rows) {
                EXPECT_TRUE(there.contains(row.address) ||
                            snapshot->find_open(row.address) != nullptr)
                    << row.address << " is lost";
            }
            for (const RunInfo& run : state->runs(100).value()) EXPECT_FALSE(run.live);
        }
        recover();
        const auto after = test_.open(OpenMode::Read)->read().value();
        EXPECT_TRUE(after.open.empty());
        std::set<std::string> rows;
        for (const Row& row : after.rows) rows.insert(row.address);
        EXPECT_EQ(rows, things());
    }

    StateFixture& test_;
    std::string folder_;
};

const std::vector<std::string> kFew{"a", "b", "c", "d", "e"};

TEST_P(Conformance, AnEndAtEachDurableStepLosesNothing) {
    World world(*this);
    for (const provider::Action action : {provider::Action::Create, provider::Action::Delete}) {
        int step = 0;
        for (int status = 1; status != 0; ++step) {
            ASSERT_LT(step, 100);
            place_->clear();
            world.clear();
            if (action == provider::Action::Delete) {
                auto state = open();
                ASSERT_TRUE(world.run_all(*state, kFew, provider::Action::Create, 5));
            }
            const pid_t child = ::fork();
            if (child == 0) {
                int left = step;
                auto with_fault = options();
                with_fault.at_durable_step = [&](std::string_view) {
                    if (left-- == 0) ::_exit(9);
                };
                auto state = State::open(with_fault);
                ::_exit(state.ok() && world.run_all(**state, kFew, action, 2) ? 0 : 1);
            }
            ASSERT_EQ(::waitpid(child, &status, 0), child);
            ASSERT_TRUE(WIFEXITED(status));
            ASSERT_NE(WEXITSTATUS(status), 1);
            SCOPED_TRACE("step " + std::to_string(step));
            world.check_and_recover();
        }
        EXPECT_GT(step, 12);
        EXPECT_EQ(world.things().size(), action == provider::Action::Create ? kFew.size() : 0u);
    }
}

// Begins a durable step only when it is let: after `let(n)` it is between the n-th and the next.
class Leash {
public:
    Leash() {
        EXPECT_EQ(::pipe2(allowed_.data(), O_CLOEXEC), 0);
        EXPECT_EQ(::pipe2(begun_.data(), O_CLOEXEC), 0);
    }
    ~Leash() {
        for (const int end : {allowed_[0], allowed_[1], begun_[0], begun_[1]}) ::close(end);
    }
    Leash(const Leash&) = delete;
    Leash& operator=(const Leash&) = delete;

    // In the process on the leash.
    void step() {
        char one = 0;
        if (::read(allowed_[0], &one, 1) != 1 || ::write(begun_[1], &one, 1) != 1) ::_exit(3);
    }
    // In the other: returns when so many have begun; false if it has ended before.
    bool let(int so_many) {
        ::close(std::exchange(begun_[1], -1));
        const std::string all(static_cast<std::size_t>(so_many), 'x');
        if (::write(allowed_[1], all.data(), all.size()) != so_many) return false;
        for (char one = 0; so_many > 0; --so_many) {
            if (::read(begun_[0], &one, 1) != 1) return false;
        }
        return true;
    }

private:
    std::array<int, 2> allowed_{};
    std::array<int, 2> begun_{};
};

TEST_P(Conformance, KillAtAnyMomentLosesNothing) {
    constexpr int kRounds = 16;
    World world(*this);
    std::vector<std::string> many;
    for (int i = 0; i < 3'000; ++i) many.push_back("item" + std::to_string(i));
    // Half of them are there, so that there is enough to create and to delete in each round.
    const auto half = many.begin() + static_cast<std::ptrdiff_t>(many.size() / 2);
    ASSERT_TRUE(world.run_all(*open(), {many.begin(), half}, provider::Action::Create, 50));
    for (int round = 0; round < kRounds; ++round) {
        // Whatever is there is deleted, or what is missing is created.
        const provider::Action action =
            round % 2 == 0 ? provider::Action::Create : provider::Action::Delete;
        std::vector<std::string> addresses;
        for (const std::string& name : many) {
            if (base::file_exists(world.thing(name)) == (action == provider::Action::Delete)) {
                addresses.push_back(name);
            }
        }
        Leash leash;
        const pid_t child = ::fork();
        if (child == 0) {
            auto with_leash = options();
            with_leash.at_durable_step = [&](std::string_view) { leash.step(); };
            auto state = State::open(with_leash);
            ::_exit(state.ok() && world.run_all(**state, addresses, action, 50) ? 0 : 1);
        }
        const bool is_under_way = leash.let(1 + round);
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        SCOPED_TRACE("round " + std::to_string(round));
        ASSERT_TRUE(is_under_way);
        ASSERT_TRUE(WIFSIGNALED(status));
        world.check_and_recover();
    }
}

// Several processes count up the same row; whoever comes too late plans again.
TEST_P(Conformance, ProcessesThatContendLoseNoChange) {
    constexpr int kProcesses = 4;
    constexpr int kRounds = 12;
    apply_rows(*open(), {row("counter", "0")});
    std::vector<pid_t> children;
    for (int process = 0; process < kProcesses; ++process) {
        children.push_back(::fork());
        if (children.back() != 0) continue;
        auto state = State::open(options());
        if (!state.ok()) ::_exit(1);
        for (int done = 0; done < kRounds;) {
            const auto snapshot = (*state)->read();
            if (!snapshot.ok()) ::_exit(2);
            const Row* before = snapshot->find("counter");
            RunRequest wanted = request({"counter"});
            wanted.expected = {{"counter", 1, before->version}};
            auto run = (*state)->begin_run(wanted);
            if (!run.ok()) {
                const base::Code code = run.error().code();
                if (code != base::Code::Busy && code != base::Code::OutOfDate) ::_exit(3);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                continue;
            }
            Batch batch;
            const int value = std::stoi(*before->inputs.find("value")->as_string());
            batch.results.push_back(write(row("counter", std::to_string(value + 1))));
            if (!(*run)->commit(batch).ok()) ::_exit(4);
            if (!(*run)->finish(RunStatus::Done, "{}").ok()) ::_exit(5);
            ++done;
        }
        ::_exit(0);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    const auto snapshot = open()->read().value();
    EXPECT_EQ(*snapshot.find("counter")->inputs.find("value")->as_string(),
              std::to_string(kProcesses * kRounds));
}

}
}
