#include "simulation/system.hpp"

#include "base/check.hpp"
#include "base/real_system.hpp"
#include "base/system.hpp"
#include "base/text.hpp"
#include "simulation/world.hpp"

namespace simulation {
namespace {

World* world = nullptr;
std::map<std::string, std::uint64_t>* probes = nullptr;

World& here() {
    CHECK(world != nullptr);
    return *world;
}

class SimulatedClock final : public base::Clock {
public:
    base::Time now() const override { return here().now(); }
    std::chrono::nanoseconds elapsed() const override { return here().since_boot(); }
    void sleep_for(std::chrono::nanoseconds duration) override {
        here().scheduler().sleep_for(duration);
    }
};

// By way of the world that is there now: what is made once for a process refers to it.
class SimulatedThreads final : public base::Threads {
public:
    std::unique_ptr<Running> begin(std::move_only_function<void()> work) override {
        return here().scheduler().begin(std::move(work));
    }
    bool wait(base::Condition& condition, std::unique_lock<std::mutex>& lock,
              const std::stop_token& stop, std::optional<Duration> longest,
              const Holds& holds) override {
        return here().scheduler().wait(condition, lock, stop, longest, holds);
    }
    void notify(base::Condition& condition, bool all) override {
        here().scheduler().notify(condition, all);
    }
};

class SimulatedSystem final : public base::System {
public:
    base::Clock& clock() override { return clock_; }
    base::Threads& threads() override { return threads_; }
    // What is opened before a world begins is of the real one: a list of seeds, a report.
    base::Files& files() override { return world != nullptr ? here().files() : base::real_files(); }
    void fill_random(std::span<std::byte> bytes) override {
        if (world != nullptr) return here().fill_random(bytes);
        base::Random before(1);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(before.next());
    }
    std::string host_name() override {
        const Process* process = world != nullptr ? here().scheduler().process() : nullptr;
        return process != nullptr ? process->host : "machine";
    }
    void reached(std::string_view probe) override {
        if (world == nullptr || here().is_dead()) return;
        ++(*probes)[std::string(probe)];
        here().tell(probe);
    }

private:
    SimulatedClock clock_;
    SimulatedThreads threads_;
};

// Databases are opened through SQLite, which knows one place for all.
class DatabasesOfTheWorld final : public store::DatabaseFiles {
public:
    store::FileOutcome open(const std::string& path, const Opening& opening,
                            std::unique_ptr<store::DatabaseFile>& file) override {
        return here().database_files().open(path, opening, file);
    }
    store::FileOutcome remove(const std::string& path, bool sync) override {
        return here().database_files().remove(path, sync);
    }
    bool exists(const std::string& path) override { return here().database_files().exists(path); }
};

}

void use_simulated_system() {
    // Never destroyed: threads that end later than main may still ask.
    static auto* const system = new SimulatedSystem;
    probes = new std::map<std::string, std::uint64_t>;
    static auto* const databases = new DatabasesOfTheWorld;
    base::use_operating_system(system);
    store::keep_databases_in(*databases);
    // What a process draws once must not be drawn in the first world that happens to need it.
    (void)base::style_text("", "");
}

void enter(World* entered) {
    // Before it is there: what is drawn once for a process is the same in each world, whichever
    // others there were before.
    world = nullptr;
    store::draw_anew();
    world = entered;
}

const std::map<std::string, std::uint64_t>& reached_probes() { return *probes; }

}
