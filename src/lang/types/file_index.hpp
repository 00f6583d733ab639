#pragma once

#include "lang/types/typecheck.hpp"

#include <cstdint>
#include <stop_token>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lang::types {

// Where a file's names come from and where its annotations stand: of passes that follow a term by
// the text alone.
struct FileIndex {
    // A name that is taken out of a record: `let { Server, .. } = hetzner in`.
    struct Unpacked {
        const ast::Node* record = nullptr;
        Symbol field;
    };
    // A field of a literal that has an annotation with contracts.
    struct AnnotatedField {
        const ast::Record* record = nullptr;
        const ast::FieldDef* field = nullptr;
    };

    FileIndex(const File& file, const std::stop_token& stop);

    const File* file;
    std::vector<const ast::Access*> reads;
    std::vector<const ast::Annotated*> annotated;
    std::vector<const ast::Binding*> annotated_lets;
    std::vector<AnnotatedField> annotated_fields;
    std::unordered_map<ast::ScopeId, const ast::Record*> literals;
    std::unordered_map<ast::BindingId, const ast::Binding*> lets;
    std::unordered_map<ast::BindingId, Unpacked> unpacked;

    // The definitions in a literal whose paths begin with this name, in the order of the text.
    const std::vector<const ast::FieldDef*>& definitions(ast::ScopeId literal, Symbol name) const;

private:
    static std::uint64_t key_of(ast::ScopeId scope, Symbol name) {
        return (std::uint64_t{scope} << 32U) | name.id;
    }
    void add(const ast::Record& record);
    void add(const ast::Let& let);

    std::unordered_map<std::uint64_t, std::vector<const ast::FieldDef*>> fields_;
};

}
