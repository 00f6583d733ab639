#pragma once

#include "lang/types/shapes.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lang::types {

// One definition of a value: a term, or what stands behind the rest of a field's path.
struct Piece {
    const ast::Node* term = nullptr;
    const ast::FieldDef* field = nullptr;
    std::size_t depth = 0;
};

// A field of a record, by a part of its path.
struct Definition {
    const ast::FieldDef* field = nullptr;
    std::size_t depth = 0;   // of the path
};

// What a record has, of all its parts.
struct Fields {
    std::vector<std::pair<Symbol, std::vector<Definition>>> by_name;
    bool is_open = false;   // there may be more, which count more

    void add(const ast::FieldDef& field, std::size_t depth);

private:
    std::unordered_map<std::uint32_t, std::size_t> places_;   // in by_name, by the symbol's number
};

// All that is said of a field where it is annotated: `web | Server`, `web.name = "web"`. Nothing
// where another contract there may make anything of it.
std::vector<Piece> pieces_of(const FileIndex& index, const ast::Record& record,
                             const ast::FieldDef& annotated);

// The definitions that are the value, as far as the text tells: what has a contract of its own
// may become anything, and what has a lower priority may not count.
std::vector<Piece> that_count(const std::vector<Definition>& definitions, bool is_open);

// Of a contract or type that is a record.
bool expects_record(const TermRef& contract);
// The contracts of one of its fields; false: there is no such field. None where a field is not
// looked into.
bool contracts_of(const TermRef& contract, Symbol name, std::vector<TermRef>& contracts);
std::vector<std::string_view> field_names(const TermRef& contract);

}
