#pragma once

#include "base/fs.hpp"
#include "lang/program.hpp"
#include "value/number/rational.hpp"
#include "value/secret_template.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// A real Program over a text, with one type that has an output of each kind and one that takes
// anything: what the tests of cells and unknown values are written with.
namespace lang::testing {

// A value as text: {a = 1, b = [?String, "x"]}; a secret part is followed by `!`.
class TextSink final : public value::ValueSink {
public:
    void null() override { add("null"); }
    void boolean(bool value) override { add(value ? "true" : "false"); }
    void integer(std::int64_t value) override { add(std::to_string(value)); }
    void number(const value::Rational& value) override { add(value.to_string()); }
    void string(std::string_view value) override { add('"' + std::string(value) + '"'); }
    // Each reference in braces, each derived part as a call of its form's number.
    void secret_template(const value::SecretTemplate& value) override {
        secret_ = true;
        add('"' + told(value.parts()) + '"');
    }
    void begin_array(std::size_t) override { open("["); }
    void end_array() override { close("]"); }
    void begin_record(std::size_t) override { open("{"); }
    void key(std::string_view name) override {
        separate();
        text_ += std::string(name) + " = ";
        after_key_ = true;
    }
    void end_record() override { close("}"); }
    void unknown(value::ValueType type) override {
        constexpr std::string_view kNames[] = {"Dyn",    "Null",  "Bool",  "Number",
                                               "String", "Array", "Record"};
        add("?" + std::string(kNames[static_cast<int>(type)]));
    }
    void secret() override { secret_ = true; }
    void instance(value::InstanceId, std::string_view address) override {
        add("<" + std::string(address) + ">");
    }
    const std::string& text() const { return text_; }

private:
    static std::string told(const std::vector<value::SecretPart>& parts) {
        using Kind = value::SecretPart::Kind;
        std::string out;
        for (const value::SecretPart& part : parts) {
            if (part.kind == Kind::Literal) out += part.text;
            if (part.kind == Kind::Reference) out += '{' + part.text + '}';
            if (part.kind == Kind::Derived) {
                out += std::to_string(static_cast<int>(part.form)) + '(' + told(part.of) + ')';
            }
        }
        return out;
    }
    void separate() {
        if (!first_ && !after_key_) text_ += ", ";
        first_ = false;
        after_key_ = false;
    }
    void add(std::string text) {
        separate();
        text_ += text;
        if (secret_) text_ += '!';
        secret_ = false;
    }
    void open(std::string_view bracket) {
        separate();
        if (secret_) text_ += '!';
        secret_ = false;
        text_ += bracket;
        first_ = true;
    }
    void close(std::string_view bracket) {
        text_ += bracket;
        first_ = false;
    }

    std::string text_;
    bool first_ = true;
    bool after_key_ = false;
    bool secret_ = false;
};

// Of the prelude, what evaluations treat in their own way.
inline BuiltinModule prelude_module() {
    return {.name = "prelude",
            .source = "{ secret | String -> String = fun reference => reference }",
            .types = {}};
}

inline BuiltinModule test_module() {
    BuiltinModule module{.name = "test",
                         .source = R"nickel({
      Source = {
        name | String | optional,
        text | String | not_exported,
        count | Number | not_exported,
        flag | Bool | not_exported,
        list | Array Dyn | not_exported,
        fields | { _ | Dyn } | not_exported,
        any | Dyn | not_exported,
        key | String | not_exported,
      },
      Sink = { value | Dyn | optional, id | String | not_exported },
    })nickel",
                         .types = {}};
    module.types.push_back({.name = "test.Source",
                            .is_connection = false,
                            .outputs = {{"text", value::ValueType::String, false},
                                        {"count", value::ValueType::Number, false},
                                        {"flag", value::ValueType::Bool, false},
                                        {"list", value::ValueType::Array, false},
                                        {"fields", value::ValueType::Record, false},
                                        {"any", value::ValueType::Dyn, false},
                                        {"key", value::ValueType::String, true}}});
    module.types.push_back({.name = "test.Sink",
                            .is_connection = false,
                            .outputs = {{"id", value::ValueType::String, false}}});
    return module;
}

