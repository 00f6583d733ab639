#pragma once

#include "cli/context.hpp"
#include "json/value.hpp"

#include <string>
#include <utility>

namespace cli {

// What `--json` prints: a tree, written on one line. Bytes that are no UTF-8 (a folder's name may
// have them) become U+FFFD.
std::string json_line(const json::Value& document);
void print_json(Context& context, const json::Value& document);

// A list of records: what `record_of` makes of each item.
template <typename Items, typename Record>
json::Array json_list(const Items& items, Record&& record_of) {
    json::Array out;
    for (const auto& item : items) out.emplace_back(record_of(item));
    return out;
}
template <typename Texts>
json::Array json_texts(const Texts& texts) {
    return json_list(texts, [](const auto& text) { return json::Value(std::string_view(text)); });
}

// Text that is JSON already: what another part has written.
json::Value json_parsed(const std::string& text);

}
