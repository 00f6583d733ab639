#include "past.hpp"

#include "state/state.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace past {
namespace {

// A run of the machine `far`, which is at the address and has not ended.
base::Result<void> begin_elsewhere(const std::string& address) {
    auto state = TRY(state::State::open({.directory = ".provisioning",
                                         .mode = state::OpenMode::Write,
                                         .machine = state::Machine{"far", "another boot"}}));
    const auto run = TRY(state->begin_run({.command = "apply", .addresses = {address}}));
    return {};
}

// A run after which nothing is kept of those before it.
base::Result<void> forget() {
    auto state = TRY(state::State::open(
        {.directory = ".provisioning", .mode = state::OpenMode::Write, .history = {.records = 0}}));
    const auto run = TRY(state->begin_run({.command = "apply"}));
    TRY(run->finish(state::RunStatus::Done, "{}"));
    return {};
}

// A row at an address as older programs wrote it, without quotes.
base::Result<void> write_unquoted(const std::string& from, const std::string& to) {
    auto state =
        TRY(state::State::open({.directory = ".provisioning", .mode = state::OpenMode::Write}));
    TRY(state->move(from, to));
    return {};
}

base::Result<void> call(const std::vector<std::string>& words) {
    if (words.size() == 2 && words[0] == "elsewhere") return begin_elsewhere(words[1]);
    if (words.size() == 1 && words[0] == "forgotten") return forget();
    if (words.size() == 3 && words[0] == "unquoted") return write_unquoted(words[1], words[2]);
    return base::invalid_argument(
        "usage: past elsewhere ADDRESS | past forgotten | past unquoted FROM TO");
}

}

int run(const std::vector<std::string>& words) {
    const auto done = call(words);
    if (done.ok()) return 0;
    std::fputs(fmt::format("past: {}\n", done.error().text()).c_str(), stderr);
    return 1;
}

}
