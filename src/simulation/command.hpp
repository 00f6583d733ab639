#pragma once

#include "base/result.hpp"
#include "simulation/process.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine {
class Deployment;
class Observer;
}

namespace simulation {

class World;

// What a person lets the program do.
enum class Verb : std::uint8_t { Plan, Apply, Destroy, Act };
std::string_view name_of(Verb verb);

struct CommandOptions {
    Verb verb = Verb::Apply;
    std::string name;   // of its process
    std::size_t parallelism = 8;
    // Of Verb::Act: something else that a person lets the program do.
    std::function<base::Result<void>(engine::Deployment&, engine::Observer&,
                                     const std::stop_token&)>
        act;
    std::map<std::string, std::string> variables;   // of its environment
};

// What came of it.
struct CommandEnd {
    bool died = false;
    std::string error;            // why it was not begun, or not finished
    bool is_complete = false;     // all that was to be done was done
    bool has_changes = false;     // of a plan
    std::size_t may_remove = 0;   // things, by the plans that were approved
    std::vector<std::string> not_done;
    std::uint64_t instants = 0;
    std::uint64_t requests = 0;
};

// A command in a process of its own: the engine as it ships, on the workspace of the machine.
class Command {
public:
    Command(World& world, CommandOptions options);
    // Waits for its end.
    ~Command();
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

    Process& process() { return process_; }
    void begin();
    CommandEnd wait();

private:
    void run();
    base::Result<void> work();

    World& world_;
    CommandOptions options_;
    Process process_;
    CommandEnd end_;
    struct Thread;
    std::unique_ptr<Thread> thread_;
};

// Begins it, and waits for its end.
CommandEnd run(World& world, CommandOptions options);

}
