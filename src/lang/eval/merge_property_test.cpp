#include "lang/data.hpp"
#include "lang/evaluation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>

// Merge against a model that knows no shapes, methods or memos: a merged record is the list of all
// definitions of each field in order; a field's value is computed from those of the highest
// priority each time it is asked for.
namespace lang {
namespace {

struct Literal;

struct Expr {
    enum class Kind : std::uint8_t { None, Number, String, Numbers, Record, Sibling, Sum };
    Kind kind = Kind::None;
    int number = 0;
    std::vector<int> numbers;
    std::shared_ptr<Literal> record;
    std::size_t outer = 0;   // Sibling, Sum: how many records further out the name is bound
    std::string name;
};

struct Definition {
    std::string name;
    Expr value;
    std::string contract;   // "", "Number" or "String"
    bool has_priority = false, is_default = false, is_force = false;
    int priority = 0;
    bool optional = false, not_exported = false;

    int rank() const { return is_force ? 1000 : is_default ? -1000 : priority; }
};

struct Literal {
    std::vector<Definition> fields;
};

// ---- the model

std::string list(const std::vector<int>& numbers, std::string_view between) {
    std::string text;
    for (int number : numbers)
        text += (text.empty() ? "" : std::string(between)) + std::to_string(number);
    return text;
}

struct Scope;
struct Value {
    enum class Kind : std::uint8_t { Number, String, Array, Record };
    Kind kind = Kind::Number;
    int number = 0;
    std::vector<int> numbers;
    bool differ = false;   // arrays that were merged: told when an element is asked for
    Scope* record = nullptr;
};

struct Placed {   // a definition and the records around the literal it stands in
    const Definition* definition;
    std::vector<Scope*> around;

    bool has_value() const { return definition->value.kind != Expr::Kind::None; }
};
struct Scope {
    std::map<std::string, std::vector<Placed>> fields;
    std::set<std::string> under_way;
};

class Model {
public:
    // As JSON, keys sorted; the message of an error is its kind.
    base::Result<std::string> run(const std::vector<Literal>& operands) {
        Scope& merged = new_scope();
        for (const Literal& literal : operands) add(merged, literal, {});
        return show(merged);
    }

private:
    static base::Error failure(std::string kind) {
        return base::Error(base::Code::InvalidArgument, std::move(kind));
    }

    Scope& new_scope() { return *scopes_.emplace_back(std::make_unique<Scope>()); }

    static void add(Scope& scope, const Literal& literal, const std::vector<Scope*>& around) {
        for (const Definition& field : literal.fields)
            scope.fields[field.name].push_back({&field, around});
    }

    base::Result<std::string> show(Scope& scope) {
        // A record that refers to one around it may hold itself without end.
        if (shown_ == kDeepest) return failure("EvalError::Other");
        ++shown_;
        std::string text;
        for (auto& [name, definitions] : scope.fields) {
            bool hidden = false, optional = true, has_value = false;
            for (const Placed& placed : definitions) {
                hidden |= placed.definition->not_exported;
                optional &= placed.definition->optional;
                has_value |= placed.has_value();
            }
            if (hidden || (optional && !has_value)) continue;
            Value value = TRY(field(scope, name));
            text += (text.empty() ? "\"" : ",\"") + name + "\":" + TRY(show(value));
        }
        --shown_;
        return "{" + text + "}";
    }

    base::Result<std::string> show(const Value& value) {
        switch (value.kind) {
            case Value::Kind::Number: return std::to_string(value.number);
            case Value::Kind::String: return "\"s" + std::to_string(value.number) + "\"";
            case Value::Kind::Array:
                if (value.differ) return failure("EvalError::BlameError");
                return "[" + list(value.numbers, ",") + "]";
            case Value::Kind::Record: return show(*value.record);
        }
        return failure("no such kind");
    }

    base::Result<Value> field(Scope& scope, const std::string& name) {
        if (!scope.under_way.insert(name).second) return failure("EvalError::InfiniteRecursion");
        std::optional<int> highest;
        for (const Placed& placed : scope.fields[name]) {
            int rank = placed.definition->rank();
            if (placed.has_value() && (!highest || rank > *highest)) highest = rank;
        }
        if (!highest) return failure("EvalError::MissingFieldDef");
        std::optional<Value> merged;
        for (const Placed& placed : scope.fields[name]) {
            if (!placed.has_value() || placed.definition->rank() != *highest) continue;
            Value value = TRY(evaluate(scope, placed));
            if (merged) value = TRY(merge(*merged, value));
            merged = std::move(value);
        }
        for (const Placed& placed : scope.fields[name]) {
            const std::string& contract = placed.definition->contract;
            if ((contract == "Number" && merged->kind != Value::Kind::Number) ||
                (contract == "String" && merged->kind != Value::Kind::String))
                return failure("EvalError::BlameError");
        }
        scope.under_way.erase(name);
        return *std::move(merged);
    }

