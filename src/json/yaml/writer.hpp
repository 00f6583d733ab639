#pragma once

#include "json/writer.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace json::yaml {

// Block style, sequences not indented within mappings, strings quoted only when they must be. Ends
// with a newline. As `documents` the value must be an array, whose elements become documents.
class Writer final : public json::Writer {
public:
    enum class Stream : unsigned char { OneDocument, Documents };

    Writer(std::string& out, Stream stream) : out_(out), stream_(stream) {}

    void null() override { plain("null"); }
    void boolean(bool value) override { plain(value ? "true" : "false"); }
    void number(std::int64_t value) override { plain(std::to_string(value)); }
    void number(std::uint64_t value) override { plain(std::to_string(value)); }
    void number(double value) override { plain(format_double_yaml(value)); }
    void number_text(std::string_view text) override { plain(text); }
    void string(std::string_view value) override;
    void begin_array() override { begin(false); }
    void end_array() override { end(); }
    void begin_object() override { begin(true); }
    void key(std::string_view name) override;
    void end_object() override { end(); }
    base::Result<void> finish() override;

private:
    // Where a scalar stands decides what quoting it needs.
    enum class Place : unsigned char { Value, SimpleKey };
    struct Open {
        bool is_object;
        bool in_mapping;      // itself the key or value of a mapping
        bool is_empty;        // so far: nothing is written for it yet
        bool expects_value;   // the key is written
        bool simple_key;      // it was short and on one line
        int outer_indent;
    };

    void begin(bool is_object);
    void end();
    void plain(std::string_view text);
    void before_node();
    void enter_container(Open& container);
    void scalar(std::string_view text, Place place);
    void write_single_quoted(std::string_view text);
    void write_double_quoted(std::string_view text);
    void write_literal(std::string_view text, int indent);
    void write_indicator(std::string_view text, bool needs_space, bool is_space, bool is_indention);
    void write_plain(std::string_view text);
    void write_indent(int indent);
    void put(std::string_view text);
    void new_line();

    std::string& out_;
    Stream stream_;
    bool problem_ = false;   // documents of something that is no array
    std::vector<Open> open_;
    int indent_ = -1;
    int column_ = 0;
    bool after_space_ = true;   // the last character was white
    bool only_indent_ = true;   // so far only indentation and indicators on this line
};

}
