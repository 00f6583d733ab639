#include "cli/views/resource_view.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "cli/views/value_text.hpp"

#include <fmt/core.h>

namespace cli {
namespace {

using state::Row;
using value::Value;

void show_values(Context& context, const Value& values, std::string_view sign, bool whole) {
    const Value::Record* members = values.as_record();
    if (members == nullptr) return;
    const Terminal& terminal = context.out_terminal();
    std::size_t width = terminal.is_terminal && !whole ? terminal.width : SIZE_MAX;
    for (const auto& [name, value] : *members) {
        std::size_t used = name.size() + 8;
        std::size_t left =
            width == SIZE_MAX ? width : std::max<std::size_t>(20, width > used ? width - used : 0);
        context.out().line("    {} {} {}", base::escape_controls(name), sign,
                           value_text(value, left));
    }
}

std::string strings_json(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) {
        if (&item != items.data()) out += ',';
        out += base::quote_json(item);
    }
    return out + "]";
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

std::string rows_json(const std::vector<const Row*>& rows, const value::Fingerprint& fingerprint) {
    std::string out = R"({"format":1,"resources":[)";
    for (const Row* row : rows) {
        if (row != rows.front()) out += ',';
        out += fmt::format(
            R"({{"address":{},"type":{},"generation":{},"key":{},"complete":{},"inputs":)",
            base::quote_json(row->address), base::quote_json(row->type), row->generation,
            base::quote_json(row->key), row->complete);
        append_json(out, row->inputs, fingerprint);
        out += ",\"outputs\":";
        append_json(out, row->outputs, fingerprint);
        out += ",\"lifecycle\":";
        append_json(out, row->lifecycle, fingerprint);
        out += fmt::format(
            R"(,"dependencies":{},"connection":{{"address":{},"provider":{},"identity":{}}},"version":{}}})",
            strings_json(row->dependencies), base::quote_json(row->connection->address),
            base::quote_json(row->connection->provider),
            base::quote_json(row->connection->identity), base::quote_json(to_string(row->version)));
    }
    return out + "]}";
}

bool is_at_or_under(std::string_view address, std::string_view place) {
    return address.starts_with(place) &&
           (address.size() == place.size() || address[place.size()] == '.');
}

base::Result<std::vector<const Row*>> rows_at(const state::Snapshot& snapshot,
                                              std::string_view address) {
    std::vector<const Row*> rows;
    std::vector<std::string> names;
    for (const Row& row : snapshot.rows) {
        if (is_at_or_under(row.address, address)) rows.push_back(&row);
        names.push_back(row.address);
    }
    if (!rows.empty()) return rows;
    std::string help = base::did_you_mean(address, names);
    return base::not_found(fmt::format("no resource `{}` is recorded", address))
        .with_exit_code(kExitFailed)
        .with_help(help.empty() ? "`provisioning state list` shows what is" : std::move(help));
}

}
