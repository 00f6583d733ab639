#include "state/sqlite/backups.hpp"

#include "base/files.hpp"
#include "base/fs.hpp"
#include "state/sqlite/context.hpp"
#include "state/sqlite/file_liveness.hpp"
#include "state/sqlite/format.hpp"
#include "state/sqlite/meta.hpp"
#include "state/sqlite/sqlite_state.hpp"
#include "state/sqlite/swap.hpp"
#include "store/database.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace state::sqlite {
namespace {

std::string folder_of(const std::string& directory) {
    return base::join_path(directory, "backups");
}

// "000017-20260102T030405Z.db": run, and when.
// The time is in the name because that of the file changes when it is copied about.
std::string name_of(std::int64_t run, base::Time made) {
    std::string time = base::format_time(made);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return fmt::format("{:06}-{}.db", run, time);
}

bool take_number(std::string_view& text, std::size_t digits, std::int64_t& number) {
    if (text.size() < digits) return false;
    const auto parsed = std::from_chars(text.data(), text.data() + digits, number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + digits) return false;
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, std::string_view what) {
    if (!text.starts_with(what)) return false;
    text.remove_prefix(what.size());
    return true;
}

std::optional<Backup> parse_name(std::string_view name) {
    std::string_view rest = name;
    const std::size_t dash = name.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    Backup backup;
    backup.name = name;
    std::int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const bool fits = take_number(rest, dash, backup.run) && take(rest, "-") &&
                      take_number(rest, 4, year) && take_number(rest, 2, month) &&
                      take_number(rest, 2, day) && take(rest, "T") && take_number(rest, 2, hour) &&
                      take_number(rest, 2, minute) && take_number(rest, 2, second) &&
                      rest == "Z.db";
    if (!fits) return std::nullopt;
    const auto date = std::chrono::year(static_cast<int>(year)) /
                      std::chrono::month(static_cast<unsigned>(month)) /
                      std::chrono::day(static_cast<unsigned>(day));
    if (!date.ok()) return std::nullopt;
    backup.made = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                  std::chrono::minutes(minute) + std::chrono::seconds(second);
    return backup;
}

// Newest first, so "last" is the first of them.
base::Result<Backup> choose(const std::string& directory, std::string_view name) {
    auto kept = TRY(list_backups(directory));
    if (kept.empty()) return base::not_found("there are no backups in " + folder_of(directory));
    for (Backup& backup : kept) {
        if (name == "last" || backup.name == name) return std::move(backup);
    }
    std::string names;
    for (const Backup& backup : kept) names += (names.empty() ? "" : ", ") + backup.name;
    return base::not_found(fmt::format("there is no backup {}", name))
        .with_help("there are: " + names);
}

// A copy of a state, as a context that can read it. Not for what needs runs.
base::Result<std::unique_ptr<SqliteContext>> open_copy(const OpenOptions& options,
                                                       const std::string& path, OldRows old_rows) {
    auto context = std::make_unique<SqliteContext>();
    context->options = options;
    context->clock = options.clock != nullptr ? options.clock : &base::system_clock();
    context->key_source = [state = context.get()] { return state->load_key(); };
    context->here = options.machine.value_or(this_machine());
    context->liveness = file_liveness(options.directory);
    context->database = TRY(store::Database::open(path, {.access = store::Access::Write}));
    context->interned = std::make_unique<Interned>(*context);
    // It may be of an older program.
    TRY(migrate_state(*context, old_rows));
    context->workspace_id = TRY(workspace_of(*context));
    if (!context->workspace_id.empty()) TRY(check_meta(*context));
    // Row by row, before it takes the place of a state that may be better.
    TRY(check_environments(*context));
    return context;
}

// A copy beside the database, with an epoch that no other copy has had: later than any clock
// reading at which one was begun before.
base::Result<void> prepare(const OpenOptions& options, const std::string& from,
                           const std::string& to, base::Time now, OldRows old_rows) {
    {
        // Read as it is, without locks and without touching it: it may be the only good copy.
        auto source = TRY(store::Database::open(from, {.access = store::Access::Immutable}));
        // Before anything is set aside: a damaged backup must not take the place of a damaged
        // state.
        TRY(source->check_quickly());
        TRY(source->backup_to(to));
    }
    auto state = TRY(open_copy(options, to, old_rows));
    SqliteContext& context = *state;
    auto& copy = context.database;
    auto transaction = TRY(store::Transaction::begin(*copy, store::Transaction::Kind::Write));
    {
        const std::int64_t epoch = TRY(copy->number("SELECT value FROM meta WHERE name = 'epoch'"));
        auto set = TRY(copy->prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)"));
        // Two restores of one backup would both begin epoch + 1, and rows written after either
        // would have the same versions. The clock tells them apart.
        const std::int64_t next = std::max(epoch + 1, to_micros(now) / 1000);
        TRY(set.run({"epoch", next}));
        auto begin = TRY(copy->prepare(
            "INSERT OR REPLACE INTO epoch SELECT max("
            "(SELECT coalesce(max(number), 0) FROM run), "
            "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'run')) + 1, ?"));
        TRY(begin.run({next}));
        // Rows may be older than the world from now on: the next plan has to look, whatever it was
        // asked for.
        TRY(set.run({"stale", 1}));
        // Whoever held these wrote to the database that is set aside. Their intents stay, for
        // recovery.
        auto ended = TRY(copy->prepare("DELETE FROM lease"));
        TRY(ended.run({}));
        auto died = TRY(copy->prepare("UPDATE run SET status = ?, ended = ? WHERE status = 0"));
        TRY(died.run({static_cast<std::int64_t>(RunStatus::Died), to_micros(now)}));
    }
    TRY(authenticate_meta(context));
    TRY(transaction.commit());
    // Into the file itself, as it is renamed without its log.
    TRY(copy->checkpoint());
    return {};
}

// A name beneath `set-aside/` that nobody has. What is there is kept for ever: what a program took
// for damage may be all that is left to somebody who looks closer.
std::string aside_name(const std::string& directory, base::Time now) {
    const std::string folder = base::join_path(directory, "set-aside");
    std::string time = base::format_time(now);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    std::string name = "state-" + time + ".db";
    for (int i = 2; base::file_exists(base::join_path(folder, name)); ++i) {
        name = fmt::format("state-{}-{}.db", time, i);
    }
    return name;
}

// Not the one just made, whatever the clock says.
base::Result<void> remove_oldest(const std::string& directory, std::string_view made) {
    // Backups are by time. After the clock was set back the newest may be sorted last.
    const auto kept = TRY(list_backups(directory));
    for (std::size_t i = kBackupsKept; i < kept.size(); ++i) {
        if (kept[i].name != made) TRY(base::remove_file(kept[i].path));
    }
    return {};
}

base::Error not_restored(base::Error error) {
    if (error.code() != base::Code::DataLoss) return error;
    return std::move(error)
        .with_help("this backup is damaged too")
        .with_advice({.next = base::Next::RestoreBackup, .object = "another one"});
}

// A run of another machine holds no lock that is seen here. A state that cannot be opened can tell
// of none, and has to be restored all the same.
base::Result<void> refuse_while_elsewhere(const OpenOptions& options) {
    OpenOptions reading = options;
    reading.mode = OpenMode::Read;
    // A state that opens can be asked. One that does not has no say, or nothing could be restored.
    if (!open_state(std::move(reading)).ok()) return {};
    const std::string path = database_path(options.directory);
    if (!base::file_exists(path)) return {};
    auto database = TRY(store::Database::open(path, {.access = store::Access::Read}));
    const Machine here = options.machine.value_or(this_machine());
    auto select = TRY(database->prepare("SELECT number, host, boot FROM run WHERE status = 0"));
    TRY(select.query({}));
    while (TRY(select.next())) {
        const Machine machine{std::string(select.text(1)), std::string(select.text(2))};
        // Runs of this machine are kept out by the lock that the caller holds; the last argument
        // counts for those alone.
        if (judge(machine, here, false) != Life::Elsewhere) continue;
        return base::Error(base::Code::Busy,
                           fmt::format("run {} was begun on {} and may be at work there",
                                       select.integer(0), machine.host))
            .with_advice({.next = base::Next::AbandonRun,
                          .subject = std::to_string(select.integer(0)),
                          .object = machine.host});
    }
    return {};
}

}

