#include "person.hpp"

#include "hands.hpp"
#include "state_commands.hpp"

#include "simulation/system.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace simulated {
namespace {

using simulation::CommandEnd;
using simulation::Verb;

const Secrets kSecrets{{"USER_DATA", "#cloud-config\nsecret-5kq9vn2mw7tz4xr8"}};

void replace_all(std::string& text, std::string_view from, const std::string& to) {
    for (std::size_t at; (at = text.find(from)) != std::string::npos;) {
        text.replace(at, from.size(), to);
    }
}

// As the program is written: with secrets, what servers begin with is one; with late values, some
// of them begin with the address that another thing is given.
std::string written(const programs::Program& program, int spelling, const Episode& episode) {
    std::string text = programs::text_of(program, spelling);
    // The pace of polls is that of the real platform.
    replace_all(text, "{ poll_interval = 0.02 }", "{}");
    const auto address = std::ranges::find_if(
        program, [](const auto& entry) { return entry.second.kind == programs::Kind::PrimaryIp; });
    if (episode.late && address != program.end()) {
        replace_all(text, "user_data = \"#!/bin/sh\\necho\\n\"",
                    fmt::format("user_data = \"#!/bin/sh\\n%{{{}.ip}}\\n\"", address->first));
    }
    if (!episode.secrets) return text;
    replace_all(text, "user_data = \"#cloud-config\\n\"",
                "user_data = prelude.secret \"env:USER_DATA\"");
    return "let prelude = import \"provisioning/prelude.ncl\" in\n" + text;
}

// Why it did not do all.
std::string told(const CommandEnd& end) {
    std::string why = end.error.empty() ? "not done" : end.error;
    for (const std::string& one : end.not_done) why += "\n  " + one;
    return why;
}

}

Person::Person(const Episode& episode, bool keeps_trace)
    : episode_(episode), random_(episode.seed ^ 0x5eed),
      world_({.seed = episode.seed, .faults = episode.faults, .keeps_trace = keeps_trace}) {
    simulation::enter(&world_);
    world_.scheduler().on_stuck = [this](const char* why) { give_up(why); };
    if (episode.secrets) secrets_ = kSecrets;
    boot();
    watch();
}

Person::~Person() { simulation::enter(nullptr); }

// What is looked at all the time.
void Person::watch() {
    // A read of the whole state costs as much as the commit: not in each episode.
    constexpr std::uint64_t kEvery = 4;
    if (episode_.seed % kEvery == 0) {
        world_.on_commit = [this] { found(check_state()); };
    }
    world_.disk().on_write = [this](const std::string& path, std::string_view bytes) {
        const auto has = [&](const std::string& secret) {
            return bytes.find(secret) != std::string_view::npos;
        };
        bool is_bad = has(world_.token());
        for (const auto& [name, text] : secrets_) is_bad = is_bad || has(text);
        if (is_bad) found("a secret is written to " + path);
    };
}

