#include "base/clock.hpp"
#include "base/text.hpp"
#include "embedded/providers.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/resource_handler.hpp"
#include "providers/local/workspace.hpp"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// local.Directory: a directory with permissions. Deleting never takes what others have put there.
namespace providers::local {
namespace {

provider::ResourceType describe() {
    provider::ResourceType type;
    type.name = "local.Directory";
    type.doc = "A directory. It is deleted only when it is empty: entries that were not made here "
               "keep it from that; with what was, it stays until the last of it goes.";
    type.inputs = {
        Input("path", a_path(),
              "Where, absolute or relative to the workspace. Missing folders above are made.")
            .required()
            .replaces()
            .a_place(),
        Input("mode", a_string("prelude.Mode"), "Permissions in octal; the umask is not applied.")
            .by_default("\"0755\""),
        Input("adopt", a_bool(),
              "Take over a directory that exists. When it still has entries of others at its "
              "deletion, it is left to them.")
            .by_default("false")
            .write_only(),
    };
    type.outputs = {
        Output("location", value::ValueType::String,
               "The path. What refers to it is made after the directory and deleted before it.")
            .changes_with({"path"})
            .computed_in_plan(),
    };
    type.key = "path";
    type.example = embedded::local_directory_ncl;
    return type;
}

base::Result<std::vector<std::string>> names_in(const Workspace& workspace,
                                                const std::string& path) {
    Workspace::Opened opened = workspace.open(path, O_RDONLY | O_DIRECTORY);
    if (opened.error != 0) return path_error("reading", path, opened.error);
    // fdopendir takes the descriptor over; it is released here so that it is closed once.
    DIR* listing = ::fdopendir(opened.fd.get());
    if (listing == nullptr) return path_error("reading", path, errno);
    opened.fd.release();
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(listing)) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    ::closedir(listing);
    std::sort(names.begin(), names.end());
    return names;
}

// The first entries of a directory, to name them in a refusal; empty: there are none.
std::string entries_of(const Workspace& workspace, const std::string& path) {
    constexpr std::size_t kShown = 3;
    auto read = names_in(workspace, path);
    if (!read.ok()) return "entries";
    std::vector<std::string> names = std::move(read).value();
    const std::size_t more = names.size() > kShown ? names.size() - kShown : 0;
    names.resize(names.size() - more);
    std::string out = base::escape_controls(base::join(names, ", "));
    if (more > 0) out += " and " + base::format_count(more) + " more";
    return out;
}

// Whether something in it was made here, and would have made the folder by itself.
bool holds_ours(const Workspace& workspace, const std::string& path) {
    auto names = names_in(workspace, path);
    if (!names.ok()) return false;
    return std::any_of(names->begin(), names->end(), [&](const std::string& name) {
        const Workspace::Opened there =
            workspace.open(path + "/" + name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        if (there.error != 0) return false;
        return !read_marks(there.fd.get()).token.empty() || is_implied(there.fd.get());
    });
}

// A file that is made at the same time makes the folder first, and marks it a moment later.
// Five milliseconds are enough for the other thread's next system call; to lose the race is an
// error message and not a damage.
bool is_implied_soon(int fd) {
    constexpr std::chrono::milliseconds kMoment{5};
    if (is_implied(fd)) return true;
    base::system_clock().sleep_for(kMoment);
    return is_implied(fd);
}

class Directory final : public ResourceHandler {
public:
    using ResourceHandler::ResourceHandler;
    const provider::ResourceType& type() const override { return directory_type(); }

    base::Result<void> validate(const value::Value& inputs) const override {
        const value::Value* path = inputs.find("path");
        if (path != nullptr && path->as_string() != nullptr) {
            TRY(refuse_tilde(*path->as_string()));
            const std::string normal = base::normal_path(*path->as_string());
            // The workspace itself and what is above it are not ours to make or delete.
            if (normal == "." || normal == "/" || normal.ends_with("..")) {
                return base::invalid_argument("`path` is \"" + *path->as_string() +
                                              "\", which names no directory to make");
            }
        }
        TRY(workspace_.check_place(text_of(inputs, "path")));
        const std::string& mode = text_of(inputs, "mode");
        if (!mode.empty() && !parse_mode(mode)) {
            return base::invalid_argument("`mode` is \"" + mode +
                                          "\", expected octal permissions such as \"0755\"");
        }
        return {};
    }

    base::Result<void> refine(const provider::Change& change,
                              provider::PlannedChange& planned) const override {
        const value::Value* path = change.inputs.find("path");
        if (planned.action != provider::PlannedAction::None && path != nullptr &&
            path->as_string() != nullptr) {
            planned.outputs.set("location", *path);
        }
        return {};
    }

    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const value::Value& recorded_inputs,
         const provider::CallContext&) const override {
        const Workspace::Opened opened = workspace_.open(key, O_RDONLY | O_DIRECTORY);
        if (opened.error == ENOENT || opened.error == ENOTDIR)
            return std::optional<provider::ObservedResource>();
        if (opened.error != 0) return path_error("reading", key, opened.error);
        return std::optional(TRY(seen(key, opened.fd.get(), recorded_inputs)));
    }

    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  const provider::CallContext&) const override {
        if (intent.action == provider::Action::Delete) return remove(intent);
        const std::string path(text_of(intent.inputs, "path"));
        const std::string target = base::normal_path(path);
        if (intent.action == provider::Action::Create) TRY(make(intent, path, target));
        const Workspace::Opened opened = workspace_.open(target, O_RDONLY | O_DIRECTORY);
        if (opened.error != 0) return path_error("opening", path, opened.error);
        // The mark comes last: it is the proof that all of it was done.
        // Until then `find` takes it for not done and it is done again, which does no harm.
        const unsigned mode = parse_mode(text_of(intent.inputs, "mode")).value_or(0755);
        if (::fchmod(opened.fd.get(), mode) != 0) {
            return path_error("setting the mode of", path, errno);
        }
        write_marks(opened.fd.get(), {.token = intent.token, .sha256 = {}});
        clear_implied(opened.fd.get());
        return done(TRY(seen(path, opened.fd.get(), intent.inputs)));
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const provider::CallContext&) const override {
        using LookupResult = provider::LookupResult::Kind;
        const std::string& path = intent.key.empty() ? text_of(intent.inputs, "path") : intent.key;
        const Workspace::Opened opened =
            workspace_.open(base::normal_path(path), O_RDONLY | O_DIRECTORY);
        const bool is_missing = opened.error == ENOENT || opened.error == ENOTDIR;
        if (intent.action == provider::Action::Delete) {
            const bool is_left = opened.error == 0 && is_implied(opened.fd.get());
            return found(is_missing || is_left ? LookupResult::Done : LookupResult::Absent);
        }
        if (is_missing) return found(LookupResult::Absent);
        if (opened.error != 0) return path_error("reading", path, opened.error);
        provider::ObservedResource there = TRY(seen(path, opened.fd.get(), intent.inputs));
        if (there.token == intent.token)
            return found(provider::LookupResult::Kind::Done, std::move(there));
        if (intent.action == provider::Action::Update) return found(LookupResult::Absent);
        // Made, but killed before its mark: empty, and nothing was there just before.
        const bool is_unmarked = there.token.empty() && intent.found_absent_before;
        if (is_unmarked && entries_of(workspace_, path).empty()) {
            return found(provider::LookupResult::Kind::Done, std::move(there));
        }
        if (flag_of(intent.inputs, "adopt") || is_implied(opened.fd.get())) {
            return found(LookupResult::Absent);
        }
        return found(LookupResult::Foreign,
                     "\"" + path + "\" exists and was not made by this resource");
    }

private:
    base::Result<void> make(const provider::Intent& intent, const std::string& path,
                            const std::string& target) const {
        // A folder above may go with its last file just now, made by another resource that is
        // being deleted.
        for (int attempt = 0;; ++attempt) {
            const auto place = TRY(workspace_.place_of(target, Workspace::Parents::Made));
            // Closed at first: nobody gets in before the mode is set.
            if (::mkdirat(place.folder.get(), place.name.c_str(), 0700) == 0) return {};
            if (errno == ENOENT && attempt < 3) continue;
            if (errno != EEXIST) return path_error("making the directory", path, errno);
            break;
        }
        const Workspace::Opened opened = workspace_.open(target, O_RDONLY | O_DIRECTORY);
        if (opened.error == ENOENT || opened.error == ENOTDIR) {
            return base::Error(base::Code::AlreadyExists,
                               "\"" + path + "\" exists and is no directory")
                .with_help("move it away");
        }
        if (opened.error != 0) return path_error("opening", path, opened.error);
        if (flag_of(intent.inputs, "adopt") || is_implied_soon(opened.fd.get()) ||
            read_marks(opened.fd.get()).token == intent.token) {
            return {};
        }
        return base::Error(base::Code::AlreadyExists,
                           "the directory \"" + path +
                               "\" exists and was not made by this resource")
            .with_help("import it, move it away, or set `adopt = true` to take it over");
    }

