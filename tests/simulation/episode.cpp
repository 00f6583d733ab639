#include "episode.hpp"

#include "checks.hpp"
#include "hands.hpp"
#include "support/edits.hpp"

#include "simulation/command.hpp"
#include "simulation/system.hpp"
#include "simulation/world.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace simulated {
namespace {

using programs::Kind;
using programs::Program;
using simulation::CommandEnd;
using simulation::Verb;
using simulation::World;

// What can be done in the simulated world: files of programs cannot, yet.
void keep_what_is_simulated(Program& program) {
    std::erase_if(program, [](const auto& entry) {
        return entry.second.kind == Kind::File || entry.second.kind == Kind::Directory;
    });
    programs::repair(program);
}

std::string written(const Program& program, int spelling) {
    std::string text = programs::text_of(program, spelling);
    // The pace of polls is that of the real platform.
    constexpr std::string_view kPace = "{ poll_interval = 0.02 }";
    text.replace(text.find(kPace), kPace.size(), "{}");
    return text;
}

// One world, and the person in front of it.
class Person {
public:
    Person(const Episode& episode, bool keeps_trace)
        : episode_(episode), random_(episode.seed ^ 0x5eed),
          world_({.seed = episode.seed, .faults = episode.faults, .keeps_trace = keeps_trace}) {
        simulation::enter(&world_);
        world_.scheduler().on_stuck = [this](const char* why) { give_up(why); };
        boot();
    }
    ~Person() { simulation::enter(nullptr); }
    Person(const Person&) = delete;
    Person& operator=(const Person&) = delete;

    // All stages, and what has to hold after the last.
    std::string live();
    // And what has to hold when all was destroyed.
    std::string leave();

    World& world() { return world_; }
    std::size_t commands() const { return commands_; }
    std::size_t deaths() const { return deaths_; }

private:
    void boot();
    [[noreturn]] void give_up(const char* why);
    void write_file(const std::string& path, const std::string& text);
    CommandEnd do_command(Verb verb, bool disturbed);
    std::unique_ptr<simulation::Command> make_command(Verb verb, bool disturbed);
    CommandEnd end_of(simulation::Command& command);
    void roll_troubles(simulation::Command& command);
    void roll_clock();
    void roll_hands();
    std::string live_through(const Episode::Stage& stage);
    std::string finish(Verb verb);

