#include "json/toml/tree.hpp"

#include "base/check.hpp"

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

// Recurses, no deeper than Limits::max_depth, which the reader has checked.
base::Result<void> emit(const Node& node, Events& events) {
    switch (node.kind) {
        case Node::Kind::True: return events.boolean(true, node.span);
        case Node::Kind::False: return events.boolean(false, node.span);
        case Node::Kind::Number: return events.number(node.text, node.span);
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