    base::Result<provider::OperationResult> remove(const provider::Intent& intent) const {
        const std::string& path = intent.key.empty() ? text_of(intent.inputs, "path") : intent.key;
        const std::string target = base::normal_path(path);
        const Workspace::Opened opened = workspace_.open(target, O_RDONLY | O_DIRECTORY);
        if (opened.error == ENOENT || opened.error == ENOTDIR) return done();
        if (opened.error != 0) return path_error("opening", path, opened.error);
        const auto place = TRY(workspace_.place_of(target, Workspace::Parents::Required));
        // Never recursively: what is in it may be somebody's work.
        if (::unlinkat(place.folder.get(), place.name.c_str(), AT_REMOVEDIR) != 0 &&
            errno != ENOENT) {
            if (errno != ENOTEMPTY && errno != EEXIST) return path_error("deleting", path, errno);
            // Adopted means shared: what others have in it keeps it.
            if (flag_of(intent.inputs, "adopt")) return done();
            // What is made here and lies in it keeps it, as a folder above that: it goes with the
            // last of them.
            if (holds_ours(workspace_, target)) {
                write_marks(opened.fd.get(), {});
                mark_implied(opened.fd.get());
                if (is_implied(opened.fd.get())) {
                    ::fchmod(opened.fd.get(), kImpliedMode);
                    return done();
                }
            }
            return base::Error(base::Code::FailedPrecondition,
                               "the directory \"" + path +
                                   "\" is not empty: " + entries_of(workspace_, target))
                .with_help("delete or move what is in it; files of this workspace are deleted "
                           "first if they refer to its `location`");
        }
        workspace_.remove_implied_parents(target);
        return done();
    }

    static base::Result<provider::ObservedResource> seen(const std::string& path, int fd,
                                                         const value::Value& recorded_inputs) {
        struct stat info{};
        if (::fstat(fd, &info) != 0) return path_error("reading", path, errno);
        provider::ObservedResource out;
        out.key = path;
        out.token = read_marks(fd).token;
        out.inputs.set("path", path);
        out.inputs.set("mode", mode_text(info.st_mode & 07777, text_of(recorded_inputs, "mode")));
        out.outputs.set("location", path);
        return out;
    }
};

}

const provider::ResourceType& directory_type() {
    static const provider::ResourceType kType = describe();
    return kType;
}

std::unique_ptr<ResourceHandler> make_directory(const Workspace& workspace) {
    return std::make_unique<Directory>(workspace);
}

}
