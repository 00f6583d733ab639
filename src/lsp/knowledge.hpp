#pragma once

#include "lsp/project.hpp"

namespace lsp {

// A field that a value is known to have, and where that is written.
struct Known {
    Symbol name;
    const Analysis* file = nullptr;
    const ast::FieldDef* field = nullptr;   // one of these
    std::size_t element = 0;                // of its path
    const ast::TypeRow* row = nullptr;
    const ast::IncludeDef* include = nullptr;
    const Analysis* module = nullptr;   // a module of the standard library

    Span span() const;   // of the name; nothing for a module
    const ast::Annotations* annotations() const;
    const ast::Node* value() const;
    bool has_value() const { return value() != nullptr || is_inner(); }
    // It stands for a record by being on the way of a path.
    bool is_inner() const { return field != nullptr && element + 1 < field->path.size(); }
};
using Fields = std::vector<Known>;

// An expression and the file that it is in.
struct Expression {
    const Analysis* file = nullptr;
    const ast::Node* node = nullptr;
};

// What can be said about values without running anything: records, merges, contracts, imports,
// `let`, functions that return records, and the standard library. Where it does not know, it says
// nothing.
class Knowledge {
public:
    explicit Knowledge(Project& project) : project_(project) {}

    Fields fields_of(Expression value);
    Fields fields_of(const Known& field);
    // Those of that name.
    std::vector<Known> members(Expression object, Symbol name);

    // The contracts and types that hold for the value at this step of the way to a place.
    std::vector<Expression> expected(const Analysis& file, const Spot& spot, std::size_t step);
    // What a name or a path stands for, as far as that is known; else itself.
    Expression behind_names(Expression value) {
        budget_ = 20'000;
        return behind_names(value, 0);
    }
    // The fields that a record there should have.
    Fields expected_fields(const Analysis& file, const Spot& spot, std::size_t step);

private:
    static constexpr int kMaxDepth = 24;

    void add(Expression value, Fields& fields, int depth);
    void add(const Known& field, Fields& fields, int depth);
    void add_contracts(const Analysis& file, const ast::Annotations* about, Fields& fields,
                       int depth);
    void add_record(const Analysis& file, const ast::Record& record, Fields& fields);
    void add_variable(const Analysis& file, const ast::Var& var, Fields& fields, int depth);
    void add_result(Expression call, Fields& fields, int depth);
    void add_library(Fields& fields);
    void expected_of_field(const Analysis& file, const Spot& spot, std::size_t step,
                           std::vector<Expression>& found);
    void contracts_of(const Analysis& file, const ast::Annotations* about,
                      std::vector<Expression>& found);
    void contracts_of(const Known& field, std::vector<Expression>& found);
    Expression behind_names(Expression value, int depth);

    Project& project_;
    std::size_t budget_ = 0;
};

}
