#include "state/sqlite/swap.hpp"

#include "base/fs.hpp"
#include "state/sqlite/backups.hpp"
#include "state/sqlite/context.hpp"
#include "state/sqlite/file_liveness.hpp"

#include <fmt/core.h>

namespace state::sqlite {
namespace {

constexpr std::string_view kPrepared = "prepared ";
constexpr std::string_view kNothing = "nothing ";

std::string note_path(const std::string& directory) {
    return base::join_path(directory, "restoring");
}

std::string aside_folder(const std::string& directory) {
    return base::join_path(directory, "set-aside");
}

// Each step is one that may have been done already.
base::Result<void> carry_out(const std::string& directory, Swap what, const std::string& aside,
                             const AtStep& at_step) {
    const auto step = [&](std::string_view name) {
        if (at_step) at_step(name);
    };
    const std::string path = database_path(directory);
    const std::string prepared = prepared_path(directory);
    const std::string folder = aside_folder(directory);
    // Once what was prepared is in place, what is there is no longer what is to be set aside.
    if (what == Swap::Nothing || base::file_exists(prepared)) {
        const std::string target = base::join_path(folder, aside);
        // The log goes with its database: it may hold what the file does not. One that stayed would
        // be taken for that of the file that comes in place of this one.
        for (const char* part : {"-shm", "-wal", ""}) {
            if (base::file_exists(path + part)) TRY(base::rename_file(path + part, target + part));
            step("restore:aside");
        }
        TRY(base::sync_directory(folder));
        if (what == Swap::Prepared) TRY(base::rename_file(prepared, path));
        TRY(base::sync_directory(directory));
        step("restore:placed");
    }
    if (what == Swap::Nothing) {
        // Or the empty state would be told as damage at the next command.
        for (const Backup& backup : TRY(list_backups(directory))) {
            TRY(base::rename_file(backup.path, base::join_path(folder, backup.name)));
            step("restore:backup");
        }
    }
    TRY(base::remove_file(note_path(directory)));
    TRY(base::sync_directory(directory));
    step("restore:done");
    return {};
}

}

std::string prepared_path(const std::string& directory) {
    return database_path(directory) + ".restored";
}

base::Result<void> swap(const std::string& directory, Swap what, const std::string& aside,
                        const AtStep& at_step) {
    TRY(base::make_directories(aside_folder(directory), 0700));
    TRY(base::sync_directory(directory));
    if (at_step) at_step("restore:prepared");
    const std::string note =
        fmt::format("{}{}\n", what == Swap::Prepared ? kPrepared : kNothing, aside);
    TRY(base::write_file_atomic(note_path(directory), note, {.mode = 0600, .sync = true}));
    if (at_step) at_step("restore:noted");
    return carry_out(directory, what, aside, at_step);
}

bool is_swapping(const std::string& directory) { return base::file_exists(note_path(directory)); }

base::Result<void> finish_swap(const std::string& directory) {
    if (!is_swapping(directory)) return {};
    const auto alone = TRY(file_liveness(directory)->keep_runs_out());
    // Somebody else may have finished it before we were alone.
    if (!is_swapping(directory)) return {};
    std::string note = TRY(base::read_file(note_path(directory), 4096));
    while (note.ends_with('\n')) note.pop_back();
    Swap what = Swap::Prepared;
    std::string_view aside = note;
    if (aside.starts_with(kNothing)) {
        what = Swap::Nothing;
        aside.remove_prefix(kNothing.size());
    } else if (aside.starts_with(kPrepared)) {
        aside.remove_prefix(kPrepared.size());
    } else {
        aside = {};
    }
    // A name and no path: it is never led out of its folder.
    if (aside.empty() || aside.find('/') != std::string_view::npos || aside.starts_with('.')) {
        return base::Error(base::Code::DataLoss,
                           note_path(directory) + " is damaged: what is to be restored");
    }
    return carry_out(directory, what, std::string(aside), {});
}

}