void Person::found(std::string wrong) {
    if (broken_.empty()) broken_ = std::move(wrong);
}

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
    if (world_.happens("clock_step")) {
        process.steps_clock_at = sometime();
        process.clock_step = std::chrono::seconds(random_.below(7200)) - std::chrono::seconds(3600);
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
    if (world_.happens("foreign")) {
        if (const std::string made = make_foreign(world_, random_.next()); !made.empty()) {
            foreign_.insert(made);
        }
    }
    if (world_.happens("hand_delete")) {
        const auto moment =
            world_.scheduler().elapsed() + std::chrono::milliseconds(random_.below(20'000));
        world_.scheduler().at(moment,
                              [this, choice = random_.next()] { delete_by_hand(world_, choice); });
    }
    if (!world_.happens("hand_edit")) return;
    const auto when =
        world_.scheduler().elapsed() + std::chrono::milliseconds(random_.below(20'000));
    world_.scheduler().at(when, [this, choice = random_.next()] { edit_by_hand(world_, choice); });
}

// Before a command, in one of its own.
void Person::roll_state_command() {
    if (!world_.happens("state_command")) return;
    // For what was under way, and what lists do not show yet.
    world_.scheduler().sleep_for(std::chrono::minutes(2));
    const bool may_forget =
        std::ranges::any_of(episode_.stages.back().program, [](const auto& entry) {
            return entry.second.kind < programs::Kind::Data;
        });
    auto options = simulated::roll_state_command(world_, random_, may_forget, has_forgotten_);
    const auto command = make_act(std::move(options));
    roll_troubles(*command);
    command->begin();
    end_of(*command, true);
}

std::unique_ptr<simulation::Command> Person::make_act(simulation::CommandOptions options) {
    options.name = fmt::format("state-{}", ++commands_);
    options.variables = secrets_;
    return std::make_unique<simulation::Command>(world_, std::move(options));
}

// In a command of its own, in which nothing goes wrong.
void Person::act(simulation::CommandOptions options) {
    const auto command = make_act(std::move(options));
    command->begin();
    end_of(*command, true);
}

std::unique_ptr<simulation::Command> Person::make_command(Verb verb, bool disturbed) {
    auto command = std::make_unique<simulation::Command>(
        world_, simulation::CommandOptions{.verb = verb,
                                           .name = fmt::format("{}-{}", name_of(verb), ++commands_),
                                           .parallelism = 1 + random_.below(12),
                                           .act = {},
                                           .variables = secrets_});
    if (disturbed) roll_troubles(*command);
    return command;
}

CommandEnd Person::end_of(simulation::Command& command, bool disturbed) {
    CommandEnd end = command.wait();
    most_requests_ = std::max(most_requests_, end.requests);
    if (!disturbed) found(check_requests(end, episode_));
    may_remove_[command.process().name] = end.may_remove;
    if (!end.died) {
        instants_ = std::max<std::uint64_t>(end.instants, 4);
        requests_ = std::max<std::uint64_t>(command.process().requests, 4);
    }
    if (end.died) ++deaths_;
    found(check_state());
    return end;
}

CommandEnd Person::do_command(Verb verb, bool disturbed) {
    if (disturbed) roll_clock();
    if (disturbed) roll_hands();
    if (disturbed) roll_state_command();
    const auto command = make_command(verb, disturbed);
    std::unique_ptr<simulation::Command> company;
    std::unique_ptr<simulation::Command> third;
    if (disturbed && world_.happens("company")) {
        company = make_command(random_.below(3) == 0 ? Verb::Plan : verb, disturbed);
    }
    command->begin();
    if (company != nullptr) {
        world_.scheduler().sleep_for(std::chrono::milliseconds(random_.below(5'000)));
        if (world_.happens("other_machine")) {
            company->process().host = "other";
            uses_other_machine_ = true;
        }
        company->begin();
        if (world_.happens("more_company")) third = make_command(verb, disturbed);
    }
    if (third != nullptr) {
        world_.scheduler().sleep_for(std::chrono::milliseconds(random_.below(5'000)));
        third->begin();
    }
    std::unique_ptr<simulation::Command> giving_up;
    if (uses_other_machine_ && disturbed) {
        world_.scheduler().sleep_for(std::chrono::seconds(random_.below(60)));
        giving_up = make_act(abandon_idle());
        giving_up->begin();
    }
    CommandEnd end = end_of(*command, disturbed);
    if (company != nullptr) end_of(*company, disturbed);
    if (third != nullptr) end_of(*third, disturbed);
    if (giving_up != nullptr) end_of(*giving_up, disturbed);
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
        if (!broken_.empty()) return broken_;
        if (end.error.empty() && end.is_complete) return {};
        why = told(end);
        world_.scheduler().sleep_for(std::chrono::minutes(10));
    }
    return fmt::format("`{}` does not come to its end, undisturbed: {}", name_of(verb), why);
}

std::string Person::live_through(const Episode::Stage& stage) {
    write_file(std::string(simulation::kWorkspace) + "/main.ncl",
               written(stage.program, stage.spelling, episode_));
    world_.tell(fmt::format("writes a program of {} things", stage.program.size()));
    world_.set_faults(episode_.faults);
    for (int i = 0; i < stage.tries; ++i) {
        const CommandEnd end = do_command(Verb::Apply, true);
        if (!broken_.empty()) return broken_;
        if (end.is_complete) break;
        if (episode_.faults.rates.empty()) return "undisturbed, not all is done:" + told(end);
        // At once, or after a look at what it said.
        if (random_.below(2) == 0) continue;
        world_.scheduler().sleep_for(std::chrono::milliseconds(random_.below(20'000)));
    }
    return {};
}

// What a person has to do by hand after what was done by hand.
std::string Person::set_right() {
    if (std::string wrong = check_foreign(world_, foreign_); !wrong.empty()) return wrong;
    for (const std::string& thing : foreign_) {
        if (!remove_foreign(world_, thing)) return "something foreign is gone: " + thing;
    }
    if (!foreign_.empty()) world_.scheduler().sleep_for(std::chrono::minutes(2));
    foreign_.clear();
    // Nothing is at work any more, wherever it was begun.
    if (uses_other_machine_) act(abandon_all());
    if (!has_forgotten_) return {};
    // Once what was begun before is decided; what reads others is taken up after them.
    for (int i = 0; i < 2; ++i) {
        world_.scheduler().sleep_for(std::chrono::minutes(3));
        act(adopt_all());
    }
    return broken_;
}

// Where the state could be written, each run that came to its end said so.
std::string Person::check_runs_if_sure() const {
    for (const char* fault : {"read_error", "write_error", "disk_full", "other_machine"}) {
        if (episode_.faults.has(fault)) return {};
    }
    return check_runs(deaths_);
}

std::string Person::live() {
    std::string wrong;
    for (const Episode::Stage& stage : episode_.stages) {
        if (wrong = live_through(stage); !wrong.empty()) return wrong;
    }
    world_.tell("nothing goes wrong any more");
    world_.set_faults({});
    world_.end_budget();
    world_.scheduler().sleep_for(std::chrono::seconds(30));
    if (wrong = set_right(); !wrong.empty()) return wrong;
    if (wrong = finish(Verb::Apply); !wrong.empty()) return wrong;
    if (wrong = check_approved(world_, may_remove_); !wrong.empty()) return wrong;
    if (wrong = check_runs_if_sure(); !wrong.empty()) return wrong;
    if (wrong = check_world(world_, secrets_); wrong.empty()) wrong = broken_;
    // What the platform still does by itself comes to its end.
    world_.scheduler().sleep_for(std::chrono::minutes(10));
    return wrong;
}

std::string Person::apply_once() {
    std::string wrong = live_through(episode_.stages.back());
    world_.scheduler().sleep_for(std::chrono::minutes(10));
    return wrong;
}

std::string Person::leave() {
    std::string wrong = finish(Verb::Destroy);
    if (wrong.empty()) wrong = check_nothing_left(world_);
    return wrong;
}

}
