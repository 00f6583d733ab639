#include "engine/run/reveal.hpp"

#include "json/value.hpp"

namespace engine {
namespace {

using value::Value;

Value without_marks(const Value& value) {
    if (value.is_unknown()) return Value::unknown(value.as_unknown()->type);
    if (const Value::Array* items = value.as_array()) {
        Value::Array out;
        for (const Value& item : *items) out.push_back(without_marks(item));
        return out;
    }
    if (const Value::Record* members = value.as_record()) {
        Value::Record out;
        for (const auto& [name, member] : *members) out.emplace_back(name, without_marks(member));
        return out;
    }
    if (const std::string* text = value.as_string()) return *text;
    if (const bool* flag = value.as_bool()) return *flag;
    if (const std::int64_t* number = value.as_integer()) return *number;
    if (const value::Rational* number = value.as_rational()) return *number;
    return {};
}

}

base::Result<void> prepare_reveal(Deployment& deployment) {
    if (deployment.has_state()) TRY(deployment.state(state::OpenMode::Write));
    return {};
}

base::Result<Value> reveal(Deployment& deployment, const Value& value) {
    const provider::Secrets* secrets = TRY(deployment.providers())->secrets();
    if (secrets == nullptr) return without_marks(value);
    auto revealed = secrets->reveal(value);
    if (revealed.ok()) return without_marks(*revealed);
    // As in a plan: what the program refers to is not there.
    const base::Error& error = revealed.error();
    return base::invalid_argument(error.text()).with_help(std::string(error.help()));
}

base::Result<void> record_reveal(Deployment& deployment, const std::vector<std::string>& names) {
    if (!deployment.has_state()) return {};
    state::RunRequest request;
    request.command = "reveal";
    json::Array revealed;
    for (const std::string& name : names) revealed.emplace_back(name);
    auto run = TRY(TRY(deployment.state(state::OpenMode::Write))->begin_run(request));
    TRY(run->finish(state::RunStatus::Done,
                    json::to_text(json::Object{{"revealed", std::move(revealed)}})));
    return {};
}

}
