#pragma once

#include "cli/context.hpp"
#include "engine/apply/apply.hpp"

#include <map>
#include <memory>

namespace cli {

class ApplyView : public engine::ApplyListener {
public:
    // A line that belongs to no step, beside what is drawn.
    virtual void notice(const std::string& /*text*/) {}
};

// How an apply is followed: live lines with an estimate on a terminal, plain lines elsewhere, one
// JSON event a line with --json.
std::unique_ptr<ApplyView> apply_listener(Context& context);

// What came of it, after the last event: failures first, then the counts.
void show_report(Context& context, const engine::ApplyReport& report, std::string_view command);

// The exit code that the report asks for.
int exit_code_of(const engine::ApplyReport& report, bool terminated);

}
