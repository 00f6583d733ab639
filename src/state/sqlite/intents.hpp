#pragma once

#include "state/sqlite/context.hpp"

#include <string_view>
#include <vector>

// Rows of the table `intent`. Only for the .cpp files of this folder; all within a transaction of
// the caller.
namespace state::sqlite {

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

private:
    base::Result<OpenIntent> read(const store::Statement& from);
    base::Result<void> count_closed(store::Statement& closed, std::string_view token);

    SqliteContext& context_;
};

}
