#include "json/toml/reader.hpp"

#include "json/error.hpp"
#include "json/toml/scalar.hpp"
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

class Reader {
public:
    Reader(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {
        root_.table.origin = Origin::Header;
        root_.span = {0, static_cast<std::uint32_t>(text.size())};
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    }

    base::Result<const Node*> run() {
        Table* section = &root_.table;
        for (;;) {
            TRY(skip_blank_lines());
            if (at_ == text_.size()) return &root_;
            if (text_[at_] == '[') {
                section = TRY(header());
            } else {
                TRY(assignment(*section, section_depth_));
            }
            TRY(end_of_line());
        }
    }

private:
    base::Error error(std::string message) const { return error_at(here(), std::move(message)); }
    base::Error error_at(Span span, std::string message) const {
        if (span.begin == text_.size()) message += ", found the end of the text";
        return syntax_error(text_, span, std::move(message));
    }
    Span here() const {
        auto at = static_cast<std::uint32_t>(at_);
        return {at, at + (at_ < text_.size() ? 1U : 0U)};
    }
    Span since(std::size_t begin) const {
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
    }

    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    bool take(std::string_view expected) {
        if (!text_.substr(at_).starts_with(expected)) return false;
        at_ += expected.size();
        return true;
    }
    void skip_space() {
        while (peek() == ' ' || peek() == '\t') ++at_;
    }
    bool take_newline() { return take("\n") || take("\r\n"); }
    static bool is_control(char c) {
        auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7F;
    }
    base::Result<void> skip_comment() {
        if (peek() != '#') return {};
        for (; at_ < text_.size() && peek() != '\n' && !text_.substr(at_).starts_with("\r\n");
             ++at_) {
            if (is_control(peek())) return error("invalid character in a comment");
        }
        return {};
    }
    base::Result<void> skip_blank_lines() {
        do {
            skip_space();
            TRY(skip_comment());
        } while (take_newline());
        return {};
    }
    base::Result<void> end_of_line() {
        skip_space();
        TRY(skip_comment());
        if (at_ < text_.size() && !take_newline()) return error("expected the end of the line");
        return {};
    }

    static bool is_bare(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    }

    base::Result<Name> name() {
        std::size_t begin = at_;
        std::string text;
        if (peek() == '"') {
            ++at_;
            text = TRY(basic_string());
        } else if (peek() == '\'') {
            ++at_;
            text = TRY(literal_string());
        } else {
            while (is_bare(peek())) ++at_;
            if (at_ == begin) return error("expected a key");
            text = text_.substr(begin, at_ - begin);
        }
        return Name{std::move(text), since(begin)};
    }

    base::Result<std::vector<Name>> dotted_name() {
        std::vector<Name> path;
        do {
            skip_space();
            path.push_back(TRY(name()));
            skip_space();
            if (path.size() > limits_.max_depth) return error("the key has too many parts");
        } while (take("."));
        return path;
    }

    base::Error duplicate(const Name& name) const {
        return syntax_error(text_, name.span,
                            "the key '" + name.text.substr(0, 80) + "' is defined twice");
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
        std::size_t begin = at_;
        bool is_array = take("[[");
        if (!is_array) ++at_;
        std::vector<Name> path = TRY(dotted_name());
        if (!take(is_array ? "]]" : "]")) return error("expected a closing bracket");
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
            if (!is_open) return duplicate(path[i]);
            table = &next->table;
        }
        const Name& last = path.back();
        Node* found = table->find(last.text);
        Span span = since(begin);
        if (is_array) {
            if (found == nullptr) {
                found = &table->add(last.text, last.span, new_node(Node::Kind::Tables, span));
            }
            if (found->kind != Node::Kind::Tables) return duplicate(last);
            found->elements.push_back(new_table(Origin::Header, span));
            return &found->elements.back()->table;
        }
        if (found == nullptr) {
            found = &table->add(last.text, last.span, new_table(Origin::Header, span));
            return &found->table;
        }
        bool was_implicit =
            found->kind == Node::Kind::Table && found->table.origin == Origin::Implicit;
        if (!was_implicit) return duplicate(last);
        found->table.origin = Origin::Header;
        found->span = span;
        return &found->table;
    }

