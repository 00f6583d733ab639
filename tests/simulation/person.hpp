#pragma once

#include "checks.hpp"
#include "episode.hpp"

#include "base/random.hpp"
#include "simulation/command.hpp"
#include "simulation/world.hpp"

#include <memory>
#include <set>

namespace simulated {

// One world, and the person in front of it.
class Person {
public:
    Person(const Episode& episode, bool keeps_trace);
    ~Person();
    Person(const Person&) = delete;
    Person& operator=(const Person&) = delete;

    // All stages, and what has to hold after the last.
    std::string live();
    // The last program alone.
    std::string apply_once();
    // And what has to hold when all was destroyed.
    std::string leave();

    simulation::World& world() { return world_; }
    std::size_t commands() const { return commands_; }
    std::size_t deaths() const { return deaths_; }
    std::uint64_t most_requests() const { return most_requests_; }

private:
    using End = simulation::CommandEnd;

    void boot();
    [[noreturn]] void give_up(const char* why);
    void write_file(const std::string& path, const std::string& text);
    End do_command(simulation::Verb verb, bool disturbed);
    std::unique_ptr<simulation::Command> make_command(simulation::Verb verb, bool disturbed);
    End end_of(simulation::Command& command, bool disturbed);
    void roll_troubles(simulation::Command& command);
    void roll_clock();
    void roll_hands();
    void roll_state_command();
    std::unique_ptr<simulation::Command> make_act(simulation::CommandOptions options);
    void act(simulation::CommandOptions options);
    void watch();
    void found(std::string wrong);
    std::string live_through(const Episode::Stage& stage);
    std::string set_right();
    std::string check_runs_if_sure() const;
    std::string finish(simulation::Verb verb);

    const Episode& episode_;
    base::Random random_;
    simulation::World world_;
    // Of the last command that came to its end.
    std::uint64_t instants_ = 400;
    std::uint64_t requests_ = 30;
    std::uint64_t most_requests_ = 0;
    std::size_t commands_ = 0;
    std::size_t deaths_ = 0;
    int boots_ = 0;
    std::map<std::string, std::size_t> may_remove_;   // things, by process
    std::set<std::string> foreign_;
    bool uses_other_machine_ = false;
    bool has_forgotten_ = false;   // a row, by a `state` command
    Secrets secrets_;
    std::string broken_;   // first of all
};

}
