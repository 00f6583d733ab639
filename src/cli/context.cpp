#include "cli/context.hpp"

#include "base/fs.hpp"
#include "base/log.hpp"
#include "cli/environment.hpp"
#include "cli/interrupts.hpp"
#include "net/client/trace.hpp"

#include <algorithm>
#include <csignal>

#include <unistd.h>

namespace cli {

using base::Result;

constexpr std::uint64_t kLongestPatience = 86'400;   // seconds

// Standard error is not held back: progress and warnings are for now.
// Standard output is collected: a plan of thousands of lines is a few writes.
Context::Context() : out_(STDOUT_FILENO), err_(STDERR_FILENO, 1) {}
Context::~Context() = default;

bool Context::can_ask() const { return err_terminal_.is_terminal && ::isatty(STDIN_FILENO) == 1; }

SearchOptions Context::search() const {
    return search_options(settings_.text("workspace.trusted_folders"));
}

Result<std::string> Context::workspace_folder() const {
    return search_workspace(TRY(base::current_directory()), search());
}

Interrupts& Context::interrupts() {
    if (!interrupts_) interrupts_ = std::make_unique<Interrupts>();
    return *interrupts_;
}

bool Context::was_terminated() const { return interrupts_ && interrupts_->signal() == SIGTERM; }

static When when_of(const std::string& word) {
    if (word == "always") return When::Always;
    return word == "never" ? When::Never : When::Auto;
}

// The later goes before the earlier: the user's file, the workspace's, variables, options. The
// workspace's is held against what goes before and after it, so variables are read twice.
Result<void> Context::load_settings() {
    TRY(settings_.read_file(base::join_path(user_config_folder(), "settings.toml")));
    TRY(settings_.read_environment());
    if (const auto folder = workspace_folder()) {
        TRY(settings_.read_file(base::join_path(*folder, "settings.toml"),
                                Settings::Author::Workspace));
    }
    TRY(settings_.read_environment());
    if (!options_.color.empty()) TRY(settings_.set("ui.color", options_.color, "--color"));
    if (options_.color_never) TRY(settings_.set("ui.color", "never", "--no-color"));
    if (options_.progress_never) TRY(settings_.set("ui.progress", "never", "--no-progress"));
    if (!options_.log_level.empty()) {
        TRY(settings_.set("log.level", options_.log_level, "--log-level"));
    }
    if (!options_.trace.empty()) TRY(settings_.set("http.trace", options_.trace, "--trace"));
    return {};
}

Result<void> Context::prepare(GlobalOptions options) {
    options_ = std::move(options);
    if (options_.json) out_.set_for_programs();
    // The name becomes part of a path and of tags at the platforms.
    constexpr std::string_view kNameLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const std::string& name = options_.environment;
    if (name.empty() || name.find_first_not_of(kNameLetters) != std::string::npos) {
        return base::Error(base::Code::Usage, "`" + name + "` is no name of an environment")
            .with_help("names have letters, digits, - and _");
    }
    // The working directory really changes: relative paths in programs and options then mean the
    // same.
    if (options_.folder != "." && ::chdir(options_.folder.c_str()) != 0) {
        // Whatever the reason: it is a file where a workspace was to be, or none that we may enter.
        return base::not_found(base::system_error("cannot enter " + options_.folder, errno).text());
    }
    // The terminals are looked at even if the settings are wrong, so that this error is shown in
    // colour or not as it should be.
    Result<void> loaded = load_settings();
    const When color = when_of(settings_.text("ui.color"));
    const When progress = when_of(settings_.text("ui.progress"));
    out_terminal_ = look_at_terminal(STDOUT_FILENO, color, progress);
    err_terminal_ = look_at_terminal(STDERR_FILENO, color, progress);
    if (out_terminal_.is_terminal) out_.set_terminal();
    if (err_terminal_.is_terminal) err_.set_terminal();
    TRY(std::move(loaded));
    TRY(base::log::configure({
        .level = base::log::parse_level(settings_.text("log.level")).value(),
        .file = settings_.text("log.file"),
    }));
    // Less than a second is no try.
    planning_waits_ = std::make_shared<base::Patience>(
        clock(), std::chrono::seconds(std::clamp<std::uint64_t>(settings_.number("http.patience"),
                                                                1, kLongestPatience)));
    applying_waits_ = std::make_shared<base::Patience>(clock());
    if (const std::string& file = settings_.text("http.trace"); !file.empty())
        TRY(net::trace_to(file));
    return {};
}

}
