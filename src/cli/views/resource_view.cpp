#include "cli/views/resource_view.hpp"

#include "base/text.hpp"
#include "cli/views/json.hpp"
#include "cli/views/value_text.hpp"
#include "provider/registry.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {
namespace {

using state::Row;
using value::Value;

void show_values(Context& context, const Value& values, std::string_view sign, bool whole) {
    const Value::Record* members = values.as_record();
    if (members == nullptr) return;
    const Terminal& terminal = context.out_terminal();
    // Not cut where all is asked for, nor into a pipe.
    std::size_t width = terminal.is_terminal && !whole ? terminal.width : SIZE_MAX;
    for (const auto& [name, value] : *members) {
        std::size_t used = name.size() + 8;
        std::size_t left =
            width == SIZE_MAX ? width : std::max<std::size_t>(20, width > used ? width - used : 0);
        context.out().line("    {} {} {}", base::escape_controls(name), sign,
                           value_text(value, left));
    }
}

}

void show_row(Context& context, const Row& row, RowDetail detail) {
    const Terminal& terminal = context.out_terminal();
    bool all = detail == RowDetail::All;
    context.out().line(
        "{}  {}{}", terminal.paint(Color::Bold, row.address), terminal.paint(Color::Dim, row.type),
        row.complete ? ""
                     : terminal.paint(Color::Yellow, "  (incomplete: the next apply finishes it)"));
    show_values(context, row.inputs, "=", all);
    show_values(context, row.outputs, "→", all);
    if (!all) return;
    // What the platform, the record and the program call it: only who asks for all of it wants
    // that.
    context.out().line("    key: {}", base::escape_controls(row.key));
    if (!row.dependencies.empty())
        context.out().line("    depends on: {}", base::join(row.dependencies, ", "));
    context.out().line("    connection: {} of {} ({})", row.connection->address,
                       row.connection->provider, row.connection->identity);
    if (!row.lifecycle.is_null())
        context.out().line("    lifecycle: {}", value_text(row.lifecycle));
    context.out().line("    generation {}, version {}, written by run {}", row.generation,
                       to_string(row.version), row.version.run);
}

json::Value row_record(const Row& row) {
    return json::Object{{"address", row.address},   {"generation", row.generation},
                        {"type", row.type},         {"key", row.key},
                        {"complete", row.complete}, {"version", to_string(row.version)}};
}

json::Value whole_row_record(const Row& row, const value::Fingerprint& fingerprint) {
    return json::Object{
        {"address", row.address},
        {"type", row.type},
        {"generation", row.generation},
        {"key", row.key},
        {"complete", row.complete},
        {"inputs", value::json_value(row.inputs, fingerprint)},
        {"outputs", value::json_value(row.outputs, fingerprint)},
        {"lifecycle", value::json_value(row.lifecycle, fingerprint)},
        {"dependencies", json_texts(row.dependencies)},
        {"connection", json::Object{{"address", row.connection->address},
                                    {"provider", row.connection->provider},
                                    {"identity", row.connection->identity}}},
        {"version", to_string(row.version)},
    };
}

std::string rows_json(const std::vector<const Row*>& rows, const value::Fingerprint& fingerprint) {
    return json_line(json::Object{{"format", 1}, {"resources", json_list(rows, [&](const Row* row) {
                                                      return whole_row_record(*row, fingerprint);
                                                  })}});
}

base::Result<std::vector<const Row*>> rows_at(const state::Snapshot& snapshot,
                                              std::string_view address) {
    std::vector<const Row*> rows;
    std::vector<std::string> names;
    const std::string place = state::recorded_place(snapshot.rows, address);
    for (const Row& row : snapshot.rows) {
        if (value::is_at_or_under(row.address, place)) rows.push_back(&row);
        names.push_back(row.address);
    }
    if (!rows.empty()) return rows;
    std::string help = value::suggest_address(address, names);
    // Not NotFound: that ends with 66, which says that a file or a workspace is missing.
    return base::Error(base::Code::FailedPrecondition,
                       fmt::format("no resource `{}` is recorded", address))
        .with_help(help.empty() ? "`provisioning state list` shows what is" : std::move(help));
}

bool may_have_labels(const provider::ProviderRegistry& registry,
                     const std::vector<const state::Row*>& rows) {
    return std::ranges::any_of(rows, [&](const Row* row) {
        const provider::Provider* provider =
            registry.type(row->type) != nullptr ? registry.provider_of(row->type) : nullptr;
        return provider != nullptr && provider::ProviderRegistry::has_accounts(*provider);
    });
}

}
