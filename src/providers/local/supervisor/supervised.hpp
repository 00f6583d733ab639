#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"
#include "providers/local/supervisor/spec.hpp"

#include <string>

#include <sys/types.h>

namespace providers::local {

// The process under supervision: started in a session of its own, with its output in a pipe. It
// dies with its supervisor, more exactly with the thread that starts it: for the main one.
class Supervised {
public:
    base::Result<void> start(const Spec& spec);
    pid_t pid() const { return pid_; }   // 0: none
    std::uint64_t start_time() const { return start_time_; }
    int output() const { return output_.get(); }

    void signal_group(int signal) const;
    // It has ended but is not reaped: its group's number cannot belong to others yet.
    void kill_rest_and_reap(int& status);
    // What has been printed since; empty when there is nothing now.
    std::string read_output();

private:
    pid_t pid_ = 0;
    std::uint64_t start_time_ = 0;
    base::FileDescriptor output_;
};

}
