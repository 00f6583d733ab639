#include "providers/rest/operation_poller.hpp"

#include "base/last_catch.hpp"

#include <algorithm>

namespace providers::rest {

// Only one asks at a time; the others are told what was known before.
base::Result<void> OperationPoller::ask_all(const CallScope& context) {
    std::vector<std::string> running;
    const bool is_due = board_.with([&](Board& board) {
        const auto now = clock_.elapsed();
        // One question for all in an interval, however many threads come: a thousand servers that
        // start cost some requests a second and not a thousand.
        const bool is_early =
            board.asked_at != std::chrono::nanoseconds::min() && now - board.asked_at < interval_;
        if (board.is_asking || is_early) return false;
        for (const auto& [id, progress] : board.entries) {
            if (progress.kind == Progress::Kind::Running) running.push_back(id);
        }
        if (running.empty()) return false;
        board.is_asking = true;
        return true;
    });
    if (!is_due) return {};
    // Without the lock: the request may take seconds, and others are answered meanwhile.
    base::Result<void> outcome;
    std::map<std::string, Progress> told;
    const std::span<const std::string> all(running);
    std::size_t asked = 0;
    while (asked < all.size() && outcome.ok()) {
        const std::size_t count = std::min(most_at_once_, all.size() - asked);
        // Whatever happens, the next thread must be able to ask.
        auto some = base::last_catch([&] { return ask_(all.subspan(asked, count), context); });
        if (some.ok()) {
            told.merge(std::move(some).value());
            asked += count;
        } else {
            outcome = std::move(some).error();
        }
    }
    // What was asked before one of the questions failed is taken; the rest stays as it was.
    board_.with([&](Board& board) {
        for (std::size_t i = 0; i < asked; ++i) {
            const auto found = told.find(all[i]);
            const auto entry = board.entries.find(all[i]);
            if (entry == board.entries.end()) continue;
            // Services forget operations that ended long ago. Whether it ended well is seen at the
            // object.
            if (found == told.end()) {
                entry->second.kind = Progress::Kind::Done;
            } else {
                entry->second = found->second;
            }
        }
        board.asked_at = clock_.elapsed();
        board.is_asking = false;
    });
    return outcome;
}

base::Result<Progress> OperationPoller::look(std::span<const std::string> ids,
                                             const CallScope& context) {
    board_.with([&](Board& board) {
        for (const std::string& id : ids) board.entries.try_emplace(id);
    });
    TRY(ask_all(context));
    // Looked up again, since another thread may have forgotten an entry that has ended: it counts
    // as done.
    return board_.with([&](Board& board) {
        Progress out{.kind = Progress::Kind::Done, .code = {}, .message = {}};
        for (const std::string& id : ids) {
            const auto entry = board.entries.find(id);
            if (entry == board.entries.end()) continue;
            if (entry->second.kind == Progress::Kind::Running) {
                out.kind = Progress::Kind::Running;
            }
            if (entry->second.kind == Progress::Kind::Failed) {
                // One failure decides, whatever else still runs.
                out = entry->second;
                break;
            }
        }
        // While one still runs, all stay on the board; once they are told, nobody asks again.
        if (out.kind != Progress::Kind::Running) {
            for (const std::string& id : ids) board.entries.erase(id);
        }
        return out;
    });
}

}
