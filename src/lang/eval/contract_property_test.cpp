#include "lang/data.hpp"
#include "lang/evaluation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>

// Contracts against a model that walks data and contracts side by side. What is blamed is compared
// too: the annotation, the field and the path from the one to the other.
namespace lang {
namespace {

struct Data {
    enum class Kind : std::uint8_t { Number, String, Bool, Tag, Array, Record };
    Kind kind = Kind::Number;
    int number = 0;
    std::vector<Data> children;
    std::string name;   // within a record
};

struct Contract {
    enum class Kind : std::uint8_t {
        Dyn,
        Number,
        String,
        Bool,
        Enum,
        Positive,   // a predicate
        Array,
        Dict,         // {_ : C}
        DictFields,   // {_ | C}
        Type,         // {a : C, …}
        Record,       // {a | C, …}
    };
    struct Field;
    Kind kind = Kind::Dyn;
    bool open = false;               // Type, Record
    std::string tags;                // Enum
    std::vector<Contract> element;   // one, of Array and the dictionaries
    std::vector<Field> fields;
};
struct Contract::Field {
    std::string name;
    Contract contract;
    bool optional = false;
    std::vector<Data> by_default;   // none or one
};

// ---- programs

std::string text_of(const Data& data) {
    std::string text;
    switch (data.kind) {
        case Data::Kind::Number: return std::to_string(data.number);
        case Data::Kind::String: return "\"s\"";
        case Data::Kind::Bool: return "true";
        case Data::Kind::Tag: return std::string("'") + static_cast<char>('A' + data.number);
        case Data::Kind::Array:
            for (const Data& child : data.children)
                text += (text.empty() ? "" : ", ") + text_of(child);
            return "[" + text + "]";
        case Data::Kind::Record:
            for (const Data& child : data.children)
                text += (text.empty() ? "" : ", ") + child.name + " = " + text_of(child);
            return "{ " + text + " }";
    }
    return {};
}

std::string text_of(const Contract& contract) {
    std::string text;
    switch (contract.kind) {
        case Contract::Kind::Dyn: return "Dyn";
        case Contract::Kind::Number: return "Number";
        case Contract::Kind::String: return "String";
        case Contract::Kind::Bool: return "Bool";
        case Contract::Kind::Positive: return "Positive";
        case Contract::Kind::Enum:
            for (char tag : contract.tags) text += (text.empty() ? "'" : ", '") + std::string{tag};
            return "[| " + text + " |]";
        case Contract::Kind::Array: return "Array (" + text_of(contract.element[0]) + ")";
        case Contract::Kind::Dict: return "{ _ : " + text_of(contract.element[0]) + " }";
        case Contract::Kind::DictFields: return "{ _ | " + text_of(contract.element[0]) + " }";
        case Contract::Kind::Type:
            for (const Contract::Field& field : contract.fields)
                text += (text.empty() ? "" : ", ") + field.name + " : " + text_of(field.contract);
            return "{ " + text + (contract.open ? "; Dyn }" : " }");
        case Contract::Kind::Record:
            for (const Contract::Field& field : contract.fields) {
                text += (text.empty() ? "" : ", ") + field.name + " | " + text_of(field.contract);
                if (field.optional) text += " | optional";
                for (const Data& value : field.by_default) text += " | default = " + text_of(value);
            }
            return "{ " + text + (contract.open ? ", .. }" : " }");
    }
    return {};
}

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    bool chance(unsigned percent) { return below(100) < percent; }

    Contract contract(unsigned depth) {
        constexpr unsigned kFlat = static_cast<unsigned>(Contract::Kind::Array);
        constexpr unsigned kAll = static_cast<unsigned>(Contract::Kind::Record) + 1;
        bool flat = depth == 0 || chance(30);
        Contract made;
        made.kind = static_cast<Contract::Kind>(flat ? below(kFlat) : kFlat + below(kAll - kFlat));
        made.open = chance(30);
        made.tags = chance(50) ? "AB" : "B";
        if (made.kind == Contract::Kind::Type || made.kind == Contract::Kind::Record) {
            for (const char* name : {"a", "b", "c"}) {
                if (!chance(made.fields.empty() ? 80 : 50)) continue;
                Contract::Field field{.name = name, .contract = contract(depth - 1)};
                if (made.kind == Contract::Kind::Record) {
                    field.optional = chance(25);
                    if (!field.optional && chance(20))
                        field.by_default.push_back(data(field.contract));
                }
                made.fields.push_back(std::move(field));
            }
            // Without a field it would be the type of empty records, or no contract at all.
            if (made.fields.empty()) made.fields.push_back({.name = "d", .contract = {}});
        } else if (!flat) {
            made.element.push_back(contract(depth - 1));
        }
        return made;
    }

