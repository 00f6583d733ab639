#include "state/sqlite/intents.hpp"

#include "base/text.hpp"
#include "state/checksum.hpp"
#include "state/codec.hpp"
#include "state/sqlite/runs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#define INTENT_COLUMNS                                                                       \
    "token, intent.run, address, generation, action, phase, handle, type, connection, key, " \
    "inputs, prior, prior_outputs, lifecycle, dependencies, flags, call_deadline_ms, "       \
    "effect_lag_ms, checksum, opened, run.id, run.ended, mac"

namespace state::sqlite {

std::int64_t checksum_of(const StoredIntent& intent) { return intent.add_to(Checksum()).value(); }

std::int64_t mac_of(const SqliteContext& context, const StoredIntent& intent) {
    return intent.add_to(context.begin_mac("intent")).value();
}

SealContext intent_context(const SqliteContext& context, const provider::Intent& intent,
                           std::string_view field) {
    SealContext out = context.seal_context("intent", intent.address, intent.generation, field);
    out.names[4] = intent.token;
    return out;
}

namespace {

constexpr auto kDied = static_cast<std::int64_t>(RunStatus::Died);   // of a run, as a number

// Bits on disk: only added to. 2 was used once.
enum Flag : std::int64_t {
    kEffectsDieWithProcess = 1,
    kFoundAbsentBefore = 4,
    kIsFollowed = 8,
    kNeverBegun = 16,
};

std::int64_t flags_of(const OpenIntent& open) {
    return (open.effects_die_with_process ? kEffectsDieWithProcess : 0) |
           (open.intent.found_absent_before ? kFoundAbsentBefore : 0) |
           (open.intent.is_followed ? kIsFollowed : 0) | (open.never_begun ? kNeverBegun : 0);
}

StoredIntent stored_intent(const store::Statement& from, const std::string& type,
                           const provider::ConnectionRecord& connection) {
    return {.token = from.text(0),
            .run = from.integer(1),
            .address = from.text(2),
            .generation = from.integer(3),
            .action = from.integer(4),
            .phase = from.text(5),
            .handle = from.text(6),
            .type = type,
            .connection = connection,
            .connection_id = from.integer(8),
            .key = from.text(9),
            .values = {from.blob(10), from.blob(11), from.blob(12), from.blob(13), from.blob(14)},
            .flags = from.integer(15),
            .call_deadline_ms = from.integer(16),
            .effect_lag_ms = from.integer(17),
            .opened = from.integer(19)};
}

base::Error damage(std::string_view token, std::string_view what) {
    return {base::Code::DataLoss, fmt::format("the intent {} is damaged: {}", token, what)};
}

base::Error not_open(std::string_view token) {
    // Two recoveries at once, or a run that was taken for dead and was not: the second to close it
    // stops here, and its transaction with it.
    return {base::Code::Conflict,
            fmt::format("the intent {} is not open any more: somebody else has closed it", token)};
}

}

base::Result<bool> Intents::any_open() {
    auto select = TRY(context_.database->prepare(
        "SELECT 1 FROM intent WHERE scope = ? AND closed IS NULL LIMIT 1"));
    TRY(select.query({context_.scope}));
    return select.next();
}

base::Result<std::int64_t> Intents::run_with_open(std::string_view address) {
    auto select = TRY(context_.database->prepare(
        "SELECT run FROM intent WHERE scope = ? AND address = ? AND closed IS NULL LIMIT 1"));
    TRY(select.query({context_.scope, address}));
    if (!TRY(select.next())) return std::int64_t{0};
    return select.integer(0);
}

base::Result<std::vector<OpenIntent>> Intents::open() {
    auto select = TRY(context_.database->prepare(
        // In one statement with its run: whether that lives decides what recovery may do.
        "SELECT " INTENT_COLUMNS ", run.host, run.boot, run.status, run.over_boot, run.over_at "
        "FROM intent JOIN run "
        "ON run.number = intent.run WHERE intent.scope = ? AND closed IS NULL "
        "ORDER BY address, generation, opened"));
    TRY(select.query({context_.scope}));
    std::vector<OpenIntent> intents;
    // A lock is asked for once for each run, not for each of its intents.
    std::map<std::int64_t, Life> lives;
    while (TRY(select.next())) {
        OpenIntent open = TRY(read(select));
        auto known = lives.find(open.run);
        if (known == lives.end()) {
            const Machine machine{std::string(select.text(23)), std::string(select.text(24))};
            const bool ended = select.integer(25) != 0;
            known =
                lives.emplace(open.run, life_of(context_, open.intent.run, machine, ended)).first;
        }
        open.run_live = known->second != Life::Dead;
        // Also one that could not be marked as such, where the state is only read.
        open.run_died = select.integer(25) == kDied || (select.integer(25) == 0 && !open.run_live);
        open.over_for = over_for(select);
        if (known->second == Life::Elsewhere) open.elsewhere = select.text(23);
        // That its run has ended says nothing of its process, which only its own machine sees.
        const bool same_start =
            !context_.here.boot_id.empty() && select.text(24) == context_.here.boot_id;
        // Another machine's process may still be running after its run has ended by its own word:
        // effects that die with a process are only known to be over where the process is seen.
        if (!same_start && select.text(23) != context_.here.host) {
            open.effects_die_with_process = false;
        }
        context_.seen.add_intent(context_.mark_of(select.integer(22)));
        intents.push_back(std::move(open));
    }
    return intents;
}

// Another start of this machine came after it was over; what another machine counts is not ours.
std::optional<std::chrono::milliseconds> Intents::over_for(const store::Statement& from) const {
    const std::int64_t now = context_.since_boot();
    std::int64_t since = 0;
    if (from.is_null(26) || from.text(26).empty() || context_.here.boot_id.empty()) {
        return std::nullopt;
    }
    if (from.text(26) == context_.here.boot_id) {
        since = from.integer(27);
    } else if (from.text(23) != context_.here.host) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::microseconds(std::max<std::int64_t>(0, now - since)));
}

