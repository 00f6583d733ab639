#pragma once

#include "state/sqlite/context.hpp"

#include <string_view>
#include <vector>

// Rows of the table `intent`. Only for the .cpp files of this folder; all within a transaction of
// the caller.
namespace state::sqlite {

// Everything that makes an open intent as it is stored.
struct StoredIntent {
    std::string_view token;
    std::int64_t run;
    std::string_view address;
    std::int64_t generation;
    std::int64_t action;
    std::string_view phase, handle;
    std::string_view type;
    const provider::ConnectionRecord& connection;
    std::int64_t connection_id;
    std::string_view key;
    std::array<std::string_view, 5> values;   // the last are the dependencies
    std::int64_t flags, call_deadline_ms, effect_lag_ms, opened;

    template <typename Sum>
    Sum&& add_to(Sum&& sum) const {
        sum.add(token).add(run).add(address).add(generation).add(action);
        sum.add(phase).add(handle).add(type);
        sum.add(connection.address).add(connection.provider).add(connection.identity);
        sum.add(connection_id).add(key);
        for (const std::string_view value : values) sum.add(value);
        sum.add(flags).add(call_deadline_ms).add(effect_lag_ms).add(opened);
        return std::forward<Sum>(sum);
    }
};
std::int64_t checksum_of(const StoredIntent& intent);
std::int64_t mac_of(const SqliteContext& context, const StoredIntent& intent);
SealContext intent_context(const SqliteContext& context, const provider::Intent& intent,
                           std::string_view field);

class Intents {
public:
    explicit Intents(SqliteContext& context) : context_(context) {}

    // Every intent that is not closed, by address and generation. Adds them to the context's
    // `seen`.
    base::Result<std::vector<OpenIntent>> open();
    base::Result<bool> any_open();
    // The run that has an open intent at the address, or 0.
    base::Result<std::int64_t> run_with_open(std::string_view address);

    base::Result<void> write(const OpenIntent& intent, std::int64_t run);
    // Conflict when the intent is not open.
    base::Result<void> change_phase(const PhaseChange& change);
    base::Result<void> close(std::string_view token, Outcome outcome);

    // Of a run that died: those that are not among the begun ones had no effect.
    base::Result<void> mark_never_begun(std::int64_t run, const std::vector<std::string>& begun);

private:
    base::Result<void> rewrite(std::string_view token,
                               const std::function<void(StoredIntent&)>& change);
    base::Result<OpenIntent> read(const store::Statement& from);
    std::optional<std::chrono::milliseconds> over_for(const store::Statement& from) const;
    base::Result<void> count_closed(store::Statement& closed, std::string_view token);

    SqliteContext& context_;
};

}
