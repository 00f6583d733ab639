#pragma once

#include "base/clock.hpp"
#include "base/fs.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

// Which runs live (ENGINE §8): each holds a lock of the operating system on a file of its own,
// `.provisioning/runs/ID.lock`, which ends with its process however that ends.
namespace state {

class RunLock {
public:
    // Unavailable (75) while a backup is being restored.
    static base::Result<RunLock> take(const std::string& directory, std::string_view run_id);
    RunLock(RunLock&&) noexcept = default;
    RunLock& operator=(RunLock&&) noexcept = default;

    // The run is over: nobody needs to ask for it any more. The lock is held until destruction.
    void remove_file();

private:
    RunLock() = default;

    std::string path_;
    base::FileDescriptor file_;
    base::FileDescriptor folder_;   // shared by all runs, exclusive for a restore
};

bool is_live(const std::string& directory, std::string_view run_id);
void forget_dead(const std::string& directory, std::string_view run_id);

// Held while no run may begin. Unavailable (75) while one lives.
base::Result<base::FileDescriptor> keep_runs_out(const std::string& directory);

// Identifies the time since this machine was started; "" where that cannot be told.
std::string boot_id();
base::Time boot_time(base::Time now);

}