base::Result<OpenIntent> Intents::read(const store::Statement& from) {
    OpenIntent open;
    provider::Intent& intent = open.intent;
    intent.token = from.text(0);
    intent.type = *TRY(context_.interned->type(from.integer(7)));
    open.connection = TRY(context_.interned->connection(from.integer(8)));
    const StoredIntent whole = stored_intent(from, intent.type, *open.connection);
    if (mac_of(context_, whole) != from.integer(22)) {
        return not_ours("the intent " + base::escape_controls(intent.token),
                        checksum_of(whole) == from.integer(18));
    }
    if (from.integer(4) > std::int64_t{static_cast<std::uint8_t>(provider::Action::Delete)}) {
        return damage(intent.token, "unknown action");
    }
    const auto& key = context_.key_source;
    const auto value = [&](int column, std::string_view field) -> base::Result<value::Value> {
        if (from.blob(column).empty()) return value::Value();
        return decode_value(from.blob(column), key, intent_context(context_, intent, field))
            .context("the intent " + intent.token);
    };
    open.run = from.integer(1);
    intent.run = from.text(20);
    intent.workspace = context_.workspace_id;
    intent.environment = context_.options.environment;
    intent.address = from.text(2);
    intent.generation = static_cast<std::uint64_t>(from.integer(3));
    intent.action = static_cast<provider::Action>(from.integer(4));
    intent.phase = from.text(5);
    intent.handle = from.text(6);
    intent.key = from.text(9);
    intent.inputs = TRY(value(10, "inputs"));
    intent.prior = TRY(value(11, "prior"));
    intent.prior_outputs = TRY(value(12, "prior_outputs"));
    open.lifecycle = TRY(value(13, "lifecycle"));
    open.dependencies = TRY(decode_names(from.blob(14)));
    const std::int64_t flags = from.integer(15);
    open.effects_die_with_process = (flags & kEffectsDieWithProcess) != 0;
    intent.found_absent_before = (flags & kFoundAbsentBefore) != 0;
    intent.is_followed = (flags & kIsFollowed) != 0;
    open.never_begun = (flags & kNeverBegun) != 0;
    open.call_deadline = std::chrono::milliseconds(from.integer(16));
    open.effect_lag = std::chrono::milliseconds(from.integer(17));
    open.opened = from_micros(from.integer(19));
    if (!from.is_null(21)) open.run_ended = from_micros(from.integer(21));
    return open;
}

base::Result<void> Intents::write(const OpenIntent& open, std::int64_t run) {
    const provider::Intent& intent = open.intent;
    const auto encoded = [&](const value::Value& value,
                             std::string_view field) -> base::Result<std::string> {
        // Null takes no room; a secret null is sealed like any secret, as that it is null may be
        // one.
        if (value.is_null() && !value.is_secret()) return std::string();
        return encode_value(value, context_.key_source, intent_context(context_, intent, field));
    };
    const std::string inputs = TRY(encoded(intent.inputs, "inputs"));
    const std::string prior = TRY(encoded(intent.prior, "prior"));
    const std::string prior_outputs = TRY(encoded(intent.prior_outputs, "prior_outputs"));
    const std::string lifecycle = TRY(encoded(open.lifecycle, "lifecycle"));
    const std::string dependencies = encode_names(open.dependencies);
    static const provider::ConnectionRecord none;
    StoredIntent whole{.token = intent.token,
                       .run = run,
                       .address = intent.address,
                       .generation = static_cast<std::int64_t>(intent.generation),
                       .action = static_cast<std::int64_t>(intent.action),
                       .phase = intent.phase,
                       .handle = intent.handle,
                       .type = intent.type,
                       .connection = open.connection != nullptr ? *open.connection : none,
                       .connection_id = TRY(context_.interned->id_of_connection(open.connection)),
                       .key = intent.key,
                       .values = {inputs, prior, prior_outputs, lifecycle, dependencies},
                       .flags = flags_of(open),
                       .call_deadline_ms = open.call_deadline.count(),
                       .effect_lag_ms = open.effect_lag.count(),
                       // The state's clock, not the caller's: horizons are compared with it.
                       .opened = context_.now()};
    const std::int64_t mac = mac_of(context_, whole);
    const std::int64_t type = TRY(context_.interned->id_of_type(intent.type));
    auto insert = TRY(context_.database->prepare(
        "INSERT INTO intent (token, scope, run, address, generation, action, phase, handle, type, "
        "connection, key, inputs, prior, prior_outputs, lifecycle, dependencies, flags, "
        "call_deadline_ms, effect_lag_ms, checksum, opened, mac) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    TRY(insert.run({intent.token,
                    context_.scope,
                    run,
                    intent.address,
                    whole.generation,
                    whole.action,
                    intent.phase,
                    intent.handle,
                    type,
                    whole.connection_id,
                    intent.key,
                    store::Blob{inputs},
                    store::Blob{prior},
                    store::Blob{prior_outputs},
                    store::Blob{lifecycle},
                    store::Blob{dependencies},
                    whole.flags,
                    whole.call_deadline_ms,
                    whole.effect_lag_ms,
                    checksum_of(whole),
                    whole.opened,
                    mac}));
    context_.change.add_intent(context_.mark_of(mac));
    return {};
}

