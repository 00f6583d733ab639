#include "base/text.hpp"
#include "state/batch.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

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
    // This is printed when nothing can be written any more, onto whatever terminal there is.
    // The key may be what cannot be read just now: a secret is only said to be one.
    const value::Fingerprint hidden = [](const value::Value&) { return std::string("not shown"); };
    std::string out;
    for (const StepResult& result : batch.results) {
        const Row& row = result.row;
        out += fmt::format(R"({{"result":"{}","address":{},"generation":{})", name_of(result.kind),
                           base::quote_json(row.address), row.generation);
        if (!result.token.empty()) out += ",\"token\":" + base::quote_json(result.token);
        // Inputs and outputs are what a person needs to import the thing by hand.
        if (result.kind == StepResult::Kind::Write) {
            out += fmt::format(R"(,"type":{},"key":{},"complete":{},"inputs":)",
                               base::quote_json(row.type), base::quote_json(row.key), row.complete);
            append_json(out, row.inputs, hidden);
            out += ",\"outputs\":";
            append_json(out, row.outputs, hidden);
        }
        out += "}\n";
    }
    for (const StepRecord& step : batch.steps) {
        out += fmt::format(
            R"({{"step":"{}","address":{},"generation":{},"outcome":"{}","message":{}}})",
            name_of(step.action), base::quote_json(step.address), step.generation,
            name_of(step.outcome), base::quote_json(step.message));
        out += '\n';
    }
    return out;
}

}
