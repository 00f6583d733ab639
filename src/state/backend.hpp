#pragma once

#include "base/result.hpp"
#include "state/backups.hpp"
#include "state/state.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace state {

// A database that states can be in. Knows the contract and is known to nobody by more than this:
// a second one is a folder beside `sqlite/` and a line in `backends.cpp`, and passes
// `conformance/`.
class Backend {
public:
    virtual ~Backend() = default;

    virtual std::string_view name() const = 0;
    virtual base::Result<bool> exists(const OpenOptions& options) const = 0;
    virtual base::Result<std::unique_ptr<State>> open(OpenOptions options) const = 0;
    virtual base::Result<std::unique_ptr<Backups>> backups(const OpenOptions& options) const = 0;
};

std::span<const Backend* const> backends();
// InvalidArgument when there is none of that name.
base::Result<const Backend*> find_backend(std::string_view name);

}
