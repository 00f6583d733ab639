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
    const state::Row* row = nullptr;
    Looked* out = nullptr;
};

// A thing that was made for this environment of the workspace, and that no row knows.
struct Unrecorded {
    const ResourceType* type = nullptr;
    std::string key;
    std::string address;   // that its tag names; shortened where the platform's tags are
    std::string token;     // of the intent that made it
};

// Looks at all of these, which are rows of `link`: in bulk where the connection lists, otherwise
// one by one, in as many calls at once as the connection allows. What carries our tags is listed
// first, then, for what is left, everything. A list does not prove absence: what it lacks is read
// by key. Returns when all are answered, with what the lists of our own showed beside the rows.
std::vector<Unrecorded> refresh(Link& link, const Scope& scope, std::span<RefreshTask> tasks,
                                base::WorkerPool& workers);

}
