#include "json/toml/reader.hpp"

#include "json/error.hpp"
#include "json/toml/cursor.hpp"
#include "json/toml/scalar.hpp"
#include "json/toml/strings.hpp"
#include "json/toml/tree.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace json::toml {
namespace {

struct Name {
    std::string text;
    Span span;
};

using Origin = Table::Origin;

bool is_bare(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
}

class Reader {
public:
    Reader(std::string_view text, const Limits& limits) : in_(text), limits_(limits) {
        root_.table.origin = Origin::Header;
        root_.span = {0, static_cast<std::uint32_t>(text.size())};
        in_.take("\xEF\xBB\xBF");
    }

    base::Result<const Node*> run() {
        Table* section = &root_.table;
        for (;;) {
            TRY(in_.skip_blank_lines());
            if (in_.is_at_end()) return &root_;
            if (in_.peek() == '[') {
                section = TRY(header());
            } else {
                TRY(assignment(*section, section_depth_));
            }
            TRY(in_.end_of_line());
        }
    }

private:
    base::Result<Name> name() {
        const std::size_t begin = in_.at();
        std::string text;
        if (in_.peek() == '"') {
            in_.advance();
            text = TRY(read_basic_string(in_));
        } else if (in_.peek() == '\'') {
            in_.advance();
            text = TRY(read_literal_string(in_));
        } else {
            while (is_bare(in_.peek())) in_.advance();
            if (in_.at() == begin) return in_.error("expected a key");
            text = in_.text_since(begin);
        }
        return Name{std::move(text), in_.since(begin)};
    }

    base::Result<std::vector<Name>> dotted_name() {
        std::vector<Name> path;
        do {
            in_.skip_space();
            path.push_back(TRY(name()));
            in_.skip_space();
            if (path.size() > limits_.max_depth) return in_.error("the key has too many parts");
        } while (in_.take("."));
        return path;
    }

    base::Error duplicate(const Table& table, const Name& name) const {
        const Table::Entry& first = table.entries[table.index.find(name.text)->second];
        return in_.error_at(name.span, "the key '" + name.text.substr(0, 80) +
                                           "' is defined twice, first in line " +
                                           std::to_string(in_.line_of(first.span)));
    }

    static std::unique_ptr<Node> new_node(Node::Kind kind, Span span) {
        auto node = std::make_unique<Node>();
        node->kind = kind;
        node->span = span;
        return node;
    }
    static std::unique_ptr<Node> new_table(Origin origin, Span span) {
        auto node = new_node(Node::Kind::Table, span);
        node->table.origin = origin;
        return node;
    }

    // [a.b.c] or [[a.b.c]]: the table that the lines below it fill.
    base::Result<Table*> header() {
        const std::size_t begin = in_.at();
        bool is_array = in_.take("[[");
        if (!is_array) in_.advance();
        std::vector<Name> path = TRY(dotted_name());
        if (!in_.take(is_array ? "]]" : "]")) return in_.error("expected a closing bracket");
        section_depth_ = path.size();
        Table* table = &root_.table;
        for (std::size_t i = 0; i + 1 < path.size(); ++i) {
            Node* next = table->find(path[i].text);
            if (next == nullptr) {
                next = &table->add(path[i].text, path[i].span,
                                   new_table(Origin::Implicit, path[i].span));
            }
            if (next->kind == Node::Kind::Tables) next = next->elements.back().get();
            bool is_open = next->kind == Node::Kind::Table && next->table.origin != Origin::Inline;
            if (!is_open) return duplicate(*table, path[i]);
            table = &next->table;
        }
        const Name& last = path.back();
        Node* found = table->find(last.text);
        Span span = in_.since(begin);
        if (is_array) {
            if (found == nullptr) {
                found = &table->add(last.text, last.span, new_node(Node::Kind::Tables, span));
            }
            if (found->kind != Node::Kind::Tables) return duplicate(*table, last);
            found->elements.push_back(new_table(Origin::Header, span));
            return &found->elements.back()->table;
        }
        if (found == nullptr) {
            found = &table->add(last.text, last.span, new_table(Origin::Header, span));
            return &found->table;
        }
        bool was_implicit =
            found->kind == Node::Kind::Table && found->table.origin == Origin::Implicit;
        if (!was_implicit) return duplicate(*table, last);
        found->table.origin = Origin::Header;
        found->span = span;
        return &found->table;
    }

