#pragma once

#include "provider/registry.hpp"
#include "state/record.hpp"

#include <functional>
#include <span>
#include <stop_token>

namespace base {
class Patience;
class WorkerPool;
}

namespace engine {

// What a look at the platform told about one row.
struct RefreshResult {
    enum class Kind : std::uint8_t { NotYet, Present, Absent, Failed };
    Kind kind = Kind::NotYet;
    provider::ObservedResource seen;    // Present
    std::optional<base::Error> error;   // Failed
};

struct RefreshTask {
    const provider::ResourceType* type = nullptr;
    const state::Row* row = nullptr;
    RefreshResult* out = nullptr;
};

// A thing that was made for this environment of the workspace, and that no row knows.
struct UnrecordedResource {
    const provider::ResourceType* type = nullptr;
    std::string key;
    std::string address;   // that its tag names; shortened where the platform's tags are
    std::string token;     // of the intent that made it
};

// A list that was not answered to its end. What it would have shown is not known: it is not empty.
struct FailedList {
    const provider::ResourceType* type = nullptr;
    bool is_own = false;   // of what carries our tags; otherwise of everything
    base::Error error;
};

struct Refreshed {
    std::vector<UnrecordedResource> unrecorded;
    std::vector<FailedList> failed;
};

// How far the look at what is behind a connection has come.
struct RefreshEvent {
    enum class Kind : std::uint8_t { Begun, Progress, Ended };
    Kind kind = Kind::Begun;
    provider::ConnectionRef connection;
    std::size_t seen = 0;      // rows looked at
    std::size_t rows = 0;      // of so many
    std::size_t answers = 0;   // of the platform so far: where it stands still, nothing is heard
};

// Planning waits for what it asked of a platform: prices, a look-up.
struct AskEvent {
    provider::ConnectionRef connection;   // of the question that is awaited
    std::size_t awaited = 0;              // answers; 0: the waiting is over
};

struct RefreshOptions {
    // Ends it early: what was not looked at stays NotYet, and no plan may be made of it.
    std::stop_token stop;
    // Called by the thread that calls refresh(), with Progress a few times a second.
    std::function<void(const RefreshEvent&)> tell;
    // Of all calls of this planning, and what they wait for. Null: each call has its own timeout.
    std::shared_ptr<base::Patience> patience = nullptr;
    // Called a few times a second by the thread that waits for calls of another kind than refresh.
    std::function<void(const AskEvent&)> tell_ask = {};
};

// Looks at all of these, which are rows of `link`: in bulk where the connection lists, otherwise
// one by one, in as many calls at once as the connection allows. What carries our tags is listed
// first, then, for what is left, everything. A list does not prove absence: what it lacks is read
// by key. Returns when all are answered, with what the lists of our own showed beside the rows.
Refreshed refresh(provider::ProviderInstance& link, const provider::Scope& scope,
                  std::span<RefreshTask> tasks, base::WorkerPool& workers,
                  const RefreshOptions& options);

}
