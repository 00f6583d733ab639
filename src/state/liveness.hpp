#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which runs live (ENGINE §8). A run belongs to a process on a machine since one start of it: what
// one machine sees of the locks of another is no evidence, so a lock alone never decides.
namespace state {

struct Machine {
    std::string host;
    std::string boot_id;   // of this start of it; "" where that cannot be told

    bool operator==(const Machine&) const = default;
};
Machine this_machine();
// When this machine was started.
base::Time boot_time(base::Time now);

enum class Life : std::uint8_t {
    Lives,
    Dead,
    Elsewhere,   // on another machine: not ours to judge, so it counts as live
};
Life judge(const Machine& of_run, const Machine& here, bool claimed);

// The claims of runs to be alive. A claim ends with its process, however that ends, and is seen by
// every process of the same machine. For several threads if the backend says so.
class Liveness {
public:
    class Claim {
    public:
        virtual ~Claim() = default;
        // The run is over: nobody needs to ask for it any more. Still held until destruction.
        virtual void forget() = 0;
        // A line of its own to be read by `notes`.
        virtual void note(std::string_view line) = 0;
    };

    virtual ~Liveness() = default;

    // Busy while runs are kept out.
    virtual base::Result<std::unique_ptr<Claim>> claim(std::string_view run_id) = 0;
    virtual bool is_claimed(std::string_view run_id) = 0;
    // What the run has noted; none: that cannot be told. Not after another start of the machine,
    // which may have lost some.
    virtual std::optional<std::vector<std::string>> notes(std::string_view run_id) = 0;
    // Of a run that is dead for certain: what its claim has left behind.
    virtual void forget(std::string_view run_id) = 0;
    // What claims have left behind that are held by nobody, of runs that are not `known`: their
    // process died before there was a run. While no run can begin.
    virtual void sweep(const std::function<bool(std::string_view run_id)>& known) = 0;
    // Held while no run may begin. Busy while one lives.
    virtual base::Result<std::unique_ptr<Claim>> keep_runs_out() = 0;
};

}
