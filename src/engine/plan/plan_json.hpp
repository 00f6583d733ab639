#pragma once

#include "engine/plan/plan.hpp"
#include "value/json.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"

#include <string>

// The documents of ENGINE §11.
namespace engine {

struct PlanJsonOptions {
    bool all = false;                 // unchanged resources too
    value::Fingerprint fingerprint;   // of secrets
};

// What was done, for the documents that `apply` and `destroy` end with.
struct Done {
    Summary done;
    std::size_t failed = 0;
    std::size_t skipped = 0;
};

// On one line, without a newline. With `done`, the summary counts what was done.
std::string plan_json(const Plan& plan, const PlanJsonOptions& options, const Done* done = nullptr);
// The members of that document, into an object that is open: more may follow.
void write_plan_members(json::Writer& writer, const Plan& plan, const PlanJsonOptions& options,
                        const Done* done = nullptr);
std::string step_json(const Step& step, const value::Fingerprint& fingerprint);
json::Object summary_record(const Summary& summary);
json::Object summary_record(const Done& done);

// The changes to show for a step; those of a create or delete are its inputs.
std::vector<FieldChange> changes_of(const Step& step);
// The causes in one line.
std::string reason_of(const Step& step);

}
