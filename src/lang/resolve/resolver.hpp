#pragma once

#include "lang/resolve/resolution.hpp"

#include <memory>
#include <unordered_map>

namespace lang::resolve {

// A name in scope, or all the static fields of a record literal; innermost first.
struct Frame {
    Symbol name;
    BindingId binding = 0;
    const std::unordered_map<std::uint32_t, BindingId>* fields = nullptr;
    const Frame* outer = nullptr;
};

// One walk over one tree. Internal to this folder: users call resolve().
class Resolver {
public:
    Resolver(Resolution& resolution, std::span<const Symbol> globals, const std::stop_token& stop);

    void term(const ast::Node* node);

private:
    void let(const ast::Let& let);
    void function(const ast::Fun& function);
    void branch(const ast::Branch& branch);
    void record(const ast::Record& record);
    void field(const ast::FieldDef& field, std::size_t from);
    void primop(const ast::PrimOp& primop);
    void type(const ast::Node* node);
    void annotations(const ast::Annotations* annotations);

    // The variables of a pattern come into scope; what is written inside it is looked at apart.
    void declare(const ast::Pattern& pattern, Binding::Kind kind);
    void check_alternatives(const ast::Pattern& pattern);
    // Other alternatives bind the same names.
    void share(const ast::Pattern& pattern, const Frame* outside);
    // Contracts see the pattern's variables, defaults only what is outside of it.
    void inside(const ast::Pattern& pattern, const Frame* outside);

    BindingId add(Binding binding);
    void bind(BindingId binding);
    BindingId lookup(Symbol name, Span span);
    void report(Symbol name, Span span);

    Resolution& resolution_;
    std::unordered_map<std::uint32_t, BindingId> globals_;
    const std::stop_token& stop_;
    const Frame* scope_ = nullptr;
    // Frames live as long as the walk: pointers to them are kept.
    std::vector<std::unique_ptr<Frame[]>> frames_;
    std::size_t used_ = 0;
};

}
