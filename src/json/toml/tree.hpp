#pragma once

#include "json/events.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace json::toml {

struct Node;

// A table while it is read. Who made it decides who may add to it.
struct Table {
    enum class Origin : unsigned char {
        Implicit,   // only named on the way to another: a header may still open it
        Header,     // opened by [name]
        Dotted,     // made by a dotted key
        Inline,     // { … }: complete
    };
    struct Entry {
        std::string name;
        Span span;
        std::unique_ptr<Node> node;
    };

    Node* find(std::string_view name) const;
    Node& add(std::string_view name, Span span, std::unique_ptr<Node> node);

    Origin origin = Origin::Implicit;
    std::vector<Entry> entries;
    std::map<std::string, std::size_t, std::less<>> index;
};

struct Node {
    enum class Kind : unsigned char { True, False, Number, String, Array, Tables, Table };
    Kind kind = Kind::Table;
    Span span;
    std::string text;                              // Number, String
    std::vector<std::unique_ptr<Node>> elements;   // Array, or the tables of [[name]]
    Table table;
};

base::Result<void> emit(const Node& node, Events& events);

}