base::Result<std::vector<Backup>> list_backups(const std::string& directory) {
    const std::string folder = folder_of(directory);
    std::vector<Backup> found;
    if (!base::is_directory(folder)) return found;
    for (const std::string& name : TRY(base::list_directory(folder))) {
        auto backup = parse_name(name);
        // Whatever else lies in the folder (`.part` of a backup that was cut off) is none.
        if (!backup) continue;
        backup->path = base::join_path(folder, name);
        struct stat info;
        if (base::files().stat(backup->path, info) != 0) continue;
        backup->size = static_cast<std::uint64_t>(info.st_size);
        found.push_back(std::move(*backup));
    }
    // By time: after a restore, numbers of runs begin again.
    std::ranges::sort(found, std::ranges::greater(),
                      [](const Backup& backup) { return std::pair(backup.made, backup.run); });
    return found;
}

base::Result<Backup> make_backup(store::Database& database, const std::string& directory,
                                 std::int64_t run, base::Time now) {
    const std::string folder = folder_of(directory);
    TRY(base::make_directories(folder, 0700));
    const std::string name = name_of(run, now);
    // Beside its place and renamed when it is whole: one that was cut off never looks like a
    // backup.
    const std::string temporary = base::join_path(folder, name + ".part");
    TRY(base::remove_tree(temporary));
    TRY(database.backup_to(temporary));
    base::Result<void> checked;
    {
        // What is damaged must not push out what is whole.
        auto copy = store::Database::open(temporary, {.access = store::Access::Immutable});
        checked = copy.ok() ? (*copy)->check_quickly() : std::move(copy).error();
    }
    if (!checked.ok()) {
        TRY(base::remove_file(temporary));
        return std::move(checked).error().with_context("checking the backup");
    }
    TRY(base::rename_file(temporary, base::join_path(folder, name)));
    TRY(base::sync_directory(folder));
    TRY(remove_oldest(directory, name));
    auto kept = TRY(list_backups(directory));
    for (Backup& backup : kept) {
        if (backup.name == name) return std::move(backup);
    }
    return base::internal("the backup " + name + " has vanished");
}

