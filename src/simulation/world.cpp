#include "simulation/world.hpp"

#include "base/check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

namespace simulation {
namespace {

using Duration = base::Threads::Duration;

// When all worlds begin.
constexpr base::Time kBeginning{std::chrono::sys_days{std::chrono::year{2026} / 11 / 2}};
// Streams of numbers that do not depend on each other: with one fault less, the rest stays alike.
enum Stream : std::uint64_t { kTurns = 1, kFaults, kDisk, kIds, kCloud };

std::uint64_t stream(std::uint64_t seed, Stream which) {
    return base::Random(seed * 0x9e3779b97f4a7c15U + which).next();
}

}

class World::CloudClock final : public base::Clock {
public:
    explicit CloudClock(World& world) : world_(world) {}
    base::Time now() const override { return world_.cloud_time(); }
    std::chrono::nanoseconds elapsed() const override { return world_.scheduler().elapsed(); }
    void sleep_for(std::chrono::nanoseconds) override { UNREACHABLE(); }

private:
    World& world_;
};

World::World(WorldOptions options)
    : options_(std::move(options)), faults_(options_.faults),
      scheduler_(stream(options_.seed, kTurns)), faults_random_(stream(options_.seed, kFaults)),
      disk_random_(stream(options_.seed, kDisk)), ids_random_(stream(options_.seed, kIds)),
      disk_([this](DiskAct act, const std::string& path) { return gate(act, path); }),
      files_(disk_), database_files_(disk_), cloud_clock_(std::make_unique<CloudClock>(*this)) {
    for (const char* folder : {"/", "/proc", "/proc/sys", "/proc/sys/kernel",
                               "/proc/sys/kernel/random", "/home", kWorkspace}) {
        std::shared_ptr<Inode> made;
        CHECK(disk_.make(folder, true, 0755, made) == 0);
    }
    disk_.sync_names();
    disk_.on_unlocked = [this](const std::string& path) { note_commit(path); };
    if (faults_.has("small_pages")) page_size_ = 1 + draw(3);
    if (faults_.has("clock_drift")) drift_ = static_cast<int>(draw(201)) - 100;
    token_ = std::string(64, 'a');
    sandbox::CloudOptions cloud;
    cloud.seed = stream(options_.seed, kCloud);
    cloud.token = token_;
    cloud.settings.rate_limit =
        faults_.has("small_budget") ? 120 + static_cast<std::int64_t>(draw(600)) : 0;
    cloud.clock = cloud_clock_.get();
    auto made = sandbox::make_cloud("hetzner", std::move(cloud));
    CHECK(made.ok());
    cloud_ = std::move(made).value();
}

World::~World() = default;

base::Time World::cloud_time() const {
    return kBeginning + std::chrono::floor<std::chrono::microseconds>(scheduler_.elapsed());
}

base::Time World::now() const {
    const Duration drifted = scheduler_.elapsed() / 1000 * drift_;
    return cloud_time() + std::chrono::floor<std::chrono::microseconds>(jumped_ + drifted);
}

void World::fill_random(std::span<std::byte> bytes) {
    // Those of the dead count for nothing, and take nothing from the living.
    base::Random of_the_dead(7);
    base::Random& random = is_dead() ? of_the_dead : ids_random_;
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
}

// Called where its lock is given back, in the middle of what SQLite does: looked at when somebody
// hands on.
void World::note_commit(const std::string& path) {
    if (!on_commit || is_dead() || std::exchange(is_commit_due_, true)) return;
    if (!path.starts_with(kWorkspace)) return;
    scheduler_.at(scheduler_.elapsed(), [this] {
        on_commit();
        is_commit_due_ = false;   // what that did with its locks is no commit
    });
}

bool World::is_dead() const {
    const Process* process = scheduler_.process();
    return process != nullptr && process->is_dead;
}

bool World::begin_act() {
    Process* process = scheduler_.process();
    if (process == nullptr) return true;
    if (process->is_dead) return false;
    const std::uint64_t instant = ++process->instants;
    if (process->stops_at == instant) {
        tell("an interrupt");
        // The process may be gone by then.
        scheduler_.at(scheduler_.elapsed(), [asked = process->first] { asked.request_stop(); });
        if (process->stops_twice) {
            // Often at once: what is under way is soon over.
            const std::uint64_t drawn = draw(20'000);
            const Duration later = std::chrono::milliseconds(drawn % 4 == 0 ? drawn : drawn / 200);
            scheduler_.at(scheduler_.elapsed() + later,
                          [asked = process->second] { asked.request_stop(); });
        }
    }
    if (process->pauses_at == instant) {
        tell("stands still");
        process->paused_until = scheduler_.elapsed() + process->pause;
    }
    if (process->steps_clock_at == instant) {
        tell(fmt::format("the clock is set by {} s", process->clock_step.count()));
        set_clock(process->clock_step);
    }
    if (process->dies_at != instant) return true;
    kill(*process);
    return false;
}

bool World::begin_request() {
    if (!begin_act()) return false;
    Process* process = scheduler_.process();
    if (process == nullptr || ++process->requests != process->dies_at_request) return true;
    const Duration soon = std::chrono::milliseconds(draw(200));
    // By its name: it may have ended by then.
    scheduler_.at(scheduler_.elapsed() + soon, [this, name = process->name] {
        const auto found = std::ranges::find(processes_, name, &Process::name);
        if (found != processes_.end() && (*found)->threads > 0) kill(**found);
    });
    return true;
}

void World::kill(Process& process) {
    const bool with_power = process.dies_with_power;
    tell(
        fmt::format("{} dies{}", process.name, with_power ? " with the power of the machine" : ""));
    std::vector<Process*> dying{&process};
    for (Process* other : processes_) {
        if (with_power && other != &process && other->threads > 0) dying.push_back(other);
    }
    for (Process* one : dying) one->is_dead = true;
    let_end(std::move(dying), with_power);
}

// One after the other; what was not synced is lost when the last is gone.
void World::let_end(std::vector<Process*> dying, bool with_power) {
    if (!dying.empty()) {
        Process* const next = dying.front();
        dying.erase(dying.begin());
        scheduler_.let_end(
            *next, [this, dying = std::move(dying), with_power] { let_end(dying, with_power); });
        return;
    }
    if (!with_power) return;
    disk_.lose_power(disk_random_);
    ++power_losses_;
    booted_ = scheduler_.elapsed();
    tell("what was not synced is lost");
}

bool World::happens(std::string_view fault) {
    const std::uint32_t rate = faults_.rate_of(fault);
    return rate > 0 && faults_random_.below(1'000'000) < rate;
}

int World::gate(DiskAct act, const std::string& path) {
    if (scheduler_.process() == nullptr) return 0;
    if (!begin_act()) return EIO;
    const bool writes = act == DiskAct::Write || act == DiskAct::Change;
    if (writes && faults_.has("disk_full")) {
        if (scheduler_.elapsed() >= full_until_ && happens("disk_full")) {
            full_until_ = scheduler_.elapsed() + std::chrono::milliseconds(1 + draw(10'000));
        }
        if (scheduler_.elapsed() < full_until_) {
            tell(fmt::format("the disk is full: {}", path));
            return ENOSPC;
        }
    }
    const bool fails = act == DiskAct::Read ? happens("read_error")
                                            : act != DiskAct::Look && happens("write_error");
    if (!fails) return 0;
    tell(fmt::format("the disk fails to {} {}", act == DiskAct::Read ? "read" : "write", path));
    return EIO;
}

void World::tell(std::string_view line) {
    if (is_dead()) return;
    const Process* process = scheduler_.process();
    const double seconds = std::chrono::duration<double>(scheduler_.elapsed()).count();
    std::string text =
        fmt::format("{:12.6f} {:10} {}", seconds, process != nullptr ? process->name : "", line);
    for (const char c : text) {
        digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    if (options_.keeps_trace) trace_.push_back(std::move(text));
}

}