    base::Result<Value> evaluate(Scope& self, const Placed& placed) {
        const Expr& expr = placed.definition->value;
        if (expr.kind == Expr::Kind::Number) return Value{.number = expr.number};
        if (expr.kind == Expr::Kind::String)
            return Value{.kind = Value::Kind::String, .number = expr.number};
        if (expr.kind == Expr::Kind::Numbers)
            return Value{.kind = Value::Kind::Array, .numbers = expr.numbers};
        if (expr.kind == Expr::Kind::Record) {
            Scope& record = new_scope();
            std::vector<Scope*> around{&self};
            around.insert(around.end(), placed.around.begin(), placed.around.end());
            add(record, *expr.record, around);
            return Value{.kind = Value::Kind::Record, .record = &record};
        }
        Scope& bound = expr.outer == 0 ? self : *placed.around[expr.outer - 1];
        Value value = TRY(field(bound, expr.name));
        if (expr.kind == Expr::Kind::Sibling) return value;
        if (value.kind != Value::Kind::Number) return failure("EvalError::NAryPrimopTypeError");
        return Value{.number = value.number + expr.number};
    }

    base::Result<Value> merge(const Value& left, const Value& right) {
        if (left.kind == Value::Kind::Record && right.kind == Value::Kind::Record) {
            Scope& record = new_scope();
            for (Scope* side : {left.record, right.record}) {
                for (auto& [name, definitions] : side->fields) {
                    auto& all = record.fields[name];
                    all.insert(all.end(), definitions.begin(), definitions.end());
                }
            }
            return Value{.kind = Value::Kind::Record, .record = &record};
        }
        if (left.kind == Value::Kind::Array && right.kind == Value::Kind::Array) {
            if (left.numbers.size() != right.numbers.size())
                return failure("EvalError::BlameError");
            Value merged = left;
            merged.differ |= right.differ || left.numbers != right.numbers;
            return merged;
        }
        if (left.kind != right.kind || left.number != right.number)
            return failure("EvalError::MergeIncompatibleArgs");
        return left;
    }

    static constexpr int kDeepest = 60;
    int shown_ = 0;
    std::vector<std::unique_ptr<Scope>> scopes_;
};

// ---- programs

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    bool chance(unsigned percent) { return below(100) < percent; }
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

    Literal literal(unsigned depth, std::vector<std::vector<std::string>> scopes = {}) {
        Literal made;
        for (const char* name : {"a", "b", "c", "d"}) {
            if (chance(55)) made.fields.push_back({.name = name});
        }
        std::vector<std::string> names;
        for (const Definition& field : made.fields) names.push_back(field.name);
        scopes.insert(scopes.begin(), names);
        for (Definition& field : made.fields) {
            field.value = value(depth, scopes);
            field.has_priority = chance(40);
            if (field.has_priority) {
                field.is_default = chance(50);
                field.is_force = !field.is_default && chance(30);
                field.priority = static_cast<int>(below(3)) - 1;
            }
            field.optional = chance(field.value.kind == Expr::Kind::None ? 60 : 10);
            field.not_exported = chance(6);
            if (chance(8)) field.contract = chance(70) ? "Number" : "String";
        }
        return made;
    }

private:
    Expr value(unsigned depth, const std::vector<std::vector<std::string>>& scopes) {
        unsigned kind = below(100);
        if (kind < 12) return {};
        if (kind < 18) return {.kind = Expr::Kind::String, .number = static_cast<int>(below(2))};
        if (kind < 24) {
            Expr array{.kind = Expr::Kind::Numbers};
            for (unsigned i = 0; i < 1 + below(2); ++i)
                array.numbers.push_back(static_cast<int>(below(2)));
            return array;
        }
        if (kind < 48 && depth > 0)
            return {.kind = Expr::Kind::Record,
                    .record = std::make_shared<Literal>(literal(depth - 1, scopes))};
        if (kind < 80) {
            std::size_t outer = below(static_cast<unsigned>(scopes.size()));
            if (!scopes[outer].empty()) {
                Expr expr{.kind = chance(50) ? Expr::Kind::Sibling : Expr::Kind::Sum,
                          .number = static_cast<int>(below(2)),
                          .name =
                              scopes[outer][below(static_cast<unsigned>(scopes[outer].size()))]};
                while (std::ranges::find(scopes[expr.outer], expr.name) == scopes[expr.outer].end())
                    ++expr.outer;   // the innermost record that binds it
                return expr;
            }
        }
        return {.kind = Expr::Kind::Number, .number = static_cast<int>(below(3))};
    }