// The program of `text`, with `t` bound to the module above. Set `source` cells by name.
class Bench {
public:
    explicit Bench(std::string_view text, bool all_unknown = false) {
        std::string pattern = (std::filesystem::temp_directory_path() / "program.XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
        std::string main = dir_ + "/main.ncl";
        std::string source = "let t = import \"provisioning/test.ncl\" in\n" + std::string(text);
        EXPECT_TRUE(base::write_file_atomic(main, source).ok());
        program_ = Program::create({.main_path = main,
                                    .given = {},
                                    .import_paths = {},
                                    .schemas_dir = {},
                                    .modules = {test_module(), prelude_module()},
                                    .all_unknown = all_unknown,
                                    .limits = {.collects_often = true}});
    }
    ~Bench() { std::filesystem::remove_all(dir_); }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    Program& program() { return *program_; }

    // Runs until nothing can run. Cells of a told instance are set: sources as `set_sources` said
    // (unknown by default), the ids of sinks to "id of ADDRESS" or unknown.
    std::vector<Program::Event> drive() {
        std::vector<Program::Event> events;
        for (;;) {
            Program::Event event = program_->next();
            if (event.kind == Program::Event::Kind::Done) return events;
            if (event.kind == Program::Event::Kind::Inputs && told_.emplace(event.instance).second)
                set_first(event.instance);
            if (event.kind == Program::Event::Kind::Error && event.error) {
                errors_.push_back(event.error->kind + ": " + event.error->message);
                rendered_.push_back(program_->render(*event.error, false));
            }
            events.push_back(std::move(event));
        }
    }

    void set_first(value::InstanceId id) {
        if (!sets_cells_) return;
        std::size_t outputs = program_->type(id) == "test.Source" ? 7 : 1;
        for (std::uint32_t i = 0; i < outputs; ++i) {
            if (known_from_start_)
                make_known({id, i});
            else
                program_->set_cell_unknown({id, i});
        }
    }
    void make_known(value::CellId cell) {
        if (program_->type(cell.instance) == "test.Sink") {
            program_->set_cell(cell).string("id of " +
                                            std::string(program_->address(cell.instance)));
            return;
        }
        value::ValueSink& sink = program_->set_cell(cell);
        switch (cell.output) {
            case 0: return sink.string("abc");
            case 1: return sink.integer(3);
            case 2: return sink.boolean(true);
            case 3:
                sink.begin_array(2);
                sink.integer(1);
                sink.integer(2);
                return sink.end_array();
            case 4:
                sink.begin_record(1);
                sink.key("x");
                sink.integer(7);
                return sink.end_record();
            case 5: return sink.string("dyn");
            default: return sink.string("hidden");
        }
    }
    value::InstanceId id(std::string_view address) const {
        for (value::InstanceId i = 0; i < program_->instance_count(); ++i) {
            if (program_->address(i) == address) return i;
        }
        ADD_FAILURE() << "no instance " << address;
        return 0;
    }
    void make_all_known(std::string_view address) {
        value::InstanceId at = id(address);
        std::uint32_t outputs = program_->type(at) == "test.Source" ? 7 : 1;
        for (std::uint32_t i = 0; i < outputs; ++i) make_known({at, i});
    }
    // The value that the sink at `address` was given.
    std::string value(std::string_view address) const {
        TextSink sink;
        program_->emit_inputs(id(address), sink);
        std::string text = sink.text();
        constexpr std::string_view kBefore = "{value = ";
        if (!text.starts_with(kBefore)) return text;
        return text.substr(kBefore.size(), text.size() - kBefore.size() - 1);
    }
    const std::vector<std::string>& errors() const { return errors_; }
    const std::vector<std::string>& rendered() const { return rendered_; }
    void known_from_start() { known_from_start_ = true; }
    void set_no_cells() { sets_cells_ = false; }

private:
    std::string dir_;
    std::unique_ptr<Program> program_;
    std::set<value::InstanceId> told_;
    std::vector<std::string> errors_, rendered_;
    bool known_from_start_ = false;
    bool sets_cells_ = true;
};

}