    base::Result<void> assignment(Table& section, std::size_t depth) {
        std::vector<Name> path = TRY(dotted_name());
        if (!take("=")) return error("expected '='");
        skip_space();
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
            if (!is_open) return duplicate(path[i]);
            next->table.origin = Origin::Dotted;
            table = &next->table;
        }
        if (table->find(path.back().text) != nullptr) return duplicate(path.back());
        auto node = TRY(value(depth + path.size()));
        table->add(path.back().text, path.back().span, std::move(node));
        return {};
    }

    base::Result<std::unique_ptr<Node>> value(std::size_t depth) {
        if (depth > limits_.max_depth) {
            return error("nested deeper than " + std::to_string(limits_.max_depth) + " levels");
        }
        std::size_t begin = at_;
        if (peek() == '[') return array(depth);
        if (peek() == '{') return inline_table(depth);
        if (peek() == '"' || peek() == '\'') {
            std::string text = TRY(string());
            auto node = new_node(Node::Kind::String, since(begin));
            node->text = std::move(text);
            return node;
        }
        if (word("true")) return new_node(Node::Kind::True, since(begin));
        if (word("false")) return new_node(Node::Kind::False, since(begin));
        return scalar();
    }

    bool word(std::string_view expected) {
        bool found = text_.substr(at_).starts_with(expected) && !is_bare(peek(expected.size()));
        if (found) at_ += expected.size();
        return found;
    }

    base::Result<std::unique_ptr<Node>> scalar() {
        std::size_t begin = at_;
        auto part_of_scalar = [this](std::size_t ahead) {
            char c = peek(ahead);
            return is_bare(c) || c == '+' || c == '.' || c == ':';
        };
        while (part_of_scalar(0)) ++at_;
        // A date and a time may be separated by a space.
        bool after_date = at_ - begin == 10 && text_[begin + 4] == '-' && peek() == ' ';
        if (after_date && peek(1) >= '0' && peek(1) <= '9') {
            ++at_;
            while (part_of_scalar(0)) ++at_;
        }
        if (at_ == begin) return error("expected a value");
        Scalar read = read_scalar(text_.substr(begin, at_ - begin));
        if (read.kind == Scalar::Kind::Invalid) return error_at(since(begin), read.problem);
        if (read.kind == Scalar::Kind::NotFinite) {
            return error_at(since(begin), "a number can be neither infinite nor NaN");
        }
        auto kind = read.kind == Scalar::Kind::Number ? Node::Kind::Number : Node::Kind::String;
        auto node = new_node(kind, since(begin));
        node->text = std::move(read.text);
        return node;
    }

    base::Result<std::unique_ptr<Node>> array(std::size_t depth) {
        std::size_t begin = at_++;
        auto node = new_node(Node::Kind::Array, {});
        for (;;) {
            TRY(skip_blank_lines());
            if (take("]")) break;
            node->elements.push_back(TRY(value(depth + 1)));
            TRY(skip_blank_lines());
            if (take("]")) break;
            if (!take(",")) return error("expected a comma or ']'");
        }
        node->span = since(begin);
        return node;
    }

    base::Result<std::unique_ptr<Node>> inline_table(std::size_t depth) {
        std::size_t begin = at_++;
        auto node = new_table(Origin::Inline, {});
        for (;;) {
            TRY(skip_blank_lines());
            if (take("}")) break;
            TRY(assignment(node->table, depth));
            TRY(skip_blank_lines());
            if (take("}")) break;
            if (!take(",")) return error("expected a comma or '}'");
        }
        node->span = since(begin);
        return node;
    }

    base::Result<std::string> string() {
        if (take("\"\"\"")) return multiline_basic_string();
        if (take("'''")) return multiline_literal_string();
        return text_[at_++] == '"' ? basic_string() : literal_string();
    }

    base::Result<std::string> basic_string() {
        std::string out;
        for (;;) {
            if (at_ == text_.size() || is_control(peek())) return error("expected a closing quote");
            if (take("\"")) return out;
            if (peek() == '\\') {
                TRY(escape(out));
            } else {
                out += text_[at_++];
            }
        }
    }

    base::Result<std::string> literal_string() {
        std::size_t begin = at_;
        while (at_ < text_.size() && peek() != '\'') {
            if (is_control(peek())) return error("expected a closing quote");
            ++at_;
        }
        if (at_ == text_.size()) return error("expected a closing quote");
        return std::string(text_.substr(begin, at_++ - begin));
    }

    // Up to two quotes may stand before the three that close.
    bool take_closing(char quote, std::string& out) {
        std::size_t count = 0;
        while (count < 5 && peek(count) == quote) ++count;
        if (count < 3) return false;
        at_ += count;
        out.append(count - 3, quote);
        return true;
    }

    base::Result<void> multiline_character(std::string& out) {
        if (at_ == text_.size()) return error("expected three closing quotes");
        if (take("\r\n")) {
            out += "\r\n";
            return {};
        }
        if (is_control(peek()) && peek() != '\n') return error("invalid character in a string");
        out += text_[at_++];
        return {};
    }

    base::Result<std::string> multiline_basic_string() {
        std::string out;
        take_newline();
        while (!take_closing('"', out)) {
            if (peek() == '\\' && line_continues()) continue;
            if (peek() == '\\') {
                TRY(escape(out));
            } else {
                TRY(multiline_character(out));
            }
        }
        return out;
    }

    base::Result<std::string> multiline_literal_string() {
        std::string out;
        take_newline();
        while (!take_closing('\'', out)) TRY(multiline_character(out));
        return out;
    }

    // A backslash at the end of a line swallows it and the space that follows.
    bool line_continues() {
        std::size_t begin = at_++;
        skip_space();
        if (!take_newline()) {
            at_ = begin;
            return false;
        }
        do skip_space();
        while (take_newline());
        return true;
    }

    base::Result<void> escape(std::string& out) {
        std::size_t begin = at_++;
        std::size_t digits = 0;
        switch (peek()) {
            case 'b': out += '\b'; break;
            case 't': out += '\t'; break;
            case 'n': out += '\n'; break;
            case 'f': out += '\f'; break;
            case 'r': out += '\r'; break;
            case 'e': out += '\x1B'; break;
            case '"': out += '"'; break;
            case '\\': out += '\\'; break;
            case 'x': digits = 2; break;
            case 'u': digits = 4; break;
            case 'U': digits = 8; break;
            default: return error_at(since(begin), "unknown escape in a string");
        }
        ++at_;
        if (digits == 0) return {};
        std::uint32_t code_point = 0;
        for (std::size_t i = 0; i < digits; ++i, ++at_) {
            char c = peek();
            char lower = static_cast<char>(c | 0x20);
            bool is_hex = (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
            if (!is_hex) return error("expected a hexadecimal digit");
            code_point =
                code_point * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : lower - 87);
        }
        if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) {
            return error_at(since(begin), "the escape is no character");
        }
        append_utf8(out, code_point);
        return {};
    }

    std::string_view text_;
    const Limits& limits_;
    std::size_t at_ = 0;
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
