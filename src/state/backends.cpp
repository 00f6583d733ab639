#include "state/backend.hpp"
#include "state/sqlite/backend.hpp"

#include <fmt/core.h>

#include <utility>

namespace state {

// Not self-registered: that a state can be in another database is a decision, and the list shows
// it.
std::span<const Backend* const> backends() {
    static const Backend* const all[] = {
        &sqlite::backend(),
    };
    return all;
}

base::Result<const Backend*> find_backend(std::string_view name) {
    std::string names;
    // The option may come from a settings file, so the answer names what there is.
    for (const Backend* backend : backends()) {
        if (backend->name() == name) return backend;
        names += (names.empty() ? "" : ", ") + std::string(backend->name());
    }
    return base::invalid_argument(fmt::format("there is no state backend \"{}\"", name))
        .with_help("there are: " + names);
}

base::Result<std::unique_ptr<State>> State::open(OpenOptions options) {
    const Backend* backend = TRY(find_backend(options.backend));
    return backend->open(std::move(options));
}

base::Result<bool> State::exists(const OpenOptions& options) {
    return TRY(find_backend(options.backend))->exists(options);
}

base::Result<std::unique_ptr<Backups>> Backups::open(const OpenOptions& options) {
    return TRY(find_backend(options.backend))->backups(options);
}

}
