#include "base/hash.hpp"
#include "base/text.hpp"
#include "engine/plan/saved_plan.hpp"
#include "state/key.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <optional>

// A saved plan as a file: one line of JSON, one line with its authentication.
namespace engine {
namespace {

constexpr std::string_view kMark = "provisioning plan";
constexpr std::int64_t kFormat = 2;

json::Value strings(const std::vector<std::string>& items) {
    json::Array out;
    for (const std::string& item : items) out.emplace_back(item);
    return out;
}

json::Value texts(const std::map<std::string, std::string>& members) {
    json::Object out;
    for (const auto& [name, text] : members) out.set(name, text);
    return out;
}

// By position and not by name: a plan of ten thousand steps would be mostly names. `format` is
// raised when a position changes its meaning.
json::Value step_value(const SavedPlan::Step& step) {
    return json::Array{step.address, step.type, static_cast<std::int64_t>(step.action),
                       strings(step.changed), step.digest};
}

json::Value expected_value(const state::Expected& expected) {
    json::Array out{expected.address, static_cast<std::int64_t>(expected.generation)};
    if (expected.version) {
        out.emplace_back(expected.version->epoch);
        out.emplace_back(expected.version->run);
        out.emplace_back(expected.version->sequence);
    }
    return out;
}

json::Value given_values(const std::vector<lang::Given>& given) {
    json::Array out;
    for (const lang::Given& one : given)
        out.emplace_back(json::Array{static_cast<std::int64_t>(one.from), one.name, one.text});
    return out;
}

// Reads what was written above; whoever has the key may still have written nonsense, so every
// shape is looked at.
class Reader {
public:
    std::string text(const json::Value* value) {
        if (value == nullptr || value->as_string() == nullptr) return fail<std::string>();
        return *value->as_string();
    }
    std::int64_t integer(const json::Value* value) {
        if (value == nullptr || value->as_int64() == nullptr) return fail<std::int64_t>();
        return *value->as_int64();
    }
    bool flag(const json::Value* value) {
        if (value == nullptr || value->as_bool() == nullptr) return fail<bool>();
        return *value->as_bool();
    }
    const json::Array& array(const json::Value* value) {
        static const json::Array kNone;
        if (value == nullptr || value->as_array() == nullptr) {
            good = false;
            return kNone;
        }
        return *value->as_array();
    }
    std::vector<std::string> strings(const json::Value* value) {
        std::vector<std::string> out;
        for (const json::Value& item : array(value)) out.push_back(text(&item));
        return out;
    }
    std::map<std::string, std::string> texts(const json::Value* value) {
        std::map<std::string, std::string> out;
        const json::Object* members = value != nullptr ? value->as_object() : nullptr;
        if (members == nullptr) return fail<std::map<std::string, std::string>>();
        for (const json::Member& member : *members) out[member.key] = text(&member.value);
        return out;
    }
    SavedPlan::Step step(const json::Value& value) {
        const json::Array& parts = array(&value);
        if (parts.size() != 5) return fail<SavedPlan::Step>();
        const std::int64_t action = integer(&parts[2]);
        if (action < 0 || action > static_cast<std::int64_t>(StepAction::Delete)) good = false;
        return {.address = text(&parts[0]),
                .type = text(&parts[1]),
                .action = good ? static_cast<StepAction>(action) : StepAction::None,
                .changed = strings(&parts[3]),
                .digest = text(&parts[4])};
    }
    lang::Given given(const json::Value& value) {
        const json::Array& parts = array(&value);
        if (parts.size() != 3) return fail<lang::Given>();
        const std::int64_t from = integer(&parts[0]);
        if (from < 0 || from > static_cast<std::int64_t>(lang::Given::From::Definition))
            return fail<lang::Given>();
        return {.from = static_cast<lang::Given::From>(from),
                .name = text(&parts[1]),
                .text = text(&parts[2])};
    }
    state::Expected expected(const json::Value& value) {
        const json::Array& parts = array(&value);
        if (parts.size() != 2 && parts.size() != 5) return fail<state::Expected>();
        state::Expected out{.address = text(&parts[0]),
                            .generation = static_cast<std::uint64_t>(integer(&parts[1])),
                            .version = {}};
        if (parts.size() == 5) {
            out.version = {.epoch = integer(&parts[2]),
                           .run = integer(&parts[3]),
                           .sequence = integer(&parts[4])};
        }
        return out;
    }

