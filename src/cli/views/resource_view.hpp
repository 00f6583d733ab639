#pragma once

#include "cli/context.hpp"
#include "state/state.hpp"
#include "value/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace provider {
class ProviderRegistry;
}

namespace cli {

enum class RowDetail : unsigned char { Values, All };

void show_row(Context& context, const state::Row& row, RowDetail detail);
// A row in short, as lists have it.
json::Value row_record(const state::Row& row);
// {"format": 1, "resources": [...]}, with all that the rows have.
std::string rows_json(const std::vector<const state::Row*>& rows,
                      const value::Fingerprint& fingerprint);

// Whether any of them is on a platform where things carry our labels.
bool may_have_labels(const provider::ProviderRegistry& registry,
                     const std::vector<const state::Row*>& rows);

// The rows of an address, or of all beneath it. NotFound suggests what may have been meant.
base::Result<std::vector<const state::Row*>> rows_at(const state::Snapshot& snapshot,
                                                     std::string_view address);

}
