#include "state/liveness.hpp"

#include "base/clock.hpp"
#include "base/fs.hpp"
#include "base/system.hpp"

namespace state {

static std::string boot_id() {
    // Only Linux has it. Elsewhere there is none and the lock decides (see judge).
    auto id = base::read_file("/proc/sys/kernel/random/boot_id", 100);
    if (!id) return "";
    while (!id->empty() && id->back() == '\n') id->pop_back();
    return std::move(id).value();
}

Machine this_machine() { return {base::operating_system().host_name(), boot_id()}; }

base::Time boot_time(base::Time now) {
    // That clock counts from the start, and while the machine sleeps too.
    return now - std::chrono::floor<std::chrono::seconds>(base::system_clock().elapsed());
}

Life judge(const Machine& of_run, const Machine& here, bool claimed) {
    // One start of one kernel, whatever name a container has there: its locks are ours to see.
    // Two containers of one kernel may have different host names and see the same locks.
    const bool same_start = !here.boot_id.empty() && of_run.boot_id == here.boot_id;
    if (same_start) return claimed ? Life::Lives : Life::Dead;
    // A free lock says nothing here: the file system may not share locks between machines.
    if (of_run.host != here.host) return Life::Elsewhere;
    // Without its id the start cannot have been another one for certain, and the lock is all there
    // is.
    if (here.boot_id.empty() || of_run.boot_id.empty()) return claimed ? Life::Lives : Life::Dead;
    // The same name after another start: none of its processes can have lived through that.
    return Life::Dead;
}

}