base::Result<bool> backup_is_due(const SqliteContext& context, std::int64_t run) {
    struct stat info;
    // That the file is not there is strange enough to make a copy of what is open.
    if (base::files().stat(database_path(context.directory()), info) != 0) return true;
    const auto size = static_cast<std::uint64_t>(info.st_size);
    const BackupPolicy& policy = context.options.backups;
    if (size <= policy.large_bytes) return true;
    const auto kept = TRY(list_backups(context.directory()));
    if (kept.empty()) return true;
    const Backup& newest = kept.front();
    // A run that has added much is not left to luck.
    // An eighth more is much to do again.
    if (size > newest.size + newest.size / 8) return true;
    const base::Time now = context.clock->now();
    // The second of each: numbers begin again after a restore, and clocks are set back.
    if (run >= newest.run + policy.runs || run < newest.run) return true;
    return now >= newest.made + policy.age || now < newest.made;
}

namespace {

class FileBackups final : public Backups {
public:
    explicit FileBackups(OpenOptions options) : options_(std::move(options)) {}

    base::Result<std::vector<Backup>> list() override { return list_backups(options_.directory); }
    base::Result<Restored> restore(std::string_view name) override;

private:
    base::Result<std::string> put_in_place(Swap what, base::Time now) const;

    OpenOptions options_;
};

// Tells where the former state is; "" when there was none.
base::Result<std::string> FileBackups::put_in_place(Swap what, base::Time now) const {
    const std::string& directory = options_.directory;
    const std::string aside = aside_name(directory, now);
    const bool was_there = base::file_exists(database_path(directory));
    TRY(swap(directory, what, aside, options_.at_durable_step));
    if (!was_there) return std::string();
    return base::join_path(base::join_path(directory, "set-aside"), aside);
}

base::Result<Restored> FileBackups::restore(std::string_view name) {
    const std::string& directory = options_.directory;
    const base::Time now =
        (options_.clock != nullptr ? *options_.clock : base::system_clock()).now();
    TRY(finish_swap(directory));
    // From here no run can begin on this machine until this returns.
    const auto alone = TRY(file_liveness(directory)->keep_runs_out());
    TRY(refuse_while_elsewhere(options_));
    Restored restored;
    if (name == "none") {
        restored.set_aside = TRY(put_in_place(Swap::Nothing, now));
        return restored;
    }
    restored.backup = TRY(choose(directory, name));
    const std::string prepared = prepared_path(directory);
    // Left behind by a restore that was cut off.
    for (const char* part : {"", "-wal", "-shm"}) TRY(base::remove_tree(prepared + part));
    // What a program wrote that vouched for nothing is only taken when it is asked for by name.
    auto ready = prepare(options_, restored.backup.path, prepared, now,
                         name == "last" ? OldRows::Refused : OldRows::Accepted);
    if (!ready.ok()) return not_restored(std::move(ready).error().with_context("restoring"));
    // Only when all that can fail has been done beside it.
    restored.set_aside = TRY(put_in_place(Swap::Prepared, now));
    return restored;
}

}

std::unique_ptr<Backups> open_backups(const OpenOptions& options) {
    return std::make_unique<FileBackups>(options);
}

}
