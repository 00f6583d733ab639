#pragma once

#include "infra/plan/platforms.hpp"

#include <span>

namespace base {
class WorkerPool;
}

namespace infra {

// What a look at the platform told about one row.
struct Looked {
    enum class Kind : std::uint8_t { NotYet, Present, Absent, Failed };
    Kind kind = Kind::NotYet;
    Seen seen;                          // Present
    std::optional<base::Error> error;   // Failed
};

struct RefreshTask {
    const ResourceType* type = nullptr;
    Link* link = nullptr;
    const state::Row* row = nullptr;
    Looked* out = nullptr;
};

// Looks at all of these: in bulk where the connection lists, otherwise one by one, in as many calls
// at once as each connection allows. A list does not prove absence: what it lacks is read by key.
// Returns when all are answered.
void refresh(std::span<RefreshTask> tasks, base::WorkerPool& workers);

}
