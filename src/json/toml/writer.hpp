#pragma once

#include "json/value.hpp"
#include "json/writer.hpp"

#include <string>
#include <string_view>

namespace json::toml {

// Keeps the value until finish(), because TOML wants the plain members of a table before its
// sub-tables. Refuses null, and anything but an object at the top.
class Writer final : public json::Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}

    void null() override;
    void boolean(bool value) override {
        build([&] { return builder_.boolean(value, {}); });
    }
    void number(std::int64_t value) override { number_text(std::to_string(value)); }
    void number(std::uint64_t value) override { number_text(std::to_string(value)); }
    void number(double value) override { number_text(format_double_plain(value)); }
    void number_text(std::string_view text) override {
        build([&] { return builder_.number(text, {}); });
    }
    void string(std::string_view value) override {
        build([&] { return builder_.string(value, {}); });
    }
    void begin_array() override;
    void end_array() override;
    void begin_object() override;
    void key(std::string_view name) override {
        build([&] { return builder_.key(name, {}); });
    }
    void end_object() override;
    base::Result<void> finish() override;

private:
    // The first problem is what finish() tells, and after it nothing is built any more: a tree of
    // any depth would come to its end by recursion.
    void keep(base::Result<void> result);
    template <typename Step>
    void build(const Step& step) {
        if (problem_.ok()) keep(step());
    }
    void enter();

    std::string& out_;
    ValueBuilder builder_;
    base::Result<void> problem_;
    std::size_t depth_ = 0;
};

}
