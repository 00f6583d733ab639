#pragma once

#include "lang/program.hpp"
#include "lang/syntax/ast.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lang::types {

// What is wrong with inputs, in words. A place is told of once, however many ways lead to it.
struct InputFindings {
    std::vector<value::Diagnostic> found;
    value::Span asked_at{};           // the annotation with the type
    const TypeInfo* type = nullptr;   // that is being held against

    // `path` is within the resource: "labels.a"; empty: the whole of it.
    void wrong_value(const std::string& path, const ast::Node* term, const std::string& demand,
                     const std::string& is, std::vector<std::string> notes = {});
    void unknown_field(const std::string& path, std::string_view name, value::Span at,
                       const std::vector<std::string_view>& known);
    void output_set(std::string_view name, value::Span at);
    void add(value::Diagnostic one);
    // The same with nothing found yet: what is found may not count.
    InputFindings begin_trial() const;

private:
    std::set<value::Pos> told_;
};

}