base::Result<void> Intents::change_phase(const PhaseChange& change) {
    return rewrite(change.token, [&](StoredIntent& whole) {
        whole.phase = change.phase;
        whole.handle = change.handle;
    });
}

base::Result<void> Intents::mark_never_begun(std::int64_t run,
                                             const std::vector<std::string>& begun) {
    std::vector<std::string> tokens;
    {
        auto select = TRY(context_.database->prepare(
            "SELECT token FROM intent WHERE scope = ? AND run = ? AND closed IS NULL"));
        TRY(select.query({context_.scope, run}));
        while (TRY(select.next())) tokens.emplace_back(select.text(0));
    }
    for (const std::string& token : tokens) {
        if (std::ranges::find(begun, token) != begun.end()) continue;
        TRY(rewrite(token, [](StoredIntent& whole) { whole.flags |= kNeverBegun; }));
    }
    return {};
}

base::Result<void> Intents::rewrite(std::string_view token,
                                    const std::function<void(StoredIntent&)>& change) {
    std::string phase, handle;
    std::int64_t flags = 0;
    std::int64_t before = 0, checksum = 0, mac = 0;
    {
        // Only an open one: an answer that comes after recovery has closed it must not open it
        // again.
        auto select = TRY(context_.database->prepare(
            "SELECT " INTENT_COLUMNS " FROM intent JOIN run ON run.number = intent.run "
            "WHERE token = ? AND intent.scope = ? AND closed IS NULL"));
        TRY(select.query({token, context_.scope}));
        if (!TRY(select.next())) return not_open(token);
        const std::string type = *TRY(context_.interned->type(select.integer(7)));
        const auto connection = TRY(context_.interned->connection(select.integer(8)));
        StoredIntent whole = stored_intent(select, type, *connection);
        before = select.integer(22);
        // Or a new Mac would vouch for what somebody else has written.
        if (mac_of(context_, whole) != before) {
            return not_ours("the intent " + base::escape_controls(token),
                            checksum_of(whole) == select.integer(18));
        }
        change(whole);
        phase = whole.phase;
        handle = whole.handle;
        flags = whole.flags;
        checksum = checksum_of(whole);
        mac = mac_of(context_, whole);
    }
    auto update = TRY(context_.database->prepare("UPDATE intent SET phase = ?, handle = ?, flags = "
                                                 "?, checksum = ?, mac = ? WHERE token = ?"));
    TRY(update.run({phase, handle, flags, checksum, mac, token}));
    context_.change.remove_intent(context_.mark_of(before));
    context_.change.add_intent(context_.mark_of(mac));
    return {};
}

// The Mac that was stored goes off the total, not one computed anew: a damaged intent would put
// the total wrong for good.
base::Result<void> Intents::count_closed(store::Statement& closed, std::string_view token) {
    if (!TRY(closed.next())) return not_open(token);
    context_.change.remove_intent(context_.mark_of(closed.integer(0)));
    // To its end: SQLite does not commit while a statement that writes is in progress.
    TRY(closed.next());
    return {};
}

base::Result<void> Intents::close(std::string_view token, Outcome outcome) {
    // Gone without a trace: that it went well is said by its row.
    if (outcome == Outcome::Done) {
        auto erase = TRY(context_.database->prepare(
            "DELETE FROM intent WHERE token = ? AND scope = ? AND closed IS NULL "
            "RETURNING mac"));
        TRY(erase.query({token, context_.scope}));
        return count_closed(erase, token);
    }
    // Its values have gone into the row, or nowhere.
    auto update = TRY(context_.database->prepare(
        "UPDATE intent SET closed = ?, outcome = ?, inputs = NULL, prior = NULL, "
        "prior_outputs = NULL, lifecycle = NULL, dependencies = NULL "
        "WHERE token = ? AND scope = ? AND closed IS NULL RETURNING mac"));
    TRY(update.query({context_.now(), static_cast<std::int64_t>(outcome), token, context_.scope}));
    return count_closed(update, token);
}

}

#undef INTENT_COLUMNS
