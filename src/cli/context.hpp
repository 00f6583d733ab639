#pragma once

#include "base/clock.hpp"
#include "base/patience.hpp"
#include "base/result.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/terminal.hpp"
#include "cli/workspace_search.hpp"

#include <memory>
#include <string>

namespace cli {

class Interrupts;

// Options that every command takes, before or after its name.
struct GlobalOptions {
    std::string folder = ".";              // -C
    std::string environment = "default";   // --env
    bool json = false;
    bool color_never = false;
    bool progress_never = false;
    std::string color;       // --color; empty: as set
    std::string log_level;   // empty: as set
    std::string trace;       // a file, or - for standard error; empty: as set
    bool trust = false;      // agrees to the programs and the state that the workspace brings along
    bool help = false;
    bool version = false;
};

// What a command may ask of the world around it.
class Context {
public:
    Context();
    ~Context();

    Output& out() { return out_; }
    Output& err() { return err_; }
    const Terminal& out_terminal() const { return out_terminal_; }
    const Terminal& err_terminal() const { return err_terminal_; }
    // Whether a person can be asked: standard input and standard error are a terminal.
    bool can_ask() const;

    const GlobalOptions& options() const { return options_; }
    bool json() const { return options_.json; }
    const std::string& environment_name() const { return options_.environment; }
    const Settings& settings() const { return settings_; }
    base::Clock& clock() const { return base::system_clock(); }

    // The folder of the nearest main.ncl, from the folder that the command was started in upward.
    base::Result<std::string> workspace_folder() const;
    // Where it is looked for and whose it may be.
    SearchOptions search() const;

    // Becomes set on the first SIGINT or SIGTERM. Signals are caught from the first call on; before
    // it they end the process at once, which is right for a command that changes nothing.
    Interrupts& interrupts();
    // Null: not caught yet.
    const Interrupts* caught_interrupts() const { return interrupts_.get(); }
    bool was_terminated() const;   // the first signal was SIGTERM

    // What calls to platforms wait for: of a plan, which gives up after a while, and of an apply.
    const std::shared_ptr<base::Patience>& planning_waits() const { return planning_waits_; }
    const std::shared_ptr<base::Patience>& applying_waits() const { return applying_waits_; }

    // Called once, by whoever dispatches, before the command runs: enters the folder, reads the
    // settings, looks at the terminals and opens the log.
    base::Result<void> prepare(GlobalOptions options);

private:
    base::Result<void> load_settings();

    Output out_;
    Output err_;
    Terminal out_terminal_;
    Terminal err_terminal_;
    GlobalOptions options_;
    Settings settings_;
    std::shared_ptr<base::Patience> planning_waits_;
    std::shared_ptr<base::Patience> applying_waits_;
    std::unique_ptr<Interrupts> interrupts_;
};

}
