#include "shrink.hpp"

#include "support/edits.hpp"

#include <fmt/core.h>

#include <set>

namespace simulated {
namespace {

class Shrinker {
public:
    Shrinker(Episode episode, int most_runs) : best_(std::move(episode)), left_(most_runs) {}

    // Over and over, until nothing can be left out any more.
    Episode shrink() {
        bool is_smaller = true;
        while (is_smaller && left_ > 0) is_smaller = shrink_once();
        return best_;
    }

private:
    bool still_fails(const Episode& smaller) {
        if (left_ <= 0) return false;
        --left_;
        if (run(smaller, false).broken.empty()) return false;
        best_ = smaller;
        return true;
    }

    bool shrink_once() {
        bool changed = leave_out_stages();
        changed = leave_out_faults() || changed;
        changed = leave_out_things() || changed;
        return leave_out_tries() || changed;
    }

    bool leave_out_stages() {
        bool changed = false;
        for (std::size_t i = 0; best_.stages.size() > 1 && i < best_.stages.size();) {
            Episode smaller = best_;
            smaller.stages.erase(smaller.stages.begin() + static_cast<std::ptrdiff_t>(i));
            if (still_fails(smaller)) {
                changed = true;
            } else {
                ++i;
            }
        }
        if (best_.destroys) {
            Episode smaller = best_;
            smaller.destroys = false;
            changed = still_fails(smaller) || changed;
        }
        return changed;
    }

    bool leave_out_faults() {
        bool changed = false;
        for (const simulation::FaultRate& rate : simulation::FaultMix(best_.faults).rates) {
            Episode smaller = best_;
            smaller.faults = smaller.faults.without(rate.name);
            changed = still_fails(smaller) || changed;
        }
        return changed;
    }

    // From all programs that have it.
    bool leave_out_things() {
        bool changed = false;
        std::set<std::string> keys;
        for (const Episode::Stage& stage : best_.stages) {
            for (const auto& [key, thing] : stage.program) keys.insert(key);
        }
        for (const std::string& key : keys) {
            Episode smaller = best_;
            for (Episode::Stage& stage : smaller.stages) {
                stage.program.erase(key);
                programs::repair(stage.program);
            }
            changed = still_fails(smaller) || changed;
        }
        return changed;
    }

    bool leave_out_tries() {
        bool changed = false;
        for (std::size_t i = 0; i < best_.stages.size(); ++i) {
            if (best_.stages[i].tries <= 1) continue;
            Episode smaller = best_;
            --smaller.stages[i].tries;
            changed = still_fails(smaller) || changed;
        }
        return changed;
    }

    Episode best_;
    int left_;
};

}

Episode shrunk(Episode episode, int most_runs) {
    return Shrinker(std::move(episode), most_runs).shrink();
}

std::string described(const Episode& episode) {
    std::string out = "faults:";
    for (const simulation::FaultRate& rate : episode.faults.rates) {
        out += fmt::format(" {}", rate.name);
    }
    for (const Episode::Stage& stage : episode.stages) {
        out += fmt::format("\nprogram, for {} disturbed commands:\n{}", stage.tries,
                           programs::text_of(stage.program, stage.spelling));
    }
    return out;
}

}
