#pragma once

#include "base/fs.hpp"
#include "base/process/program_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace providers::local {

// A command of an intent that is under way: a check, the command itself and a check again, one
// program after the other. One call at a time is at it.
struct CommandOperation {
    enum class Program : unsigned char { FirstCheck, Command, LastCheck };
    using Wake = std::function<void()>;

    Program program = Program::Command;   // that runs, or has ended last
    std::string which;                    // of the inputs: "create", "update", "undo"
    base::FileDescriptor lock;            // held from before the command begins to its result
    std::string printed;                  // by the command
    // Guarded by the operations.
    std::optional<base::Ran> ended;
    bool is_awaited = false;   // whoever asked was told that it runs
    Wake wake;
};

// The commands of a connection that are under way. No thread waits for them but one for all. Any
// thread.
class CommandOperations {
public:
    using Wake = CommandOperation::Wake;
    using Shared = std::shared_ptr<CommandOperation>;
    using Moment = std::chrono::steady_clock::time_point;

    // So many run at once, whatever the number of workers.
    static constexpr std::size_t kMost = 16;

    // Null: there is no room; `wake` is called when there is.
    Shared begin(const std::string& token, const Wake& wake);
    Shared find(const std::string& token);
    base::Result<void> run(const Shared& operation, const base::RunOptions& options);
    // What came of its program, if it ends before `until`; otherwise `wake` is called at its end.
    std::optional<base::Ran> take(CommandOperation& operation, Moment until, const Wake& wake);
    void end(const std::string& token);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Shared> running_;              // by the intents' tokens
    std::deque<std::pair<std::string, Wake>> no_room_;   // first come, first woken
    base::ProgramWatch watch_;                           // ends before what it tells goes
};

}
