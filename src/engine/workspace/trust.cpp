#include "engine/workspace/trust.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <tuple>

#include <sys/stat.h>

namespace engine {
namespace {

constexpr std::string_view kMark = "binding";
constexpr std::size_t kIdLength = 32;   // hexadecimal digits: 128 bits

base::Error foreign(const std::string& path, std::string_view why) {
    return base::Error(base::Code::PermissionDenied,
                       fmt::format("the state of this workspace is not used: {} {}", path, why))
        .with_help("copy the workspace without it, or make it yours");
}

}

Trust::Trust(TrustOptions options, std::string workspace_folder, std::string state_folder)
    : options_(std::move(options)), workspace_folder_(std::move(workspace_folder)),
      state_folder_(std::move(state_folder)) {}

base::Result<std::unique_ptr<Trust>> Trust::open(TrustOptions options,
                                                 const std::string& workspace_folder,
                                                 const std::string& state_folder) {
    std::unique_ptr<Trust> out(new Trust(std::move(options), workspace_folder, state_folder));
    TRY(out->own_key(false));
    return out;
}

std::string Trust::path(std::string_view name) const {
    const std::string digest = base::sha256_hex(workspace_folder_).substr(0, kIdLength);
    return base::join_path(options_.folder, fmt::format("trust/{}/{}", digest, name));
}

base::Result<const state::Key*> Trust::own_key(bool make) {
    if (own_key_ != nullptr) return own_key_.get();
    if (make) {
        // Private: who can write here can make themselves trusted.
        auto made = base::make_directories(options_.folder, 0700);
        auto key = made.ok() ? state::Key::load_or_create(options_.folder)
                             : base::Result<std::unique_ptr<state::Key>>(std::move(made).error());
        if (!key.ok()) {
            return base::Error(
                       base::Code::CannotWrite,
                       fmt::format("what is trusted cannot be remembered: {}", key.error().text()))
                .with_help("XDG_STATE_HOME names a folder that can be written");
        }
        own_key_ = std::move(key).value();
        return own_key_.get();
    }
    auto loaded = state::Key::load(options_.folder);
    if (!loaded.ok()) {
        // Without one nothing is trusted, and none is needed to say so. One that others can read
        // proves nothing.
        if (loaded.error().code() != base::Code::PermissionDenied) return nullptr;
        return std::move(loaded).error().with_context("reading what is trusted");
    }
    own_key_ = std::move(loaded).value();
    return own_key_.get();
}

base::Result<void> Trust::check_owner() const {
    if (options_.any_owner) return {};
    for (const std::string_view name : {"", "state.db", "state.db-wal", "key", "binding"}) {
        const std::string file =
            name.empty() ? state_folder_ : base::join_path(state_folder_, name);
        struct stat info{};
        if (::lstat(file.c_str(), &info) != 0) {
            if (errno == ENOENT) continue;
            return base::system_error("looking at " + file, errno);
        }
        // By a link a workspace would work on the state of another one.
        if (S_ISLNK(info.st_mode)) return foreign(file, "is a symbolic link");
        if (!options_.person.is(info.st_uid)) {
            return foreign(file, "belongs to " + base::name_of_user(info.st_uid));
        }
        if ((info.st_mode & S_IWOTH) != 0) return foreign(file, "can be written by everybody");
    }
    return {};
}

std::string Trust::mark_of(std::string_view what, std::string_view workspace_id,
                           const state::Key* key) const {
    const std::string text =
        fmt::format("{}\n{}\n{}\n{}", what, workspace_id,
                    key != nullptr ? base::to_hex(key->sign("provisioning binding 1")) : "none",
                    options_.person.user);
    return base::to_hex(own_key_->sign(text));
}

// The first line is for the state with its key, the second for the key alone: that outlives a state
// which is begun anew.
bool Trust::is_own(std::string_view workspace_id, const state::Key* key) const {
    if (own_key_ == nullptr) return false;
    const auto text = base::read_file(base::join_path(state_folder_, kMark), 4096);
    if (!text.ok()) return false;
    const auto lines = base::split_lines(*text);
    return !lines.empty() && lines.front() == mark_of("state", workspace_id, key);
}

base::Result<void> Trust::take_over(const std::string& workspace_id, const state::Key* key) {
    TRY(own_key(true));
    // What was agreed to before there was a state goes on with it.
    const std::string before = path("programs-");
    use_state(workspace_id);
    if (base::is_directory(before) && !base::is_directory(programs_folder())) {
        TRY(base::rename_file(before, programs_folder()));
    }
    const std::string text =
        fmt::format("{}\n{}\n", mark_of("state", workspace_id, key), mark_of("key", "", key));
    TRY(base::write_file_atomic(base::join_path(state_folder_, kMark), text, {.mode = 0600}));
    TRY(forget_newest());
    // Another process may have been at the same.
    (void)base::remove_file(path("making"));
    (void)base::remove_file(base::join_path(state_folder_, "making"));
    return {};
}

bool Trust::has_foreign_key() const {
    if (!base::file_exists(base::join_path(state_folder_, "key"))) return false;
    const auto key = state::Key::load(state_folder_);
    const auto text = base::read_file(base::join_path(state_folder_, kMark), 4096);
    const auto lines = text.ok() ? base::split_lines(*text) : std::vector<std::string_view>();
    return own_key_ == nullptr || !key.ok() || lines.size() < 2 ||
           lines[1] != mark_of("key", "", key->get());
}

// A random text on both sides, since a repository can bring a state along, and remove one.
base::Result<void> Trust::begin_state() {
    TRY(own_key(true));
    if (is_being_made()) return {};
    TRY(check_owner());
    if (has_foreign_key()) {
        return base::Error(base::Code::NotApproved,
                           fmt::format("{} was not made by this user on this machine: what it "
                                       "seals, somebody else may be able to read",
                                       base::join_path(state_folder_, "key")))
            .with_advice({.next = base::Next::TrustState});
    }
    const std::string text = base::random_token(16);
    TRY(base::make_directories(std::string(base::parent_path(path("making"))), 0700));
    TRY(base::write_file_atomic(path("making"), text, {.mode = 0600}));
    TRY(base::make_directories(state_folder_, 0700));
    return base::write_file_atomic(base::join_path(state_folder_, "making"), text, {.mode = 0600});
}

bool Trust::is_being_made() const {
    constexpr std::size_t kLongest = 256;
    const auto here = base::read_file(path("making"), kLongest);
    const auto there = base::read_file(base::join_path(state_folder_, "making"), kLongest);
    return here.ok() && there.ok() && !here->empty() && *here == *there;
}

std::optional<Trust::Newest> Trust::newest(std::string_view environment) const {
    const auto text = base::read_file(base::join_path(newest_folder(), environment), 256);
    const auto record = text.ok() ? json::parse(*text) : base::Result<json::Value>(json::Value());
    if (!record.ok() || record->string_or("state", "") != workspace_id_) return std::nullopt;
    return Newest{.epoch = record->int64_or("epoch", 0), .run = record->int64_or("run", 0)};
}

void Trust::note_newest(std::string_view environment, Newest newest) const {
    const auto known = this->newest(environment);
    if (own_key_ == nullptr || (known && *known >= newest)) return;
    const json::Object record{
        {"state", workspace_id_}, {"epoch", newest.epoch}, {"run", newest.run}};
    if (!base::make_directories(newest_folder(), 0700).ok()) return;
    (void)base::write_file_atomic(base::join_path(newest_folder(), environment),
                                  json::to_text(record) + "\n", {.mode = 0600, .sync = false});
}

base::Result<void> Trust::forget_newest() const {
    return base::is_directory(newest_folder()) ? base::remove_tree(newest_folder())
                                               : base::Result<void>();
}

base::Result<void> Trust::prepare() {
    auto key = own_key(true);
    return key.ok() ? base::Result<void>() : std::move(key).error();
}

base::Result<std::string> Trust::id_of(const provider::Program& program) {
    // Read-only folders have nothing remembered, and a program that is agreed to for one run alone
    // is told by its plain digest.
    if (own_key_ == nullptr) return base::sha256_hex(program.identity).substr(0, kIdLength);
    return base::to_hex(own_key_->sign(program.identity)).substr(0, kIdLength);
}

bool Trust::knows(const std::string& id) const {
    return own_key_ != nullptr && base::file_exists(base::join_path(programs_folder(), id));
}

base::Result<void> Trust::remember(const std::string& id, const provider::Program& program,
                                   std::string_view now) {
    if (own_key_ == nullptr) return {};
    const std::string folder = programs_folder();
    TRY(base::make_directories(folder, 0700).context("remembering what is trusted"));
    const json::Object record{{"format", 1},
                              {"workspace", base::mend_utf8(workspace_folder_)},
                              {"role", base::mend_utf8(program.role)},
                              {"command", base::mend_utf8(provider::shown(program))},
                              {"since", now}};
    return base::write_file_atomic(base::join_path(folder, id), json::to_text(record) + "\n",
                                   {.mode = 0600, .sync = false});
}

base::Result<std::vector<KnownProgram>> Trust::programs() const {
    std::vector<KnownProgram> out;
    const std::string folder = programs_folder();
    if (!base::is_directory(folder)) return out;
    for (const std::string& id : TRY(base::list_directory(folder))) {
        const auto text = base::read_file(base::join_path(folder, id), std::size_t{1} << 20U);
        const auto record =
            text.ok() ? json::parse(*text) : base::Result<json::Value>(json::Value());
        if (!record.ok() || id.starts_with('.')) continue;
        out.push_back({.id = id,
                       .role = std::string(record->string_or("role", "")),
                       .command = std::string(record->string_or("command", "")),
                       .since = std::string(record->string_or("since", ""))});
    }
    std::ranges::sort(out, {}, [](const KnownProgram& one) {
        return std::tie(one.role, one.command, one.since);
    });
    return out;
}

base::Result<void> Trust::revoke() {
    TRY(base::remove_tree(std::string(base::parent_path(programs_folder()))));
    const std::string mark = base::join_path(state_folder_, kMark);
    return base::file_exists(mark) ? base::remove_file(mark) : base::Result<void>();
}

}
