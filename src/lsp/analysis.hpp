#pragma once

#include "lang/memory_meter.hpp"
#include "lang/resolve/resolution.hpp"
#include "lang/syntax/arena.hpp"
#include "lang/syntax/parser.hpp"
#include "lsp/walk.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lsp {

using lang::Pos;
using lang::Span;
using lang::Symbol;

// Where a name is bound, and what it stands for as far as the text tells.
struct Definition {
    Symbol name;
    Span span{};   // of the name
    const ast::Annotations* annotations = nullptr;
    const ast::Node* value = nullptr;
    const ast::FieldDef* field = nullptr;          // of a record: the first of its definitions
    const ast::IncludeDef* include = nullptr;      // what it names is another binding
    bool is_punned = false;                        // `{ a }` in a pattern: also the field's name
    std::vector<const ast::FieldDef*> more = {};   // further definitions of the field
};

// One text, parsed and resolved by itself: nothing is run, no other file is looked at. Sound or
// not: of what cannot be parsed there is a tree with holes.
class Analysis {
public:
    Analysis(std::string path, std::string text, bool is_library = false);
    Analysis(const Analysis&) = delete;
    Analysis& operator=(const Analysis&) = delete;

    const std::string& path() const { return path_; }
    const std::string& text() const { return source_->text; }
    bool is_library() const { return is_library_; }
    const ast::Node* root() const { return parsed_.root; }
    // What the file stands for: of a module of the library the body of its function.
    const ast::Node* value() const;
    const lang::resolve::Resolution& names() const { return names_; }

    std::size_t offset(Pos pos) const { return pos - source_->base; }
    Pos pos(std::size_t offset) const { return source_->base + static_cast<Pos>(offset); }
    std::string_view text(Span span) const;
    Symbol symbol(std::string_view name) const;

    // Null: of nothing here, or given from outside.
    const Definition* definition(ast::BindingId binding) const;
    const Definition* definition_at(Pos name) const;
    const std::unordered_map<Pos, Definition>& definitions() const { return definitions_; }

private:
    std::string path_;
    bool is_library_;
    lang::MemoryMeter meter_;
    mutable lang::SymbolOwner symbols_;
    lang::SourceMap sources_;
    lang::Arena arena_;
    const lang::Source* source_;
    lang::ParseResult parsed_;
    lang::resolve::Resolution names_;
    std::unordered_map<Pos, Definition> definitions_;   // by where the name begins
};

// What lies around a place of a text, from the outside in.
struct Spot {
    struct Step {
        const ast::Node* node = nullptr;
        const ast::FieldDef* field = nullptr;    // of the record `node`, through which it goes
        const ast::Binding* binding = nullptr;   // of the `let` node, likewise
    };
    std::vector<Step> steps;
    // The name of a field in a record, if the place is on one.
    const ast::FieldDef* on_field = nullptr;
    std::size_t element = 0;
    const ast::IncludeDef* on_include = nullptr;
    const ast::Pattern* on_pattern = nullptr;

    const ast::Node* innermost() const { return steps.empty() ? nullptr : steps.back().node; }
};

Spot find_spot(const Analysis& file, Pos pos);

}