    // Mostly what the contract wants.
    Data data(const Contract& wanted) {
        if (chance(6)) return anything(1);
        switch (wanted.kind) {
            case Contract::Kind::Dyn: return anything(2);
            case Contract::Kind::Number: return {.number = static_cast<int>(below(3))};
            case Contract::Kind::Positive: return {.number = static_cast<int>(below(8))};
            case Contract::Kind::String: return {.kind = Data::Kind::String};
            case Contract::Kind::Bool: return {.kind = Data::Kind::Bool};
            case Contract::Kind::Enum:
                return {.kind = Data::Kind::Tag, .number = chance(90) ? 1 : 0};
            case Contract::Kind::Array:
            case Contract::Kind::Dict:
            case Contract::Kind::DictFields: {
                bool array = wanted.kind == Contract::Kind::Array;
                Data made{.kind = array ? Data::Kind::Array : Data::Kind::Record};
                for (const char* name : {"a", "b", "c"}) {
                    if (chance(50)) add(made, name, data(wanted.element[0]));
                }
                return made;
            }
            case Contract::Kind::Type:
            case Contract::Kind::Record: break;
        }
        Data made{.kind = Data::Kind::Record};
        for (const Contract::Field& field : wanted.fields) {
            if (chance(field.optional || !field.by_default.empty() ? 50 : 94))
                add(made, field.name, data(field.contract));
        }
        if (chance(8)) add(made, "x", {});
        return made;
    }

private:
    static void add(Data& parent, std::string name, Data child) {
        child.name = std::move(name);
        parent.children.push_back(std::move(child));
    }

    Data anything(unsigned depth) {
        Data made;
        made.kind = static_cast<Data::Kind>(below(depth > 0 ? 6 : 4));
        made.number = static_cast<int>(below(3));
        if (made.kind >= Data::Kind::Array) {
            for (const char* name : {"a", "b"}) {
                if (chance(50)) add(made, name, anything(depth - 1));
            }
        }
        return made;
    }

    std::mt19937_64 random_;
};

// ---- the model

struct Place {
    std::string annotation;   // as written
    std::string name;         // of the field nearest to what is wrong
    std::string path;

    Place under(const std::string& step, const std::string& field = {}) const {
        return {annotation, field.empty() ? name : field, path.empty() ? step : path + ", " + step};
    }
    std::string text() const {
        std::string shown = path == "field `" + name + "`" ? "" : path;
        return "blames " + name + " at " + shown + " by " + annotation;
    }
};

struct Pending {
    const Contract* contract;
    Place place;
};

// A value with the contracts that hold for it, not looked at yet; null: declared, but not given.
struct Checked {
    const Data* data = nullptr;
    std::vector<Pending> contracts;
    bool optional = false;
};
using Children = std::vector<std::pair<std::string, Checked>>;

class Model {
public:
    // As JSON, or what is blamed as the message of an error.
    static base::Result<std::string> show(const Checked& value) {
        Children children;
        for (const Data& child : value.data->children)
            children.push_back({child.name, {.data = &child}});
        for (const Pending& pending : value.contracts)
            if (!accepts(pending, value.data->kind, value.data->number, children))
                return failure(pending.place.text());
        switch (value.data->kind) {
            case Data::Kind::Array:
            case Data::Kind::Record: return show_children(value.data->kind, children);
            case Data::Kind::Number: return std::to_string(value.data->number);
            case Data::Kind::Tag:
                return std::string("\"") + static_cast<char>('A' + value.data->number) + "\"";
            case Data::Kind::String: return std::string("\"s\"");
            case Data::Kind::Bool: return std::string("true");
        }
        return failure("no such kind");
    }

private:
    static base::Error failure(std::string what) {
        return base::Error(base::Code::InvalidArgument, std::move(what));
    }

    static base::Result<std::string> show_children(Data::Kind kind, Children& children) {
        bool array = kind == Data::Kind::Array;
        if (!array) std::ranges::sort(children, {}, [](const auto& child) { return child.first; });
        std::string text;
        for (auto& [name, child] : children) {
            if (!child.data && child.optional) continue;
            if (!child.data) return failure("EvalError::MissingFieldDef");
            text += text.empty() ? "" : ",";
            if (!array) text += "\"" + name + "\":";
            text += TRY(show(child));
        }
        return (array ? "[" : "{") + text + (array ? "]" : "}");
    }

