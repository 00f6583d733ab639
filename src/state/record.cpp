#include "state/record.hpp"

#include "base/check.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace state {

std::string to_string(const Version& version) {
    return fmt::format("{}.{}.{}", version.epoch, version.run, version.sequence);
}

std::string_view name_of(RunStatus status) {
    switch (status) {
        case RunStatus::Running: return "running";
        case RunStatus::Done: return "done";
        case RunStatus::Failed: return "failed";
        case RunStatus::Interrupted: return "interrupted";
        case RunStatus::Died: return "died";
    }
    UNREACHABLE();
}

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::Done: return "done";
        case Outcome::Failed: return "failed";
        case Outcome::Absent: return "absent";
        case Outcome::Unsure: return "unsure";
        case Outcome::Skipped: return "skipped";
        case Outcome::Refused: return "refused";
        case Outcome::Resolved: return "resolved";
    }
    UNREACHABLE();
}

std::string_view name_of(provider::Action action) {
    switch (action) {
        case provider::Action::Create: return "create";
        case provider::Action::Update: return "update";
        case provider::Action::Delete: return "delete";
    }
    UNREACHABLE();
}

Row row_of(const OpenIntent& open, const provider::ObservedResource& seen) {
    // After a delete there is nothing to record.
    CHECK(open.intent.action != provider::Action::Delete);
    Row row;
    row.address = open.intent.address;
    row.generation = open.intent.generation;
    row.type = open.intent.type;
    row.connection = open.connection;
    // An update's answer need not repeat the key. A create's has it, as it may come from the
    // platform.
    row.key = seen.key.empty() ? open.intent.key : seen.key;
    // A thing carries the token of its create for life: by this it is found again. An update
    // leaves it.
    row.token = open.intent.action == provider::Action::Create ? open.intent.token : seen.token;
    // The inputs that were asked for and not those seen: what the platform tells in another form,
    // or does not show, would be a difference to the program in the next plan.
    row.inputs = open.intent.inputs;
    row.outputs = seen.outputs;
    row.lifecycle = open.lifecycle;
    row.dependencies = open.dependencies;
    return row;
}

std::string recorded_place(std::span<const Row> rows, std::string_view place) {
    const std::string older = value::unquoted_address(place);
    for (const std::string_view at : {place, std::string_view(older)}) {
        const bool is_there = std::ranges::any_of(
            rows, [&](const Row& row) { return value::is_at_or_under(row.address, at); });
        if (is_there) return std::string(at);
    }
    return std::string(place);
}

}