    std::mt19937_64 random_;
};

std::string text_of(const Literal& literal);

std::string text_of(const Expr& expr) {
    switch (expr.kind) {
        case Expr::Kind::None: return "";
        case Expr::Kind::Number: return " = " + std::to_string(expr.number);
        case Expr::Kind::String: return " = \"s" + std::to_string(expr.number) + "\"";
        case Expr::Kind::Numbers: return " = [" + list(expr.numbers, ", ") + "]";
        case Expr::Kind::Record: return " = " + text_of(*expr.record);
        case Expr::Kind::Sibling: return " = " + expr.name;
        case Expr::Kind::Sum: return " = " + expr.name + " + " + std::to_string(expr.number);
    }
    return {};
}

std::string text_of(const Literal& literal) {
    std::string text;
    for (const Definition& field : literal.fields) {
        text += (text.empty() ? "" : ", ") + field.name;
        if (!field.contract.empty()) text += " | " + field.contract;
        if (field.optional) text += " | optional";
        if (field.not_exported) text += " | not_exported";
        if (field.is_default) {
            text += " | default";
        } else if (field.is_force) {
            text += " | force";
        } else if (field.has_priority) {
            text += " | priority " + std::to_string(field.priority);
        }
        text += text_of(field.value);
    }
    return "{ " + text + " }";
}

// The exported JSON, or the kind of the failure.
std::string evaluated(Evaluation& evaluation, const std::string& program) {
    std::vector<value::Diagnostic> diagnostics;
    Word word = evaluation.load_text("case", program, ast::ImportFormat::Nickel, diagnostics);
    if (!diagnostics.empty()) return diagnostics.front().kind + ": " + diagnostics.front().message;
    std::optional<value::Diagnostic> error;
    word = evaluation.evaluate_deep(word, error, Machine::Depth::Exported);
    if (error) return error->kind;
    std::string text;
    json::TextWriter writer(text, json::TextWriter::Style::Compact);
    ExportFailure failure;
    if (!write_data(evaluation.machine, word, writer, failure)) return failure.kind;
    return text;
}

struct Case {
    std::vector<Literal> operands;
    std::string program;
    std::string expected;
};

Case make_case(std::uint64_t seed) {
    Generator generator(seed);
    Case made;
    for (unsigned count = 1 + generator.below(4); count > 0; --count)
        made.operands.push_back(generator.literal(2));
    for (const Literal& literal : made.operands)
        made.program += (made.program.empty() ? "" : " & ") + text_of(literal);
    Model model;
    auto expected = model.run(made.operands);
    made.expected = expected.ok() ? expected.value() : std::string(expected.error().message());
    return made;
}

constexpr std::uint64_t kCases = 4000;
const EvaluationOptions kOptions{.limits = {.max_depth = 2000}};

TEST(MergeProperty, GivesWhatTheModelSays) {
    std::map<std::string, int> outcomes;
    auto evaluation = std::make_unique<Evaluation>(kOptions);
    for (std::uint64_t seed = 0; seed < kCases; ++seed) {
        Case made = make_case(seed);
        ASSERT_EQ(evaluated(*evaluation, made.program), made.expected)
            << "seed " << seed << ": " << made.program;
        ++outcomes[made.expected.starts_with('{') ? "value" : made.expected];
    }
    // Every outcome has to come up often enough for the comparison to mean something.
    for (const char* outcome : {"value", "EvalError::MissingFieldDef",
                                "EvalError::MergeIncompatibleArgs", "EvalError::BlameError",
                                "EvalError::InfiniteRecursion", "EvalError::NAryPrimopTypeError"})
        EXPECT_GT(outcomes[outcome], 40) << outcome;
}

// The order of merging may change which failure is met first, but not a value.
TEST(MergeProperty, IsAssociativeAndCommutative) {
    auto evaluation = std::make_unique<Evaluation>(kOptions);
    for (std::uint64_t seed = 0; seed < kCases / 2; ++seed) {
        Case made = make_case(seed);
        if (made.operands.size() < 3) continue;
        std::string right, reversed;
        for (std::size_t i = made.operands.size(); i-- > 0;) {
            std::string text = text_of(made.operands[i]);
            right = right.empty() ? text : text + " & (" + right + ")";
            reversed += (reversed.empty() ? "" : " & ") + text;
        }
        for (const std::string& program : {right, reversed}) {
            std::string got = evaluated(*evaluation, program);
            if (made.expected.starts_with('{')) {
                ASSERT_EQ(got, made.expected) << "seed " << seed << ": " << program;
            } else {
                ASSERT_TRUE(got.starts_with("EvalError::")) << "seed " << seed << ": " << program;
            }
        }
    }
}

}
}
