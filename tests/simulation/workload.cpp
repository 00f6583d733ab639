#include "workload.hpp"

#include "json/toml/reader.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

namespace simulated {

base::Result<Workload> Workload::from_text(std::string name, std::string_view toml) {
    json::ValueBuilder builder;
    TRY(json::toml::read(toml, builder));
    const json::Value document = builder.take();
    Workload out;
    out.name = std::move(name);
    const struct {
        std::string_view name;
        int* number;
    } numbers[] = {{"things_least", &out.things_least},
                   {"things_most", &out.things_most},
                   {"edits_least", &out.edits_least},
                   {"edits_most", &out.edits_most},
                   {"tries_most", &out.tries_most}};
    for (const json::Member& member : *document.as_object()) {
        if (member.key == "faults") {
            out.faults = TRY(simulation::FaultMix::from_json(member.value).context(out.name));
            continue;
        }
        if (member.key == "always") {
            out.always = TRY(simulation::FaultMix::from_json(member.value).context(out.name));
            continue;
        }
        if (member.key == "destroys") {
            out.destroys = document.bool_or("destroys", true);
            continue;
        }
        if (member.key == "late") {
            out.late = document.bool_or("late", false);
            continue;
        }
        if (member.key == "secrets") {
            out.secrets = document.bool_or("secrets", false);
            continue;
        }
        bool is_known = false;
        for (const auto& one : numbers) {
            const std::int64_t* value = member.value.as_int64();
            if (one.name != member.key || value == nullptr) continue;
            *one.number = static_cast<int>(*value);
            is_known = true;
        }
        if (!is_known) {
            return base::invalid_argument(fmt::format("{}: `{}` is nothing that a workload has, "
                                                      "or no number",
                                                      out.name, member.key));
        }
    }
    return out;
}

}
