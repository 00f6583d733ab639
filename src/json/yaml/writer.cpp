#include "json/yaml/writer.hpp"

#include "base/check.hpp"
#include "json/yaml/analysis.hpp"

#include <algorithm>
#include <utility>

namespace json::yaml {

static constexpr int kStep = 2;
// YAML lets such a key have up to 1024 characters; libyaml, and with it most writers, stop at 128.
static constexpr std::size_t kSimpleKeySize = 128;

void Writer::put(std::string_view text) {
    out_ += text;
    column_ += static_cast<int>(text.size());
}

void Writer::new_line() {
    out_ += '\n';
    column_ = 0;
}

void Writer::write_indent(int indent) {
    indent = std::max(indent, 0);
    // A dash that has just been written is indentation too: what follows may stand on its line ("-
    // a: 1").
    if (!only_indent_ || column_ > indent || (column_ == indent && !after_space_)) new_line();
    if (column_ < indent) put(std::string(static_cast<std::size_t>(indent - column_), ' '));
    after_space_ = true;
    only_indent_ = true;
}

void Writer::write_indicator(std::string_view text, bool needs_space, bool is_space,
                             bool is_indention) {
    if (needs_space && !after_space_) put(" ");
    put(text);
    after_space_ = is_space;
    only_indent_ = only_indent_ && is_indention;
}

void Writer::write_plain(std::string_view text) {
    if (!after_space_ && !text.empty()) put(" ");
    put(text);
    after_space_ = false;
    only_indent_ = false;
}

// What the first member of a container makes of it: until then it may turn out empty.
// "stays": a sequence as the value of a mapping is not indented further; its dashes stand below
// the key.
void Writer::enter_container(Open& container) {
    container.is_empty = false;
    container.outer_indent = indent_;
    bool stays = !container.is_object && container.in_mapping && !only_indent_;
    if (indent_ < 0) {
        indent_ = 0;
    } else if (!stays) {
        indent_ += kStep;
    }
}

// Whatever stands before a value: the marker of a document, the dash of an element, the colon.
void Writer::before_node() {
    if (open_.empty()) {
        problem_ |= stream_ == Stream::Documents;
        return;
    }
    Open& container = open_.back();
    if (stream_ == Stream::Documents && open_.size() == 1) {
        // The marker stands on a line of its own at column 0.
        if (!out_.empty()) write_indent(0);
        put("---");
        new_line();
        after_space_ = true;
        only_indent_ = true;
        indent_ = -1;
        return;
    }
    if (!container.is_object) {
        if (container.is_empty) enter_container(container);
        write_indent(indent_);
        write_indicator("-", true, false, true);
        return;
    }
    CHECK(container.expects_value);
    container.expects_value = false;
    if (container.simple_key) {
        write_indicator(":", false, false, false);
    } else {
        write_indent(indent_);
        write_indicator(":", true, false, true);
    }
}

void Writer::key(std::string_view name) {
    CHECK(!open_.empty() && open_.back().is_object && !open_.back().expects_value);
    Open& container = open_.back();
    if (container.is_empty) enter_container(container);
    write_indent(indent_);
    // A key of several lines, or a long one, is written with "? " and its value on a line of its
    // own (section 8.2.2).
    container.simple_key = name.size() <= kSimpleKeySize && !analyze(name).is_multiline;
    container.expects_value = true;
    if (!container.simple_key) write_indicator("?", true, false, true);
    scalar(name, container.simple_key ? Place::SimpleKey : Place::Value);
}

void Writer::begin(bool is_object) {
    bool is_stream = stream_ == Stream::Documents && open_.empty();
    if (is_stream) {
        problem_ |= is_object;
    } else {
        before_node();
    }
    bool in_mapping = !open_.empty() && open_.back().is_object;
    open_.push_back({.is_object = is_object,
                     .in_mapping = in_mapping,
                     .is_empty = true,
                     .expects_value = false,
                     .simple_key = false,
                     .outer_indent = indent_});
}

void Writer::end() {
    CHECK(!open_.empty());
    Open container = open_.back();
    open_.pop_back();
    if (stream_ == Stream::Documents && open_.empty()) return;
    if (container.is_empty) {
        // An empty container has no block form, so it is written in flow style.
        write_indicator(container.is_object ? "{" : "[", true, true, false);
        write_indicator(container.is_object ? "}" : "]", false, false, false);
    } else {
        indent_ = container.outer_indent;
    }
}

void Writer::plain(std::string_view text) {
    before_node();
    write_plain(text);
}

void Writer::string(std::string_view value) {
    before_node();
    scalar(value, Place::Value);
}

void Writer::scalar(std::string_view text, Place place) {
    Analysis analysis = analyze(text);
    // A literal block at the top needs an indentation as well: without one "---" in its text would
    // end the document.
    int indent = indent_ < 0 ? kStep : indent_ + kStep;
    if (text.find('\n') != std::string_view::npos) {
        if (analysis.literal_allowed && place == Place::Value) return write_literal(text, indent);
        return write_double_quoted(text);
    }
    // From the most readable to the one that can hold anything.
    if (analysis.plain_allowed && !is_ambiguous(text)) return write_plain(text);
    if (analysis.single_quoted_allowed) return write_single_quoted(text);
    write_double_quoted(text);
}

void Writer::write_single_quoted(std::string_view text) {
    write_indicator("'", true, false, false);
    for (char c : text) {
        if (c == '\'') put("'");
        put(std::string_view(&c, 1));
    }
    write_indicator("'", false, false, false);
}

static std::string escape_of(std::string_view character) {
    switch (character[0]) {
        case '\0': return "\\0";
        case '\a': return "\\a";
        case '\b': return "\\b";
        case '\t': return "\\t";
        case '\n': return "\\n";
        case '\v': return "\\v";
        case '\f': return "\\f";
        case '\r': return "\\r";
        case '\x1B': return "\\e";
        case '"': return "\\\"";
        case '\\': return "\\\\";
        default: break;
    }
    // Section 5.7 has short escapes for these three.
    if (character == "\u0085") return "\\N";
    if (character == "\u2028") return "\\L";
    if (character == "\u2029") return "\\P";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    auto hex = [&](unsigned char byte) { return std::string{kHex[byte >> 4], kHex[byte & 15]}; };
    auto byte = [&](std::size_t at) { return static_cast<unsigned char>(character[at]); };
    if (character.size() == 1) return "\\x" + hex(byte(0));
    if (character.size() == 2) return "\\x" + hex(byte(1));   // only U+0080 to U+009F come here
    // Three bytes of UTF-8 back to 16 bits. Characters of four bytes are printable and never come
    // here.
    auto high = static_cast<unsigned char>((byte(0) << 4) | ((byte(1) & 0x3F) >> 2));
    auto low = static_cast<unsigned char>((byte(1) << 6) | (byte(2) & 0x3F));
    return "\\u" + hex(high) + hex(low);
}

void Writer::write_double_quoted(std::string_view text) {
    write_indicator("\"", true, false, false);
    for (std::size_t at = 0, size = 0; at < text.size(); at += size) {
        size = character_size(text.substr(at));
        std::string_view character = text.substr(at, size);
        bool escaped =
            !is_printable(character) || character == "\n" || character == "\"" || character == "\\";
        put(escaped ? escape_of(character) : std::string(character));
    }
    write_indicator("\"", false, false, false);
    only_indent_ = false;
}

void Writer::write_literal(std::string_view text, int indent) {
    write_indicator("|", true, false, false);
    // The indentation of a block is that of its first line that is not empty; if that begins with
    // a space, or the text with a break, it has to be told (section 8.1.1.1).
    if (text[0] == ' ' || text[0] == '\n') write_indicator("2", false, false, false);
    // Section 8.1.1.2, chomping: without a sign one break at the end is kept; "-" keeps none, "+"
    // all.
    if (!text.ends_with('\n')) {
        write_indicator("-", false, false, false);
    } else if (text.size() == 1 || text.ends_with("\n\n")) {
        write_indicator("+", false, false, false);
    }
    new_line();
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        only_indent_ = true;
        after_space_ = true;
        // An empty line gets no indentation: trailing blanks are a nuisance in a diff.
        if (!line.empty()) {
            write_indent(indent);
            put(line);
            only_indent_ = false;
        }
        if (line.size() == text.size()) break;
        new_line();
        only_indent_ = true;
        text.remove_prefix(line.size() + 1);
    }
}

base::Result<void> Writer::finish() {
    CHECK(open_.empty());
    if (problem_) return base::invalid_argument("yaml-documents needs an array, one per document");
    if (!out_.empty()) write_indent(0);
    return {};
}

}