    base::Result<void> assignment(Table& section, std::size_t depth) {
        std::vector<Name> path = TRY(dotted_name());
        if (!in_.take("=")) return in_.error("expected '='");
        in_.skip_space();
        Table* table = &section;
        for (std::size_t i = 0; i + 1 < path.size(); ++i) {
            Node* next = table->find(path[i].text);
            if (next == nullptr) {
                next = &table->add(path[i].text, path[i].span,
                                   new_table(Origin::Dotted, path[i].span));
            }
            bool is_open =
                next->kind == Node::Kind::Table &&
                (next->table.origin == Origin::Implicit || next->table.origin == Origin::Dotted);
            if (!is_open) return duplicate(*table, path[i]);
            next->table.origin = Origin::Dotted;
            table = &next->table;
        }
        if (table->find(path.back().text) != nullptr) return duplicate(*table, path.back());
        auto node = TRY(value(depth + path.size()));
        table->add(path.back().text, path.back().span, std::move(node));
        return {};
    }

    base::Result<std::unique_ptr<Node>> value(std::size_t depth) {
        if (depth > limits_.max_depth) {
            return in_.error("nested deeper than " + std::to_string(limits_.max_depth) + " levels");
        }
        const std::size_t begin = in_.at();
        if (in_.peek() == '[') return array(depth);
        if (in_.peek() == '{') return inline_table(depth);
        if (in_.peek() == '"' || in_.peek() == '\'') {
            std::string text = TRY(read_string(in_));
            auto node = new_node(Node::Kind::String, in_.since(begin));
            node->text = std::move(text);
            return node;
        }
        if (word("true")) return new_node(Node::Kind::True, in_.since(begin));
        if (word("false")) return new_node(Node::Kind::False, in_.since(begin));
        return scalar();
    }

    bool word(std::string_view expected) {
        const std::size_t begin = in_.at();
        if (!in_.take(expected)) return false;
        if (!is_bare(in_.peek())) return true;
        in_.back_to(begin);
        return false;
    }

    base::Result<std::unique_ptr<Node>> scalar() {
        const std::size_t begin = in_.at();
        auto part_of_scalar = [&]() {
            const char c = in_.peek();
            return is_bare(c) || c == '+' || c == '.' || c == ':';
        };
        while (part_of_scalar()) in_.advance();
        // A date and a time may be separated by a space.
        const std::string_view date = in_.text_since(begin);
        const bool after_date = date.size() == 10 && date[4] == '-' && in_.peek() == ' ';
        if (after_date && in_.peek(1) >= '0' && in_.peek(1) <= '9') {
            in_.advance();
            while (part_of_scalar()) in_.advance();
        }
        if (in_.at() == begin) return in_.error("expected a value");
        Scalar read = read_scalar(in_.text_since(begin));
        if (read.kind == Scalar::Kind::Invalid) return in_.error_at(in_.since(begin), read.problem);
        if (read.kind == Scalar::Kind::NotFinite) {
            return in_.error_at(in_.since(begin), "a number can be neither infinite nor NaN");
        }
        auto kind = read.kind == Scalar::Kind::Number ? Node::Kind::Number : Node::Kind::String;
        auto node = new_node(kind, in_.since(begin));
        node->text = std::move(read.text);
        return node;
    }

    base::Result<std::unique_ptr<Node>> array(std::size_t depth) {
        const std::size_t begin = in_.at();
        in_.advance();
        auto node = new_node(Node::Kind::Array, {});
        for (;;) {
            TRY(in_.skip_blank_lines());
            if (in_.take("]")) break;
            node->elements.push_back(TRY(value(depth + 1)));
            TRY(in_.skip_blank_lines());
            if (in_.take("]")) break;
            if (!in_.take(",")) return in_.error("expected a comma or ']'");
        }
        node->span = in_.since(begin);
        return node;
    }

    base::Result<std::unique_ptr<Node>> inline_table(std::size_t depth) {
        const std::size_t begin = in_.at();
        in_.advance();
        auto node = new_table(Origin::Inline, {});
        for (;;) {
            TRY(in_.skip_blank_lines());
            if (in_.take("}")) break;
            TRY(assignment(node->table, depth));
            TRY(in_.skip_blank_lines());
            if (in_.take("}")) break;
            if (!in_.take(",")) return in_.error("expected a comma or '}'");
        }
        node->span = in_.since(begin);
        return node;
    }

    Cursor in_;
    const Limits& limits_;
    std::size_t section_depth_ = 0;
    Node root_;
};

}

base::Result<void> read(std::string_view text, Events& events, const Limits& limits) {
    TRY(check_text(text, limits));
    Reader reader(text, limits);
    const Node* root = TRY(reader.run());
    return emit(*root, events);
}

}
