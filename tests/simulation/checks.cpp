#include "checks.hpp"

#include "episode.hpp"

#include "support/cloud_world.hpp"

#include "base/text.hpp"
#include "simulation/command.hpp"
#include "simulation/world.hpp"
#include "state/state.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace simulated {
namespace {

using simulation::World;

const std::string kState = std::string(simulation::kWorkspace) + "/.provisioning";

json::Value ask(World& world, const std::string& target) {
    const net::Request request{
        .method = "GET",
        .target = target,
        .headers = {{"Authorization", "Bearer " + world.token()}, {"Host", "cloud"}},
        .body = {}};
    return json::parse(world.cloud().answer(request, nullptr).body).value();
}

// What a collection of the platform holds, by id.
const std::map<std::string_view, std::string_view> kCollections{
    {"hetzner.SshKey", "ssh_keys"},
    {"hetzner.Network", "networks"},
    {"hetzner.PlacementGroup", "placement_groups"},
    {"hetzner.Server", "servers"},
    {"hetzner.Volume", "volumes"},
    {"hetzner.Firewall", "firewalls"},
    {"hetzner.PrimaryIp", "primary_ips"},
    {"hetzner.FloatingIp", "floating_ips"}};

std::set<std::string> things_there(World& world) {
    std::set<std::string> out;
    for (const auto& [type, collection] : kCollections) {
        const json::Value answer = ask(world, fmt::format("/v1/{}?per_page=50", collection));
        for (const json::Value& thing : *answer.find(collection)->as_array()) {
            // The platform makes and takes away these by itself, with their server.
            if (type == "hetzner.PrimaryIp" && thing.bool_or("auto_delete", false)) continue;
            out.insert(fmt::format("{} {}", type, thing.int64_or("id", 0)));
        }
    }
    return out;
}

// No object without a row, and no row without an object.
std::string check_rows(World& world) {
    auto opened = state::State::open({.directory = kState});
    if (!opened.ok()) return "the state does not open: " + opened.error().text();
    const auto snapshot = (*opened)->read();
    if (!snapshot.ok()) return "the state cannot be read: " + snapshot.error().text();
    std::set<std::string> recorded;
    for (const state::Row& row : snapshot->rows) {
        if (!kCollections.contains(row.type)) continue;
        if (!recorded.insert(fmt::format("{} {}", row.type, row.key)).second) {
            return fmt::format("{} {} is recorded twice", row.type, row.key);
        }
    }
    if (!snapshot->open.empty()) {
        return "an intent is open: " + snapshot->open.front().intent.address;
    }
    const std::set<std::string> there = things_there(world);
    for (const std::string& thing : there) {
        if (!recorded.contains(thing)) return thing + " is there, and not recorded";
    }
    for (const std::string& thing : recorded) {
        if (!there.contains(thing)) return thing + " is recorded, and not there";
    }
    return {};
}

// The label by which a thing carries the token of the intent that made it.
std::string token_in(const std::string& body) {
    constexpr std::string_view kLabel = "\"provisioning.token\":\"";
    const std::size_t at = body.find(kLabel);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + kLabel.size();
    return body.substr(begin, body.find('"', begin) - begin);
}

// By the cloud's own log: of all requests to make something for one intent, one made it.
std::string check_effects(const World& world) {
    std::set<std::string> made;
    for (const simulation::Arrival& one : world.arrivals()) {
        const std::string token = one.method == "POST" ? token_in(one.body) : std::string();
        if (token.empty()) continue;
        if (made.contains(token)) {
            return fmt::format("the intent {} was {}: {}", token,
                               one.status == 201 ? "carried out twice"
                                                 : "asked for again after it was carried out",
                               one.target);
        }
        if (one.status == 201) made.insert(token);
    }
    return {};
}

// Neither on the disk nor in what was told.
std::string check_secret(const World& world, const std::string& token, bool is_sent) {
    for (const auto& [path, inode] : world.disk().all()) {
        if (inode->data.find(token) != std::string::npos) return "a secret is in " + path;
    }
    for (const std::string& line : world.trace()) {
        if (line.find(token) != std::string::npos) return "a secret is told: " + line;
    }
    for (const simulation::Arrival& one : world.arrivals()) {
        const bool is_its_place = is_sent && one.body.find(token) != std::string::npos;
        if (one.target.find(token) != std::string::npos ||
            (!is_its_place && one.body.find(token) != std::string::npos)) {
            return "a secret is sent: " + one.target;
        }
    }
    return {};
}

std::string check_secrets(const World& world, const Secrets& secrets) {
    if (std::string wrong = check_secret(world, world.token(), false); !wrong.empty()) return wrong;
    for (const auto& [name, text] : secrets) {
        if (std::string wrong = check_secret(world, text, true); !wrong.empty()) return wrong;
    }
    return {};
}

// Directly after an apply there is nothing to do.
std::string check_plan(World& world, const Secrets& secrets) {
    const simulation::CommandEnd end = simulation::run(
        world, {.verb = simulation::Verb::Plan, .name = "plan", .act = {}, .variables = secrets});
    if (!end.error.empty()) return "no plan can be made: " + end.error;
    if (!end.has_changes) return {};
    std::string out = "after an apply there is something to do:";
    for (const std::string& one : end.not_done) out += "\n  " + one;
    return out;
}

}

