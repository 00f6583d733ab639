#pragma once

#include "lang/evaluation.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lang::tools {

// A field of a program as its documentation tells of it.
struct DocField {
    std::string name;
    std::string type;   // as written; empty: none
    std::vector<std::string> contracts;
    std::optional<std::string> doc;
    Record* within = nullptr;                      // the record that it stands in
    std::optional<std::vector<DocField>> fields;   // of a record

    // "- `name : T | C`", or nothing to tell
    std::string signature() const;
};

// The fields of a record and of the records in it, sorted; what they hold is evaluated. Nothing,
// and why, if that fails.
std::optional<std::vector<DocField>> collect_documentation(Evaluation& evaluation, Word root,
                                                           std::optional<value::Diagnostic>& error);

// The same as far as it gets: what cannot be evaluated is left at what its text says.
std::vector<DocField> collect_what_is_known(Evaluation& evaluation, Word root);
// Without the fields that nothing is told of, nor of any in them.
std::vector<DocField> told_only(std::vector<DocField> fields);

std::string documentation_markdown(const std::vector<DocField>& fields);
json::Value documentation_json(const std::vector<DocField>& fields);

}
