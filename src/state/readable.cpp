#include "base/text.hpp"
#include "state/batch.hpp"
#include "value/json.hpp"

namespace state {

static std::string_view name_of(StepResult::Kind kind) {
    switch (kind) {
        case StepResult::Kind::Write: return "write";
        case StepResult::Kind::Remove: return "remove";
        case StepResult::Kind::Keep: return "keep";
    }
    UNREACHABLE();
}

std::string readable(const Batch& batch) {
    // The key may be what cannot be read just now: a secret is only said to be one.
    // This is printed when nothing can be written any more, onto whatever terminal there is.
    const value::Fingerprint hidden = [](const value::Value&) { return std::string("not shown"); };
    std::string out;
    const auto add = [&](const json::Object& record) {
        out += base::mend_utf8(json::to_text(record)) + '\n';
    };
    for (const StepResult& result : batch.results) {
        const Row& row = result.row;
        json::Object record{{"result", name_of(result.kind)},
                            {"address", row.address},
                            {"generation", row.generation}};
        if (!result.token.empty()) record.set("token", result.token);
        // Inputs and outputs are what a person needs to import the thing by hand.
        if (result.kind == StepResult::Kind::Write) {
            record.set("type", row.type);
            record.set("key", row.key);
            record.set("complete", row.complete);
            record.set("inputs", json_value(row.inputs, hidden));
            record.set("outputs", json_value(row.outputs, hidden));
        }
        add(record);
    }
    for (const StepRecord& step : batch.steps) {
        add({{"step", name_of(step.action)},
             {"address", step.address},
             {"generation", step.generation},
             {"outcome", name_of(step.outcome)},
             {"message", step.message}});
    }
    return out;
}

}
