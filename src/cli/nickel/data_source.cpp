#include "cli/nickel/data_source.hpp"

#include "lang/format/format.hpp"
#include "lang/print/layout.hpp"
#include "lang/print/source_text.hpp"
#include "lang/syntax/quoting.hpp"
#include "value/number/rational.hpp"
#include "json/events.hpp"

namespace cli::nickel {

namespace {

class SourceWriter final : public json::Events {
public:
    base::Result<void> null(json::Span) override { return item("null"); }
    base::Result<void> boolean(bool value, json::Span) override {
        return item(value ? "true" : "false");
    }
    base::Result<void> number(std::string_view text, json::Span) override {
        return item(TRY(value::Rational::from_numeral(text)).to_string());
    }
    base::Result<void> string(std::string_view value, json::Span) override {
        return item(lang::quote_string(value));
    }
    base::Result<void> begin_array(json::Span) override { return open("["); }
    base::Result<void> end_array(json::Span) override { return close("]"); }
    base::Result<void> begin_object(json::Span) override { return open("{"); }
    base::Result<void> end_object(json::Span) override { return close("}"); }
    base::Result<void> key(std::string_view name, json::Span) override {
        separate();
        layout.text(lang::quote_field(name) + " = ");
        after_key_ = true;
        return {};
    }

    lang::print::Layout layout;

private:
    void separate() {
        if (after_key_ || members_.empty()) {
            after_key_ = false;
            return;
        }
        if (members_.back()++ > 0) {
            layout.text(",");
        } else {
            layout.indent(2);
        }
        layout.line();
    }
    base::Result<void> item(std::string text) {
        separate();
        layout.text(std::move(text));
        return {};
    }
    base::Result<void> open(std::string_view bracket) {
        separate();
        layout.begin();
        layout.text(std::string(bracket));
        members_.push_back(0);
        return {};
    }
    base::Result<void> close(std::string_view bracket) {
        if (members_.back() > 0) {
            layout.indent(-2);
            layout.line();
        }
        members_.pop_back();
        layout.text(std::string(bracket));
        layout.end();
        return {};
    }

    std::vector<std::size_t> members_;   // of each open bracket
    bool after_key_ = false;
};

}

base::Result<std::string> source_of_data(json::Format format, std::string_view text) {
    SourceWriter writer;
    TRY(json::read(format, text, writer));
    return TRY(writer.layout.render()) + "\n";
}

base::Result<std::string> source_of_program(std::string_view text) {
    // What is printed as it is written comes on one line, where a comment would swallow the rest.
    lang::SourceMap sources;
    const lang::Source* source = sources.add("", std::string(text));
    if (source == nullptr) return base::Error(base::Code::Exhausted, "the program is too large");
    lang::print::Layout layout;
    lang::print::append_source(layout, lang::format::without_comments(*source));
    return TRY(layout.render()) + "\n";
}

}
