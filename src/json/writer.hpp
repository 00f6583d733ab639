#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace json {

// Takes the parts of one value in order, well nested, and appends its text to a string that the
// caller owns. Strings must be UTF-8 and doubles finite. Written without recursion.
class Writer {
public:
    virtual ~Writer() = default;

    virtual void null() = 0;
    virtual void boolean(bool value) = 0;
    virtual void number(std::int64_t value) = 0;
    virtual void number(std::uint64_t value) = 0;
    virtual void number(double value) = 0;
    // A number in JSON's own notation, as it is.
    virtual void number_text(std::string_view text) = 0;
    virtual void string(std::string_view value) = 0;
    virtual void begin_array() = 0;
    virtual void end_array() = 0;
    virtual void begin_object() = 0;
    virtual void key(std::string_view name) = 0;
    virtual void end_object() = 0;

    // After the last part. An error where the format cannot express the value.
    virtual base::Result<void> finish() = 0;
};

// Pretty text ends without a newline.
class TextWriter final : public Writer {
public:
    enum class Style : unsigned char { Compact, Pretty };

    TextWriter(std::string& out, Style style) : out_(out), style_(style) {}

    void null() override;
    void boolean(bool value) override;
    void number(std::int64_t value) override;
    void number(std::uint64_t value) override;
    void number(double value) override;
    void number_text(std::string_view text) override;
    void string(std::string_view value) override;
    void begin_array() override { open('['); }
    void end_array() override { close(']'); }
    void begin_object() override { open('{'); }
    void key(std::string_view name) override;
    void end_object() override { close('}'); }
    base::Result<void> finish() override;

private:
    void before_value();
    void open(char bracket);
    void close(char bracket);
    void new_line();

    std::string& out_;
    Style style_;
    bool after_key_ = false;
    std::vector<bool> has_members_;   // one for each open bracket
};

// With the quotes.
void append_quoted(std::string& out, std::string_view text);

// The shortest decimal that reads back as the same double: "0.1", "1e+30", "1.5e-7", "2.0".
std::string format_double(double value);
// The same without the sign of a positive exponent, as YAML has it.
std::string format_double_yaml(double value);
// The same without any exponent: TOML.
std::string format_double_plain(double value);

}
