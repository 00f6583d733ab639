#include "json/toml/writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace json::toml {

// What is printed is walked by recursion; deeper than this is no document that people keep.
static constexpr std::size_t kMaxDepth = 2000;

namespace {

// What decides which kind of string can express a text.
// Four kinds: basic "…" with escapes, literal '…' without any, and both over several lines in
// three quotes.
struct Traits {
    explicit Traits(std::string_view text) {
        std::size_t singles = 0;
        std::size_t doubles = 0;
        for (char c : text) {
            singles = c == '\'' ? singles + 1 : 0;
            doubles = c == '"' ? doubles + 1 : 0;
            longest_singles = std::max(longest_singles, singles);
            longest_doubles = std::max(longest_doubles, doubles);
            auto byte = static_cast<unsigned char>(c);
            has_newline |= c == '\n';
            has_backslash |= c == '\\';
            has_control |= (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
        }
    }
    std::size_t longest_singles = 0;
    std::size_t longest_doubles = 0;
    bool has_newline = false;
    bool has_backslash = false;
    bool has_control = false;
};

void append_escaped(std::string& out, std::string_view text, bool multiline) {
    std::size_t quotes = 0;   // in a row, not escaped
    for (char c : text) {
        // Three quotes in a row would end the string: the third is escaped.
        bool escape_quote = c == '"' && (!multiline || quotes == 2);
        quotes = c == '"' && !escape_quote ? quotes + 1 : 0;
        auto byte = static_cast<unsigned char>(c);
        constexpr std::string_view kHex = "0123456789ABCDEF";
        if (escape_quote) {
            out += "\\\"";
        } else if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n' && multiline) {
            out += '\n';
        } else if (c == '\b') {
            out += "\\b";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\f') {
            out += "\\f";
        } else if (c == '\r') {
            out += "\\r";
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
}

void append_basic(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text, false);
    out += '"';
}

void append_string(std::string& out, std::string_view text) {
    Traits traits(text);
    bool raw = !traits.has_control;
    // The plainest that can hold the text as it is; escapes only when nothing else will do.
    if (raw && !traits.has_backslash && traits.longest_doubles == 0 && !traits.has_newline) {
        return append_basic(out, text);
    }
    if (raw && traits.longest_singles == 0 && !traits.has_newline) {
        out += '\'';
        out += text;
        out += '\'';
        return;
    }
    bool multiline_basic = raw && !traits.has_backslash && traits.longest_doubles <= 2;
    bool multiline_literal = !multiline_basic && raw && traits.longest_singles <= 2;
    if (!multiline_basic && !multiline_literal && !traits.has_newline) {
        return append_basic(out, text);
    }
    // The first line break behind the opening quotes belongs to the quotes, and is not read back.
    std::string_view quotes = multiline_literal ? "'''" : "\"\"\"";
    out += quotes;
    if (traits.has_newline) out += '\n';
    if (multiline_literal) {
        out += text;
    } else {
        append_escaped(out, text, true);
    }
    out += quotes;
}

void append_key(std::string& out, std::string_view key) {
    bool is_bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    });
    // A quote or a backslash, as in a key of Windows paths: literal, and readable.
    Traits traits(key);
    bool is_plain = !traits.has_control && !traits.has_newline;
    if (is_bare) {
        out += key;
    } else if (is_plain && (traits.has_backslash || traits.longest_doubles != 0) &&
               traits.longest_singles == 0) {
        out += '\'';
        out += key;
        out += '\'';
    } else {
        append_basic(out, key);
    }
}

// A value on the right of an equals sign. Arrays of several elements take a line for each.
void append_value(std::string& out, const Value& value) {
    if (auto* text = value.as_string()) return append_string(out, *text);
    if (auto* flag = value.as_bool()) {
        out += *flag ? "true" : "false";
    } else if (auto* array = value.as_array()) {
        // Four spaces and a comma behind each, the last one too: TOML allows it in arrays, and a
        // new element changes one line.
        std::string_view before = array->size() > 1 ? "\n    " : "";
        out += '[';
        for (const Value& element : *array) {
            out += before;
            append_value(out, element);
            if (array->size() > 1) out += ',';
        }
        if (array->size() > 1) out += '\n';
        out += ']';
        // Inline tables stand within arrays that are not all tables; on one line, as TOML 1.0
        // demands.
    } else if (auto* object = value.as_object()) {
        out += '{';
        std::string_view separator = " ";
        for (const Member& member : *object) {
            out += separator;
            separator = ", ";
            append_key(out, member.key);
            out += " = ";
            append_value(out, member.value);
        }
        out += object->empty() ? "}" : " }";
    } else if (auto number = value.number_text()) {
        out += *number;
    }
}

bool is_table_array(const Value& value) {
    const Array* array = value.as_array();
    return array != nullptr && !array->empty() &&
           std::all_of(array->begin(), array->end(),
                       [](const Value& element) { return element.is_object(); });
}

// What gets a header of its own.
bool is_section(const Value& value) { return value.is_object() || is_table_array(value); }

class Printer {
public:
    explicit Printer(std::string& out) : out_(out) {}

    // The lines of a table end where the next header begins, so all plain members come first,
    // whatever order the record had.
    void table(const Object& table, bool in_array) {
        auto is_plain = [](const Member& member) { return !is_section(member.value); };
        bool has_plain = std::any_of(table.begin(), table.end(), is_plain);
        // A header is left out where it would have no lines: [a.b] says that there is an `a`. An
        // empty table needs it, to be there at all.
        if (!path_.empty() && (in_array || has_plain || table.empty())) header(in_array);
        for (const Member& member : table) {
            if (is_section(member.value)) continue;
            append_key(out_, member.key);
            out_ += " = ";
            append_value(out_, member.value);
            out_ += '\n';
        }
        for (const Member& member : table) {
            if (!is_section(member.value)) continue;
            path_.push_back(member.key);
            if (const Object* inner = member.value.as_object()) {
                this->table(*inner, false);
            } else {
                for (const Value& element : *member.value.as_array()) {
                    this->table(*element.as_object(), true);
                }
            }
            path_.pop_back();
        }
    }

private:
    void header(bool in_array) {
        if (!out_.empty()) out_ += '\n';
        out_ += in_array ? "[[" : "[";
        for (std::size_t i = 0; i < path_.size(); ++i) {
            if (i != 0) out_ += '.';
            append_key(out_, path_[i]);
        }
        out_ += in_array ? "]]\n" : "]\n";
    }

    std::string& out_;
    std::vector<std::string_view> path_;
};

}

void Writer::keep(base::Result<void> result) {
    if (problem_.ok()) problem_ = std::move(result);
}

void Writer::null() { keep(base::invalid_argument("TOML has no null")); }

void Writer::enter() {
    if (++depth_ <= kMaxDepth) return;
    keep(base::invalid_argument("the value is nested too deeply for TOML"));
}

void Writer::begin_array() {
    enter();
    build([&] { return builder_.begin_array({}); });
}
void Writer::end_array() {
    --depth_;
    build([&] { return builder_.end_array({}); });
}
void Writer::begin_object() {
    enter();
    build([&] { return builder_.begin_object({}); });
}
void Writer::end_object() {
    --depth_;
    build([&] { return builder_.end_object({}); });
}

base::Result<void> Writer::finish() {
    TRY(std::move(problem_));
    Value value = builder_.take();
    const Object* root = value.as_object();
    if (root == nullptr) return base::invalid_argument("TOML needs a record at the top");
    // Printed aside: in case of an error nothing of a half document is in the caller's text.
    std::string text;
    Printer(text).table(*root, false);
    out_ += text;
    return {};
}

}