std::string dump(World& world) {
    return suite::world_of([&](const std::string& target) { return ask(world, target); }, true);
}

std::string differences(const std::string& got, const std::string& wanted) {
    const auto mine = base::split_lines(got);
    const auto theirs = base::split_lines(wanted);
    std::string out;
    for (const std::string_view line : mine) {
        if (std::ranges::find(theirs, line) == theirs.end())
            out += fmt::format("  too much: {}\n", line);
    }
    for (const std::string_view line : theirs) {
        if (std::ranges::find(mine, line) == mine.end())
            out += fmt::format("  missing:  {}\n", line);
    }
    return out;
}

std::string check_state() {
    const state::OpenOptions options{.directory = kState};
    const auto exists = state::State::exists(options);
    if (!exists.ok()) return "whether there is a state cannot be told: " + exists.error().text();
    if (!*exists) return {};
    // Somebody holds it, and stands still.
    const auto is_busy = [](const base::Error& error) { return error.code() == base::Code::Busy; };
    auto opened = state::State::open(options);
    if (!opened.ok()) {
        return is_busy(opened.error()) ? "" : "the state does not open: " + opened.error().text();
    }
    const auto snapshot = (*opened)->read();
    if (snapshot.ok() || is_busy(snapshot.error())) return {};
    return "the state cannot be read: " + snapshot.error().text();
}

std::string check_runs(std::size_t deaths) {
    constexpr std::size_t kAll = 1000;
    auto opened = state::State::open({.directory = kState});
    if (!opened.ok()) return {};   // told by others
    const auto runs = (*opened)->runs(kAll);
    if (!runs.ok()) return "runs cannot be read: " + runs.error().text();
    const auto died = std::ranges::count(*runs, state::RunStatus::Died, &state::RunInfo::status);
    if (static_cast<std::size_t>(died) <= deaths) return {};
    return fmt::format("{} runs were taken for dead, and {} processes died", died, deaths);
}

bool has_tags(const std::string& type) { return kCollections.contains(type); }

bool has_token(World& world, const std::string& token) {
    return std::ranges::any_of(kCollections, [&](const auto& entry) {
        const auto& [type, collection] = entry;
        const json::Value answer = ask(world, fmt::format("/v1/{}?per_page=50", collection));
        return json::to_text(answer).find(token) != std::string::npos;
    });
}

bool is_there(World& world, const std::string& type, const std::string& key) {
    return things_there(world).contains(fmt::format("{} {}", type, key));
}

std::string check_requests(const simulation::CommandEnd& end, const Episode& episode) {
    std::size_t things = 0;
    for (const Episode::Stage& stage : episode.stages) things += stage.program.size();
    const std::size_t most = 100 + 60 * things;
    if (end.requests <= most) return {};
    return fmt::format("{} requests for {} things", end.requests, things);
}

std::string check_foreign(const World& world, const std::set<std::string>& foreign) {
    for (const simulation::Arrival& one : world.arrivals()) {
        if (one.method == "GET" || one.process == "by hand") continue;
        for (const std::string& thing : foreign) {
            const std::string target = "/v1/" + thing;
            if (one.target == target || one.target.starts_with(target + "/")) {
                return fmt::format("{} touches what is not its own: {} {}", one.process, one.method,
                                   one.target);
            }
        }
    }
    return {};
}

std::string check_approved(const World& world,
                           const std::map<std::string, std::size_t>& may_remove) {
    std::map<std::string, std::size_t> removed;
    for (const simulation::Arrival& one : world.arrivals()) {
        if (one.process == "by hand") continue;
        if (one.method == "DELETE" && one.status < 300) ++removed[one.process];
    }
    for (const auto& [process, count] : removed) {
        const auto approved = may_remove.find(process);
        const std::size_t most = approved == may_remove.end() ? 0 : approved->second;
        if (count > most) {
            return fmt::format("{} took away {} things, and {} were approved", process, count,
                               most);
        }
    }
    return {};
}

std::string check_nothing_left(World& world) {
    if (const std::string left = dump(world); !left.empty()) return "`destroy` left:\n" + left;
    return check_rows(world);
}

std::string check_world(World& world, const Secrets& secrets) {
    if (std::string wrong = check_rows(world); !wrong.empty()) return wrong;
    if (std::string wrong = check_effects(world); !wrong.empty()) return wrong;
    if (std::string wrong = check_secrets(world, secrets); !wrong.empty()) return wrong;
    return check_plan(world, secrets);
}

}