    // Whether the head of the value fits; what lies below is left to the children.
    static bool accepts(const Pending& pending, Data::Kind kind, int number, Children& children) {
        const Contract& contract = *pending.contract;
        switch (contract.kind) {
            case Contract::Kind::Dyn: return true;
            case Contract::Kind::Number: return kind == Data::Kind::Number;
            case Contract::Kind::String: return kind == Data::Kind::String;
            case Contract::Kind::Bool: return kind == Data::Kind::Bool;
            case Contract::Kind::Positive: return kind == Data::Kind::Number && number > 0;
            case Contract::Kind::Enum:
                return kind == Data::Kind::Tag &&
                       contract.tags.find(static_cast<char>('A' + number)) != std::string::npos;
            case Contract::Kind::Array:
                if (kind != Data::Kind::Array) return false;
                for (auto& [name, child] : children)
                    child.contracts.push_back(
                        {&contract.element[0], pending.place.under("element")});
                return true;
            case Contract::Kind::Dict:
            case Contract::Kind::DictFields:
                if (kind != Data::Kind::Record) return false;
                for (auto& [name, child] : children) {
                    child.contracts.push_back(
                        {&contract.element[0],
                         pending.place.under("field").under("field `" + name + "`", name)});
                }
                return true;
            case Contract::Kind::Type:
            case Contract::Kind::Record:
                return kind == Data::Kind::Record && accepts_fields(pending, children);
        }
        return false;
    }

    static bool accepts_fields(const Pending& pending, Children& children) {
        const Contract& contract = *pending.contract;
        bool type = contract.kind == Contract::Kind::Type;
        std::set<std::string> known;
        for (const Contract::Field& field : contract.fields) {
            known.insert(field.name);
            auto child = std::ranges::find(children, field.name, &Children::value_type::first);
            bool missing = child == children.end();
            if (missing && type) return false;
            if (missing) child = children.insert(children.end(), {field.name, {}});
            if (!child->second.data && !field.by_default.empty())
                child->second.data = &field.by_default[0];
            if (!type)
                child->second.optional = (missing || child->second.optional) && field.optional;
            Place place = type ? pending.place.under("field `" + field.name + "`", field.name)
                               : Place{text_of(field.contract), field.name, ""};
            child->second.contracts.push_back({&field.contract, place});
        }
        return contract.open || std::ranges::all_of(children, [&](const auto& child) {
                   return known.contains(child.first);
               });
    }
};

// ---- the comparison

std::string between(std::string_view text, std::string_view before, std::string_view after) {
    std::size_t begin = text.find(before);
    if (begin == std::string_view::npos) return "";
    begin += before.size();
    return std::string(text.substr(begin, text.find(after, begin) - begin));
}

std::string blamed(const Evaluation& evaluation, const value::Diagnostic& error) {
    if (error.kind != "EvalError::BlameError") return error.kind;
    std::string path, annotation;
    for (const std::string& note : error.notes)
        if (note.starts_with("at: ")) path = note.substr(4);
    for (const value::Label& label : error.labels)
        if (label.text == "expected by this contract")
            annotation = evaluation.sources.text(label.span);
    std::string name = between(error.message, "contract broken by the value of `", "`");
    return "blames " + name + " at " + path + " by " + annotation;
}

std::string evaluated(Evaluation& evaluation, const std::string& program) {
    std::vector<value::Diagnostic> diagnostics;
    Word word = evaluation.load_text("case", program, ast::ImportFormat::Nickel, diagnostics);
    if (!diagnostics.empty()) return diagnostics.front().kind + ": " + diagnostics.front().message;
    std::optional<value::Diagnostic> error;
    word = evaluation.evaluate_deep(word, error, Machine::Depth::Exported);
    if (error) return blamed(evaluation, *error);
    std::string text;
    json::TextWriter writer(text, json::TextWriter::Style::Compact);
    ExportFailure failure;
    if (!write_data(evaluation.machine, word, writer, failure)) return failure.kind;
    return text;
}

TEST(ContractProperty, BlamesWhatTheModelBlames) {
    constexpr std::uint64_t kCases = 4000;
    int values = 0, missing = 0, blames = 0, deep = 0;
    Evaluation evaluation({});
    for (std::uint64_t seed = 0; seed < kCases; ++seed) {
        Generator generator(seed);
        std::vector<Contract> contracts;
        for (unsigned count = 1 + generator.below(2); count > 0; --count)
            contracts.push_back(generator.contract(3));
        Data data = generator.data(contracts[0]);
        std::string program = "let Positive = std.contract.from_predicate (fun x => "
                              "std.is_number x && x > 0) in (" +
                              text_of(data) + ")";
        Checked checked{.data = &data};
        for (const Contract& contract : contracts) {
            program += " | " + text_of(contract);
            checked.contracts.push_back({&contract, {text_of(contract), "", ""}});
        }
        auto expected = Model::show(checked);
        std::string wanted =
            expected.ok() ? expected.value() : std::string(expected.error().message());
        ASSERT_EQ(evaluated(evaluation, program), wanted) << "seed " << seed << ": " << program;
        values += expected.ok();
        missing += wanted == "EvalError::MissingFieldDef";
        blames += wanted.starts_with("blames");
        deep += wanted.starts_with("blames") && wanted.find(", ") != std::string::npos;
    }
    // Every outcome has to come up often enough for the comparison to mean something.
    EXPECT_GT(values, 400);
    EXPECT_GT(missing, 40);
    EXPECT_GT(blames, 400);
    EXPECT_GT(deep, 100);
}

}
}
