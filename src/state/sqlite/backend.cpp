#include "state/sqlite/backend.hpp"

#include "base/fs.hpp"
#include "state/backend.hpp"
#include "state/sqlite/backups.hpp"
#include "state/sqlite/context.hpp"
#include "state/sqlite/sqlite_state.hpp"
#include "state/sqlite/swap.hpp"

#include <utility>

namespace state::sqlite {
namespace {

class SqliteBackend final : public Backend {
public:
    std::string_view name() const override { return "sqlite"; }

    // A database that is gone although there are backups of it is damage, which opening tells.
    base::Result<bool> exists(const OpenOptions& options) const override {
        // Else a state that was lost would read as "there is none", and everything would be made
        // again.
        if (base::file_exists(database_path(options.directory))) return true;
        if (is_swapping(options.directory)) return true;
        return !TRY(list_backups(options.directory)).empty();
    }

    base::Result<std::unique_ptr<State>> open(OpenOptions options) const override {
        return open_state(std::move(options));
    }

    base::Result<std::unique_ptr<Backups>> backups(const OpenOptions& options) const override {
        return open_backups(options);
    }
};

}

const Backend& backend() {
    static const SqliteBackend backend;
    return backend;
}

}
