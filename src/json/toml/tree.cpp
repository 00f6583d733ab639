#include "json/toml/tree.hpp"

#include "base/check.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

namespace json::toml {

// The names of a table that repeat or reopen another are found by the reader through this, once
// per line: hence an index beside the order.
Node* Table::find(std::string_view name) const {
    auto found = index.find(name);
    return found == index.end() ? nullptr : entries[found->second].node.get();
}

Node& Table::add(std::string_view name, Span span, std::unique_ptr<Node> node) {
    index.emplace(std::string(name), entries.size());
    entries.push_back({std::string(name), span, std::move(node)});
    return *entries.back().node;
}

// Integers are those of 64 bits.
// TOML 1.0, Integer: 64 bits have to be taken without loss, and what cannot be is an error, not a
// float. A text with a point or an exponent stops from_chars() early and is let pass.
static base::Result<void> check_range(const Node& node) {
    std::int64_t value = 0;
    std::string_view text = node.text;
    if (text.starts_with('+')) text.remove_prefix(1);
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc::result_out_of_range || end != text.data() + text.size()) return {};
    return base::Error(base::Code::InvalidArgument,
                       "the integer " + node.text.substr(0, 40) + " does not fit in 64 bits");
}

// Recurses, no deeper than Limits::max_depth, which the reader has checked.
base::Result<void> emit(const Node& node, Events& events) {
    switch (node.kind) {
        case Node::Kind::True: return events.boolean(true, node.span);
        case Node::Kind::False: return events.boolean(false, node.span);
        case Node::Kind::Number: TRY(check_range(node)); return events.number(node.text, node.span);
        case Node::Kind::String: return events.string(node.text, node.span);
        case Node::Kind::Array:
        case Node::Kind::Tables:
            TRY(events.begin_array(node.span));
            for (const auto& element : node.elements) TRY(emit(*element, events));
            return events.end_array(node.span);
        case Node::Kind::Table:
            TRY(events.begin_object(node.span));
            for (const Table::Entry& entry : node.table.entries) {
                TRY(events.key(entry.name, entry.span));
                TRY(emit(*entry.node, events));
            }
            return events.end_object(node.span);
    }
    UNREACHABLE();
}

}