    bool good = true;

private:
    template <typename T>
    T fail() {
        good = false;
        return {};
    }
};

base::Error no_plan() {
    return base::invalid_argument("this is no saved plan")
        .with_advice({.next = base::Next::SavePlan});
}

}

std::string to_bytes(const SavedPlan& plan, const state::Key& key) {
    json::Array steps, expected, runs;
    for (const SavedPlan::Step& step : plan.steps) steps.push_back(step_value(step));
    for (const state::Expected& one : plan.expected) expected.push_back(expected_value(one));
    for (std::int64_t run : plan.runs) runs.emplace_back(run);
    json::Object out{{"kind", kMark},
                     {"format", kFormat},
                     {"id", plan.id},
                     {"command", plan.command},
                     {"workspace", plan.workspace},
                     {"environment", plan.environment},
                     {"made_at", plan.made_at},
                     {"given", given_values(plan.given)},
                     {"refreshed", plan.refreshed},
                     {"accept_missing", plan.accept_missing},
                     {"sources", texts(plan.sources)},
                     {"files", texts(plan.files)},
                     {"steps", std::move(steps)},
                     {"expected", std::move(expected)},
                     {"seen", texts(plan.seen)},
                     {"runs", std::move(runs)},
                     {"summary", plan.summary},
                     {"text", plan.text}};
    // The threat: a plan is approved by one person and applied by another or by a machine, and
    // lies in between where others can write. Whoever changes it would have done what nobody
    // approved. So all bytes are signed with a key of the workspace, which is not in the file;
    // that it is applied twice is prevented by its id in the state, and that it is old by the
    // versions in it.
    std::string bytes = json::to_text(json::Value(std::move(out)));
    const std::string signature = base::to_hex(key.sign(bytes));
    return bytes + "\n" + signature + "\n";
}

base::Result<SavedPlan> read_saved_plan(std::string_view bytes, const state::Key& key) {
    // Only the mark is looked at before the signature holds: no parser sees bytes that nobody
    // vouches for.
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos || !bytes.starts_with("{\"kind\":\"provisioning plan\"")) {
        return no_plan();
    }
    const std::string_view text = bytes.substr(0, end);
    if (!key.verify(text, base::from_hex(base::trim(bytes.substr(end + 1))))) {
        return base::Error(base::Code::NotApproved,
                           "this plan was changed after it was made, or made for another workspace")
            .with_advice({.next = base::Next::SavePlan});
    }
    auto value = TRY(json::parse(text));
    Reader reader;
    // After the signature, so that a plan of another version and a forged one are told apart.
    if (reader.integer(value.find("format")) != kFormat) {
        return base::invalid_argument("this plan was made by another version of the program");
    }
    SavedPlan plan;
    plan.id = reader.text(value.find("id"));
    plan.command = reader.text(value.find("command"));
    plan.workspace = reader.text(value.find("workspace"));
    plan.environment = reader.text(value.find("environment"));
    plan.made_at = reader.text(value.find("made_at"));
    for (const json::Value& one : reader.array(value.find("given"))) {
        plan.given.push_back(reader.given(one));
    }
    plan.refreshed = reader.flag(value.find("refreshed"));
    plan.accept_missing = reader.flag(value.find("accept_missing"));
    plan.sources = reader.texts(value.find("sources"));
    // A run that an older program began has none.
    if (const json::Value* files = value.find("files")) plan.files = reader.texts(files);
    for (const json::Value& step : reader.array(value.find("steps"))) {
        plan.steps.push_back(reader.step(step));
    }
    for (const json::Value& one : reader.array(value.find("expected"))) {
        plan.expected.push_back(reader.expected(one));
    }
    plan.seen = reader.texts(value.find("seen"));
    for (const json::Value& run : reader.array(value.find("runs"))) {
        plan.runs.push_back(reader.integer(&run));
    }
    plan.summary = reader.text(value.find("summary"));
    plan.text = reader.text(value.find("text"));
    if (!reader.good) return no_plan();
    return plan;
}

}
