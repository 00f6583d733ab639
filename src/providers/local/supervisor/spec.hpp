#pragma once

#include "base/result.hpp"
#include "providers/local/note.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

// What a supervisor is told (the file `spec` in its folder), and what it tells (the file `status`).
namespace providers::local {

enum class RestartPolicy : std::uint8_t { Always, OnFailure, Never };

struct Health {
    enum class Kind : std::uint8_t { None, Http, Tcp, Command };
    Kind kind = Kind::None;
    std::uint16_t port = 0;                     // on the loopback
    std::string path = "/";                     // Http: answered by 200 to 399
    std::vector<std::string> command;           // Command: exit code 0; the first is a file
    std::chrono::milliseconds interval{5000};   // between two checks
    std::chrono::milliseconds timeout{2000};    // of one check
    std::chrono::milliseconds start{30000};     // until it must be healthy for the first time
    int retries = 3;                            // failures in a row that end in a restart

    bool operator==(const Health&) const = default;
};

// What of a specification lies in a file, `spec`: the rest may have secrets, and only the
// supervisor has it, in memory.
struct SpecName {
    std::string id;
    std::string token;
    std::string address;   // for people who look into the folder

    Note to_note() const;
    static SpecName from_note(const Note& note);
};

struct Spec {
    std::string id;
    std::string token;   // of the intent that wrote this
    std::string address;
    // Of what it is given or printed, nothing goes to where it is not sealed.
    bool has_secret = false;
    // Command, environment and directory are those that the supervisor has.
    bool keeps_what_runs = false;
    // A change of these restarts the process; the others are taken over as it runs.
    std::vector<std::string> command;       // the first is a file
    std::vector<std::string> environment;   // NAME=text
    std::string directory;

    Health health;
    RestartPolicy restart = RestartPolicy::OnFailure;
    std::chrono::milliseconds restart_delay{1000};   // doubled each time, up to 30 s
    int restart_limit = 5;                           // within a minute; then it has failed
    std::string log_file;
    std::int64_t log_max_bytes = std::int64_t{10} << 20;
    int log_keep = 3;   // older files beside it: FILE.1 is the newest
    int stop_signal = 15;
    std::chrono::milliseconds stop_timeout{10000};   // then it is killed

    Note to_note() const;
    static base::Result<Spec> from_note(const Note& note);
    bool runs_the_same_as(const Spec& other) const {
        return command == other.command && environment == other.environment &&
               directory == other.directory;
    }
};

struct Status {
    // Ended: by itself, and its policy lets it be. Failed: given up. Stopped: as it was asked to.
    enum class State : std::uint8_t {
        Starting,
        Running,
        Unhealthy,
        Waiting,
        Stopping,
        Ended,
        Failed,
        Stopped
    };
    State state = State::Starting;
    std::string token;   // of the specification in force
    std::string boot;
    std::int64_t supervisor = 0;   // its pid, and the moment that tells it from a later one
    std::uint64_t supervisor_start = 0;
    std::int64_t pid = 0;   // of the process: also its session and group; 0: none now
    std::uint64_t pid_start = 0;
    std::int64_t restarts = 0;
    std::string reason;   // of what went wrong last, for people

    bool is_over() const { return state >= State::Ended; }
    Note to_note() const;
    static base::Result<Status> from_note(const Note& note);
};
std::string_view name_of(Status::State state);

// The variable that marks each process under a supervisor, with its id.
inline constexpr std::string_view kMarkVariable = "PROVISIONING_PROCESS";

}
