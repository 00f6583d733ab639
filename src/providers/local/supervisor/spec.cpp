#include "providers/local/supervisor/spec.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace providers::local {
namespace {

using std::chrono::milliseconds;

// In the order of the enumerations: words in the files, so that they can be read, and an older
// supervisor's are understood.
constexpr std::array<std::string_view, 3> kPolicies{"Always", "OnFailure", "Never"};
constexpr std::array<std::string_view, 4> kHealthKinds{"none", "http", "tcp", "command"};
constexpr std::array<std::string_view, 8> kStates{"starting", "running", "unhealthy", "waiting",
                                                  "stopping", "ended",   "failed",    "stopped"};
// Thirty years: sums of times stay far from overflow.
constexpr std::int64_t kMaxMilliseconds = std::int64_t{1} << 40;
constexpr int kMaxSignal = 64;

template <typename Enum, std::size_t N>
base::Result<Enum> parse_enum(const std::array<std::string_view, N>& names, const Note& note,
                              std::string_view field) {
    const auto found = std::find(names.begin(), names.end(), note.text(field));
    if (found == names.end()) {
        return base::invalid_argument("the field " + std::string(field) + " is no known word");
    }
    return static_cast<Enum>(found - names.begin());
}

milliseconds span(const Note& note, std::string_view field, milliseconds fallback) {
    // Clamped and not refused: the files are ours, and a supervisor that will not start over a
    // number helps nobody.
    const std::int64_t found = note.number(field, fallback.count());
    return milliseconds(std::clamp(found, std::int64_t{0}, kMaxMilliseconds));
}

int small(const Note& note, std::string_view field, int fallback, int low, int high) {
    const std::int64_t found = note.number(field, fallback);
    return static_cast<int>(std::clamp<std::int64_t>(found, low, high));
}

}

Note SpecName::to_note() const {
    Note note;
    note.add("id", id);
    note.add("token", token);
    note.add("address", address);
    return note;
}

SpecName SpecName::from_note(const Note& note) {
    return {.id = std::string(note.text("id")),
            .token = std::string(note.text("token")),
            .address = std::string(note.text("address"))};
}

Note Spec::to_note() const {
    Note note = SpecName{.id = id, .token = token, .address = address}.to_note();
    note.add("has_secret", has_secret ? 1 : 0);
    note.add("keeps_what_runs", keeps_what_runs ? 1 : 0);
    // One line for each, in their order: nothing has to be quoted.
    for (const std::string& argument : command) note.add("command", argument);
    for (const std::string& line : environment) note.add("environment", line);
    note.add("directory", directory);
    note.add("health", kHealthKinds[static_cast<std::size_t>(health.kind)]);
    note.add("health_port", health.port);
    note.add("health_path", health.path);
    for (const std::string& argument : health.command) note.add("health_command", argument);
    note.add("health_interval", health.interval.count());
    note.add("health_timeout", health.timeout.count());
    note.add("health_start", health.start.count());
    note.add("health_retries", health.retries);
    note.add("restart", kPolicies[static_cast<std::size_t>(restart)]);
    note.add("restart_delay", restart_delay.count());
    note.add("restart_limit", restart_limit);
    note.add("log_file", log_file);
    note.add("log_max_bytes", log_max_bytes);
    note.add("log_keep", log_keep);
    note.add("stop_signal", stop_signal);
    note.add("stop_timeout", stop_timeout.count());
    return note;
}

base::Result<Spec> Spec::from_note(const Note& note) {
    Spec spec;
    spec.id = note.text("id");
    spec.token = note.text("token");
    spec.address = note.text("address");
    spec.has_secret = note.number("has_secret") != 0;
    spec.keeps_what_runs = note.number("keeps_what_runs") != 0;
    spec.command = note.all("command");
    spec.environment = note.all("environment");
    spec.directory = note.text("directory");
    spec.health.kind = TRY(parse_enum<Health::Kind>(kHealthKinds, note, "health"));
    spec.health.port = static_cast<std::uint16_t>(small(note, "health_port", 0, 0, 65535));
    spec.health.path = note.text("health_path");
    spec.health.command = note.all("health_command");
    spec.health.interval = span(note, "health_interval", spec.health.interval);
    spec.health.timeout = span(note, "health_timeout", spec.health.timeout);
    spec.health.start = span(note, "health_start", spec.health.start);
    spec.health.retries = small(note, "health_retries", spec.health.retries, 1, 1'000'000);
    spec.restart = TRY(parse_enum<RestartPolicy>(kPolicies, note, "restart"));
    spec.restart_delay = span(note, "restart_delay", spec.restart_delay);
    spec.restart_limit = small(note, "restart_limit", spec.restart_limit, 0, 1'000'000);
    spec.log_file = note.text("log_file");
    spec.log_max_bytes = std::max<std::int64_t>(4096, note.number("log_max_bytes", 10 << 20));
    spec.log_keep = small(note, "log_keep", spec.log_keep, 0, 100);
    spec.stop_signal = small(note, "stop_signal", spec.stop_signal, 1, kMaxSignal);
    spec.stop_timeout = span(note, "stop_timeout", spec.stop_timeout);
    // Without these there is nothing to supervise. A specification of another version may lack
    // anything else.
    if (spec.command.empty() || spec.log_file.empty()) {
        return base::invalid_argument("the specification has no command or no log file");
    }
    if (spec.health.kind == Health::Kind::Command && spec.health.command.empty()) {
        return base::invalid_argument("the specification has a health check without a command");
    }
    return spec;
}

Note Status::to_note() const {
    Note note;
    note.add("state", name_of(state));
    note.add("token", token);
    // A process is its number, its start and the boot: a number alone is used again.
    note.add("boot", boot);
    note.add("supervisor", supervisor);
    note.add("supervisor_start", static_cast<std::int64_t>(supervisor_start));
    note.add("pid", pid);
    note.add("pid_start", static_cast<std::int64_t>(pid_start));
    note.add("restarts", restarts);
    note.add("reason", reason);
    return note;
}

base::Result<Status> Status::from_note(const Note& note) {
    Status status;
    status.state = TRY(parse_enum<State>(kStates, note, "state"));
    status.token = note.text("token");
    status.boot = note.text("boot");
    status.supervisor = note.number("supervisor");
    status.supervisor_start = static_cast<std::uint64_t>(note.number("supervisor_start"));
    status.pid = note.number("pid");
    status.pid_start = static_cast<std::uint64_t>(note.number("pid_start"));
    status.restarts = note.number("restarts");
    status.reason = note.text("reason");
    return status;
}

std::string_view name_of(Status::State state) { return kStates[static_cast<std::size_t>(state)]; }

}
