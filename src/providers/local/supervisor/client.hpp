#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"
#include "providers/local/supervisor/spec.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace providers::local {

// The other end of a supervisor: whoever plans and applies. Works on the folder of one process.
// Safe from several threads and processes; what it decides it decides by the supervisor's lock.
class SupervisorClient {
public:
    SupervisorClient(std::string folder, std::string executable)
        : folder_(std::move(folder)), executable_(std::move(executable)) {}

    const std::string& folder() const { return folder_; }
    bool is_alive() const;                 // a supervisor holds the lock
    base::Result<SpecName> name() const;   // of the last one; NotFound when there is none
    base::Result<Status> status() const;   // as last written; NotFound

    base::Result<void> write_name(const Spec& spec) const;
    // Starts a supervisor and returns once it is at work. One that is at work already is fine.
    base::Result<void> launch(const Spec& spec) const;
    // The supervisor that is at work takes the specification over. False: it could not, as it is
    // one of an older program.
    base::Result<bool> reload(const Spec& spec, std::chrono::milliseconds patience,
                              std::stop_token stop) const;
    // One question to the supervisor (control.hpp).
    base::Result<Status> ask(std::string_view request, std::chrono::milliseconds patience,
                             std::stop_token stop, int attached = -1) const;
    // Ends the process and its supervisor. Nothing there is fine. Unavailable: not within patience.
    base::Result<void> stop(std::chrono::milliseconds patience, std::stop_token stop_waiting) const;
    // Kills what a supervisor that was killed has left running; never a process of another.
    void kill_leftovers() const;

private:
    base::Result<base::FileDescriptor> connect() const;
    // None: a supervisor holds it.
    base::Result<base::FileDescriptor> take_lock() const;
    bool wait_until_dead(std::chrono::milliseconds patience, std::stop_token stop_waiting) const;

    std::string folder_;
    std::string executable_;
};

// Sends a signal if the process is still the one that began at that moment of that boot.
bool signal_if_same(pid_t pid, std::uint64_t start_time, std::string_view boot, int signal);

}
