#include "episode.hpp"

#include "person.hpp"
#include "support/edits.hpp"

namespace simulated {
namespace {

using programs::Kind;
using programs::Program;

// What can be done in the simulated world: files of programs cannot, yet.
void keep_what_is_simulated(Program& program) {
    std::erase_if(program, [](const auto& entry) {
        return entry.second.kind == Kind::File || entry.second.kind == Kind::Directory;
    });
    programs::repair(program);
}

// The world of the program alone, from nothing.
std::string wanted_world(const Episode& episode, std::string& wrong) {
    Episode fresh{.seed = episode.seed,
                  .faults = {},
                  .stages = {episode.stages.back()},
                  .destroys = false,
                  .secrets = episode.secrets,
                  .late = episode.late};
    fresh.stages.front().tries = 1;
    Person person(fresh, false);
    wrong = person.apply_once();
    return wrong.empty() ? dump(person.world()) : "";
}

}

Episode plan_episode(const Workload& workload, std::uint64_t seed) {
    base::Random random(seed);
    programs::Author author(static_cast<unsigned>(random.next()));
    const auto between = [&](int least, int most) {
        return least + static_cast<int>(random.below(static_cast<std::uint64_t>(most - least + 1)));
    };
    Episode episode{.seed = seed, .faults = workload.faults.subset(random), .stages = {}};
    for (const simulation::FaultRate& rate : workload.always.rates) {
        episode.faults.rates.push_back(rate);
    }
    Program program = author.program(between(workload.things_least, workload.things_most));
    const int edits = between(workload.edits_least, workload.edits_most);
    for (int i = 0; i <= edits; ++i) {
        if (i > 0) {
            std::string told;
            program = author.edited(program, told);
        }
        keep_what_is_simulated(program);
        episode.stages.push_back({.program = program,
                                  .spelling = between(0, 5),
                                  .tries = between(1, std::max(1, workload.tries_most))});
    }
    episode.secrets = workload.secrets;
    episode.late = workload.late;
    episode.destroys = workload.destroys && random.below(3) == 0;
    return episode;
}

Outcome run(const Episode& episode, bool keeps_trace) {
    Outcome out;
    std::string got;
    {
        Person person(episode, keeps_trace);
        out.broken = person.live();
        if (out.broken.empty()) got = dump(person.world());
        if (out.broken.empty() && episode.destroys) out.broken = person.leave();
        out.digest = person.world().digest();
        out.trace = person.world().trace();
        out.seconds = std::chrono::duration<double>(person.world().scheduler().elapsed()).count();
        out.commands = person.commands();
        out.deaths = person.deaths();
        out.most_requests = person.most_requests();
    }
    if (!out.broken.empty()) return out;
    const std::string wanted = wanted_world(episode, out.broken);
    if (out.broken.empty() && got != wanted) {
        out.broken = "the world is not that of the program:\n" + differences(got, wanted);
    }
    return out;
}

}
