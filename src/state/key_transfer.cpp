#include "state/key_transfer.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "state/key.hpp"
#include "state/state.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace state {
namespace {

constexpr std::string_view kHead = "provisioning workspace key 1";
constexpr std::size_t kCheckSize = 8;

// That a line was lost or mistyped on the way; not against anybody.
std::string check_of(std::string_view workspace, std::string_view key) {
    return base::sha256_hex(fmt::format("{}\n{}", workspace, key)).substr(0, kCheckSize);
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
    });
}

struct Exported {
    std::string workspace;
    base::SecretText key;
};

base::Result<Exported> parse(std::string_view text) {
    std::array<std::string_view, 3> fields;
    static constexpr std::array<std::string_view, 3> kNames = {"workspace ", "key ", "check "};
    const auto lines = base::split_lines(base::trim(text));
    bool is_good = lines.size() == 4 && base::trim(lines[0]) == kHead;
    for (std::size_t i = 0; is_good && i < kNames.size(); ++i) {
        const std::string_view line = base::trim(lines[i + 1]);
        is_good = line.starts_with(kNames[i]);
        if (is_good) fields[i] = line.substr(kNames[i].size());
    }
    if (!is_good || !is_id(fields[0])) {
        return base::invalid_argument("this is no key of a workspace");
    }
    if (check_of(fields[0], fields[1]) != fields[2]) {
        return base::invalid_argument("this key of a workspace was changed on the way");
    }
    Exported out{std::string(fields[0]), base::SecretText(base::from_hex(fields[1]))};
    TRY(Key::from_bytes(out.key.reveal()));
    return out;
}

base::Error taken(std::string what) {
    return base::Error(base::Code::FailedPrecondition, std::move(what))
        .with_help("a key is only given to a workspace that has no state yet; what is sealed under "
                   "the present one would be lost");
}

}

base::Result<base::SecretText> export_key(const OpenOptions& options) {
    if (!TRY(State::exists(options))) {
        return base::not_found("this workspace has no state yet, and so no key");
    }
    // Opened, so that the key is that of the state.
    const auto state = TRY(State::open(options));
    TRY(state->key());
    const base::SecretText key(TRY(base::read_file(key_path(options.directory), 4096)));
    const base::SecretText hex(base::to_hex(key.reveal()));
    return base::SecretText(fmt::format("{}\nworkspace {}\nkey {}\ncheck {}\n", kHead,
                                        state->workspace_id(), hex.reveal(),
                                        check_of(state->workspace_id(), hex.reveal())));
}

base::Result<bool> import_key(const OpenOptions& options, std::string_view text) {
    const Exported given = TRY(parse(text));
    const std::string path = key_path(options.directory);
    const std::string id = TRY(Key::from_bytes(given.key.reveal()))->id();
    OpenOptions opening = options;
    opening.mode = OpenMode::Read;
    const bool has_state = TRY(State::exists(options));
    auto present = Key::load(options.directory);
    const bool is_same = present.ok() && (*present)->id() == id;
    if (present.ok() && !is_same && (!has_state || State::open(opening).ok())) {
        return taken("this workspace has a key of its own");
    }
    // One that cannot be read says nothing; one that is damaged, or opens nothing, is replaced.
    if (!present.ok() && present.error().code() != base::Code::NotFound &&
        present.error().code() != base::Code::DataLoss) {
        return std::move(present).error();
    }
    if (has_state) {
        const bool is_missing = base::kind_of(path) == base::FileKind::Missing;
        base::SecretText before;
        if (!is_missing) before = base::SecretText(TRY(base::read_file(path, 4096)));
        // It is tried: only the key that the state was written with opens it.
        if (!is_same) TRY(base::write_file_atomic(path, given.key.reveal(), {.mode = 0600}));
        auto state = State::open(opening);
        const bool is_ours = state.ok() && (*state)->workspace_id() == given.workspace;
        if (is_ours) return is_same;
        if (is_same) {
            // An import that was cut off goes on: what there is of the state is completed.
            opening.mode = OpenMode::Write;
            opening.workspace_id = given.workspace;
            const auto completed = TRY(State::open(opening));
            if (completed->workspace_id() == given.workspace) return false;
            return taken("the state of this workspace is another one's");
        }
        if (is_missing) {
            TRY(base::remove_file(path));
        } else if (!is_same) {
            TRY(base::write_file_atomic(path, before.reveal(), {.mode = 0600}));
        }
        if (!state.ok() && state.error().code() != base::Code::PermissionDenied) {
            return std::move(state).error();
        }
        return taken("the state of this workspace was written with another key");
    }
    TRY(base::make_directories(options.directory, 0700));
    const auto written =
        base::write_file_atomic(path, given.key.reveal(), {.mode = 0600, .replace = false});
    if (!written.ok() && written.error().code() != base::Code::AlreadyExists) {
        return base::Error(base::Code::CannotWrite, written.error().text());
    }
    opening.mode = OpenMode::Write;
    opening.workspace_id = given.workspace;
    TRY(State::open(opening));
    return false;
}

}
