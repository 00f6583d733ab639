#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/system.hpp"
#include "net/http/message.hpp"
#include "sandbox/cloud.hpp"
#include "simulation/disk.hpp"
#include "simulation/faults.hpp"
#include "simulation/files.hpp"
#include "simulation/process.hpp"
#include "simulation/scheduler.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace simulation {

// Where programs and their state lie on the machine.
inline constexpr const char* kWorkspace = "/home/work";

// What a request was, that came to the cloud.
struct Arrival {
    base::Threads::Duration time{0};
    std::string process;
    std::string method;
    std::string target;   // path and query
    std::string body;
    int status = 0;
    std::string answer;
};

struct WorldOptions {
    std::uint64_t seed = 1;
    FaultMix faults;
    bool keeps_trace = false;   // else its digest alone
};

// A machine with a disk, a clock and a network, a cloud at the end of it, and all that may go wrong
// with them. All that happens comes from the seed. The thread that makes it drives it.
class World {
public:
    explicit World(WorldOptions options);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Scheduler& scheduler() { return scheduler_; }
    Disk& disk() { return disk_; }
    const Disk& disk() const { return disk_; }
    DiskFiles& files() { return files_; }
    DiskDatabaseFiles& database_files() { return database_files_; }
    sandbox::Cloud& cloud() { return *cloud_; }
    const std::string& token() const { return token_; }   // of the account

    base::Time now() const;   // by the machine's clock
    // Of the machine; begins anew when its power was lost.
    base::Threads::Duration since_boot() const { return scheduler_.elapsed() - booted_; }
    base::Time cloud_time() const;   // by one that nobody sets
    void fill_random(std::span<std::byte> bytes);

    // Something that a process does to the world. False: it is dead, and nothing happens; it may
    // die by this.
    bool begin_act();
    bool begin_request();
    // Whether nothing comes through for now.
    bool is_cut_off();
    // Whether the cloud is there; it may die by this, and what is under way with it.
    bool is_cloud_down();
    // Of lists, at most; 0: as the platform has it.
    std::size_t page_size() const { return page_size_; }
    std::size_t cloud_restarts() const { return cloud_restarts_; }
    // The status by which the part of the platform that a request is for refuses it; 0: it does
    // not.
    int status_of_outage(const net::Request& request);
    bool is_dead() const;
    void kill(Process& process);
    // From its first thread on until its last: what goes with the power of the machine.
    void add(Process& process) { processes_.push_back(&process); }
    void remove(Process& process) { std::erase(processes_, &process); }
    std::size_t power_losses() const { return power_losses_; }
    void set_clock(base::Threads::Duration by) { jumped_ += by; }
    // After each transaction that was written, by nobody's process.
    std::function<void()> on_commit;

    // Whether a fault happens on this occasion.
    bool happens(std::string_view fault);
    std::uint64_t draw(std::uint64_t limit) { return faults_random_.below(limit); }
    void set_faults(FaultMix faults) { faults_ = std::move(faults); }
    void end_budget();   // requests are not counted any more
    const FaultMix& faults() const { return faults_; }

    // A request comes to the cloud, and has its effect.
    net::Response arrive(const net::Request& request, const std::string& process,
                         const sandbox::ActionFault* fault = nullptr);
    const std::vector<Arrival>& arrivals() const { return arrivals_; }

    // What happened, in order: a line each, with time and process.
    void tell(std::string_view line);
    const std::vector<std::string>& trace() const { return trace_; }
    std::uint64_t digest() const { return digest_; }

private:
    int gate(DiskAct act, const std::string& path);
    void note_commit(const std::string& path);
    void hide_what_is_new(const net::Request& request, net::Response& response);
    void let_end(std::vector<Process*> dying, bool with_power);

    WorldOptions options_;
    FaultMix faults_;
    Scheduler scheduler_;
    base::Random faults_random_, disk_random_, ids_random_;
    std::vector<Process*> processes_;
    std::size_t power_losses_ = 0;
    base::Threads::Duration booted_{-std::chrono::hours(1)};
    base::Threads::Duration jumped_{0};
    base::Threads::Duration full_until_{0};
    base::Threads::Duration cut_off_until_{0};
    base::Threads::Duration down_until_{0};
    std::size_t cloud_restarts_ = 0;
    struct PartOutage {
        std::string collection;
        bool is_of_reads = true;
        int status = 0;
        base::Threads::Duration until{0};
    } part_outage_;
    // By "servers/17": lists do not show it before that.
    std::map<std::string, base::Threads::Duration> shown_from_;
    std::size_t page_size_ = 0;
    int drift_ = 0;   // too fast, in a thousand
    bool is_commit_due_ = false;
    Disk disk_;
    DiskFiles files_;
    DiskDatabaseFiles database_files_;
    class CloudClock;
    std::unique_ptr<CloudClock> cloud_clock_;
    std::unique_ptr<sandbox::Cloud> cloud_;
    std::string token_;
    std::vector<Arrival> arrivals_;
    std::vector<std::string> trace_;
    std::uint64_t digest_ = 14695981039346656037ULL;
};

}