    const Episode& episode_;
    base::Random random_;
    World world_;
    // Of the last command that came to its end.
    std::uint64_t instants_ = 400;
    std::uint64_t requests_ = 30;
    std::size_t commands_ = 0;
    std::size_t deaths_ = 0;
    int boots_ = 0;
    std::map<std::string, std::size_t> may_remove_;   // things, by process
    std::string broken_;                              // first of all
};

void Person::write_file(const std::string& path, const std::string& text) {
    auto file = world_.disk().find(path);
    if (file == nullptr) CHECK(world_.disk().make(path, false, 0644, file) == 0);
    file->truncate(0);
    file->write(0, text);
    simulation::Disk::sync(*file);
    world_.disk().sync_names();
}

void Person::boot() {
    write_file("/proc/sys/kernel/random/boot_id", fmt::format("boot-{}\n", ++boots_));
}

// What stands still cannot be unwound: the process ends, and says where.
void Person::give_up(const char* why) {
    for (const std::string& line : world_.trace()) fmt::print(stderr, "{}\n", line);
    fmt::print(stderr, "seed {}: {}\n", episode_.seed, why);
    std::fflush(nullptr);
    std::_Exit(3);
}

void Person::roll_troubles(simulation::Command& command) {
    const auto sometime = [&] { return 1 + random_.below(instants_ + instants_ / 4); };
    simulation::Process& process = command.process();
    if (world_.happens("death")) {
        if (random_.below(2) == 0) {
            process.dies_at = sometime();
        } else {
            process.dies_at_request = 1 + random_.below(requests_ + requests_ / 4);
        }
        process.dies_with_power = world_.happens("power_loss");
    }
    if (world_.happens("interrupt")) {
        process.stops_at = sometime();
        process.stops_twice = random_.below(2) == 0;
    }
    if (world_.happens("stands_still")) {
        process.pauses_at = sometime();
        process.pause = std::chrono::seconds(1 + random_.below(1200));
    }
}

// Somebody sets it, or the machine finds out what time it is.
void Person::roll_clock() {
    if (!world_.happens("clock_jump")) return;
    const auto by = std::chrono::seconds(random_.below(2 * 86'400)) - std::chrono::hours(24);
    world_.tell(fmt::format("the clock is set by {} s", by.count()));
    world_.set_clock(by);
}

// Somebody else, at some time from now on.
void Person::roll_hands() {
    if (!world_.happens("hand_edit")) return;
    const auto when =
        world_.scheduler().elapsed() + std::chrono::milliseconds(random_.below(20'000));
    world_.scheduler().at(when, [this, choice = random_.next()] { edit_by_hand(world_, choice); });
}

std::unique_ptr<simulation::Command> Person::make_command(Verb verb, bool disturbed) {
    auto command = std::make_unique<simulation::Command>(
        world_, simulation::CommandOptions{.verb = verb,
                                           .name = fmt::format("{}-{}", name_of(verb), ++commands_),
                                           .parallelism = 1 + random_.below(12)});
    if (disturbed) roll_troubles(*command);
    return command;
}

CommandEnd Person::end_of(simulation::Command& command) {
    CommandEnd end = command.wait();
    may_remove_[command.process().name] = end.may_remove;
    if (!end.died) {
        instants_ = std::max<std::uint64_t>(end.instants, 4);
        requests_ = std::max<std::uint64_t>(command.process().requests, 4);
    }
    if (end.died) ++deaths_;
    if (broken_.empty()) broken_ = check_state();
    return end;
}

CommandEnd Person::do_command(Verb verb, bool disturbed) {
    if (disturbed) roll_clock();
    if (disturbed) roll_hands();
    const auto command = make_command(verb, disturbed);
    std::unique_ptr<simulation::Command> company;
    if (disturbed && world_.happens("company")) {
        company = make_command(random_.below(3) == 0 ? Verb::Plan : verb, disturbed);
    }
    command->begin();
    if (company != nullptr) {
        world_.scheduler().sleep_for(std::chrono::milliseconds(random_.below(5'000)));
        company->begin();
    }
    CommandEnd end = end_of(*command);
    if (company != nullptr) end_of(*company);
    if (world_.power_losses() >= static_cast<std::size_t>(boots_)) {
        world_.scheduler().sleep_for(std::chrono::seconds(5 + random_.below(60)));
        boot();
    }
    return end;
}

// Once nothing is disturbed any more, few tries are enough: a request that was under way may have
// come to its effect meanwhile.
std::string Person::finish(Verb verb) {
    constexpr int kTries = 3;
    std::string why;
    for (int i = 0; i < kTries; ++i) {
        const CommandEnd end = do_command(verb, false);
        if (end.error.empty() && end.is_complete) return {};
        why = end.error.empty() ? "not done" : end.error;
        for (const std::string& one : end.not_done) why += "\n  " + one;
        world_.scheduler().sleep_for(std::chrono::minutes(10));
    }
    return fmt::format("`{}` does not come to its end, undisturbed: {}", name_of(verb), why);
}

std::string Person::live_through(const Episode::Stage& stage) {
    write_file("/home/work/main.ncl", written(stage.program, stage.spelling));
    world_.tell(fmt::format("writes a program of {} things", stage.program.size()));
    world_.set_faults(episode_.faults);
    for (int i = 0; i < stage.tries; ++i) {
        const CommandEnd end = do_command(Verb::Apply, true);
        if (!broken_.empty()) return broken_;
        if (end.is_complete) break;
        // At once, or after a look at what it said.
        if (random_.below(2) == 0) continue;
        world_.scheduler().sleep_for(std::chrono::milliseconds(random_.below(20'000)));
    }
    return {};
}

std::string Person::live() {
    std::string wrong;
    for (const Episode::Stage& stage : episode_.stages) {
        if (wrong = live_through(stage); !wrong.empty()) return wrong;
    }
    world_.tell("nothing goes wrong any more");
    world_.set_faults({});
    world_.scheduler().sleep_for(std::chrono::seconds(30));
    if (wrong = finish(Verb::Apply); !wrong.empty()) return wrong;
    if (wrong = check_approved(world_, may_remove_); !wrong.empty()) return wrong;
    wrong = check_world(world_);
    // What the platform still does by itself comes to its end.
    world_.scheduler().sleep_for(std::chrono::minutes(10));
    return wrong;
}

std::string Person::leave() {
    std::string wrong = finish(Verb::Destroy);
    if (wrong.empty()) wrong = check_nothing_left(world_);
    return wrong;
}

// The world of the program alone, from nothing.
std::string wanted_world(const Episode& episode, std::string& wrong) {
    Episode fresh{.seed = episode.seed, .faults = {}, .stages = {episode.stages.back()}};
    fresh.stages.front().tries = 0;
    Person person(fresh, false);
    wrong = person.live();
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
    Program program = author.program(between(workload.things_least, workload.things_most));
    const int edits = between(0, workload.edits_most);
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
    }
    if (!out.broken.empty()) return out;
    const std::string wanted = wanted_world(episode, out.broken);
    if (out.broken.empty() && got != wanted) {
        out.broken = "the world is not that of the program:\n" + differences(got, wanted);
    }
    return out;
}

}
