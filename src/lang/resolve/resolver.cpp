#include "lang/resolve/resolver.hpp"

#include "base/text.hpp"
#include "lang/syntax/primops.hpp"

#include <algorithm>
#include <string>

namespace lang::resolve {

using ast::Kind;

Resolution resolve(const ast::Node* root, std::span<const Symbol> globals,
                   const std::stop_token& stop) {
    Resolution resolution;
    Resolver(resolution, globals, stop).term(root);
    // The walk follows scopes, which is not quite the order of the text.
    std::ranges::stable_sort(resolution.imports, {},
                             [](const ast::Import* import) { return import->span.begin; });
    for (std::uint32_t i = 0; i < resolution.imports.size(); ++i) resolution.imports[i]->index = i;
    std::ranges::stable_sort(resolution.unbound, {}, [](const value::Diagnostic& found) {
        return found.labels.front().span.begin;
    });
    return resolution;
}

Resolver::Resolver(Resolution& resolution, std::span<const Symbol> globals,
                   const std::stop_token& stop)
    : resolution_(resolution), stop_(stop) {
    for (Symbol name : globals)
        globals_.emplace(name.id, add({.kind = Binding::Kind::Global, .name = name}));
}

// ---- names

BindingId Resolver::add(Binding binding) {
    resolution_.bindings.push_back(binding);
    return static_cast<BindingId>(resolution_.bindings.size() - 1);
}

void Resolver::bind(BindingId binding) {
    constexpr std::size_t kBlock = 256;
    if (frames_.empty() || used_ == kBlock) {
        frames_.push_back(std::make_unique<Frame[]>(kBlock));
        used_ = 0;
    }
    // Frames come in blocks that never move: others point to them.
    Frame& frame = frames_.back()[used_++];
    frame = {resolution_.bindings[binding].name, binding, nullptr, scope_};
    scope_ = &frame;
}

BindingId Resolver::lookup(Symbol name, Span span) {
    // From the inside out. A record literal is one frame for all of its fields: inside it they
    // hide what is outside.
    for (const Frame* frame = scope_; frame; frame = frame->outer) {
        if (!frame->fields) {
            if (frame->name == name) return frame->binding;
        } else if (auto found = frame->fields->find(name.id); found != frame->fields->end()) {
            return found->second;
        }
    }
    if (auto global = globals_.find(name.id); global != globals_.end()) return global->second;
    report(name, span);
    return 0;
}

void Resolver::report(Symbol name, Span span) {
    // Only names that are in scope here are worth suggesting.
    std::vector<std::string_view> known;
    for (const Frame* frame = scope_; frame; frame = frame->outer) {
        if (!frame->fields) {
            known.push_back(frame->name.text());
            continue;
        }
        for (const auto& field : *frame->fields) known.push_back(Symbol{field.first}.text());
    }
    value::Diagnostic& found = resolution_.unbound.emplace_back();
    found.kind = "TypecheckError::UnboundIdentifier";
    found.message = "unbound identifier `" + std::string(name.text()) + "`";
    found.labels.push_back({span, "", true});
    if (std::string help = base::did_you_mean(name.text(), known); !help.empty())
        found.notes.push_back(std::move(help));
    else
        found.notes.push_back("is a quote or an import missing? `\"" + std::string(name.text()) +
                              "\"` is a text, and `let " + std::string(name.text()) +
                              " = import \"…\" in` names what a file has");
    found.expectation.emplace_back("identifier", name.text());
}

// ---- terms

void Resolver::term(const ast::Node* node) {
    if (!node || stop_.stop_requested()) return;
    switch (node->kind) {
        case Kind::Null:
        case Kind::Bool:
        case Kind::Number:
        case Kind::String:
        case Kind::Section:
        case Kind::Invalid: return;
        case Kind::EnumTag: return term(static_cast<const ast::EnumTag*>(node)->argument);
        case Kind::Array:
            for (const ast::Node* element : static_cast<const ast::Array*>(node)->elements)
                term(element);
            return;
        case Kind::Record: return record(*static_cast<const ast::Record*>(node));
        case Kind::Interpolation:
            for (const ast::Chunk& chunk : static_cast<const ast::Interpolation*>(node)->chunks)
                term(chunk.expr);
            return;
        case Kind::Var: {
            const auto& var = *static_cast<const ast::Var*>(node);
            var.binding = lookup(var.name, var.span);
            return;
        }
        case Kind::Let: return let(*static_cast<const ast::Let*>(node));
        case Kind::Fun: return function(*static_cast<const ast::Fun*>(node));
        case Kind::Match:
            for (const ast::Branch& one : static_cast<const ast::Match*>(node)->branches)
                branch(one);
            return;
        case Kind::Apply: {
            const auto& apply = *static_cast<const ast::Apply*>(node);
            term(apply.head);
            for (const ast::Node* argument : apply.arguments) term(argument);
            return;
        }
        case Kind::If: {
            const auto& choice = *static_cast<const ast::If*>(node);
            term(choice.condition);
            term(choice.then_branch);
            return term(choice.else_branch);
        }
        case Kind::Access: return term(static_cast<const ast::Access*>(node)->object);
        case Kind::DynAccess: {
            const auto& access = *static_cast<const ast::DynAccess*>(node);
            term(access.object);
            return term(access.field);
        }
        case Kind::Unary: return term(static_cast<const ast::Unary*>(node)->operand);
        case Kind::Binary: {
            const auto& binary = *static_cast<const ast::Binary*>(node);
            term(binary.left);
            return term(binary.right);
        }
        case Kind::PrimOp: return primop(*static_cast<const ast::PrimOp*>(node));
        case Kind::Annotated: {
            const auto& annotated = *static_cast<const ast::Annotated*>(node);
            term(annotated.term);
            return annotations(annotated.annotations);
        }
        case Kind::Import:
            resolution_.imports.push_back(static_cast<const ast::Import*>(node));
            return;
        default: return type(node);
    }
}

void Resolver::primop(const ast::PrimOp& primop) {
    // The first operand of `%enum/embed% Tag e` is a tag's name.
    const bool is_embed = static_cast<PrimOpId>(primop.op) == PrimOpId::EnumEmbed;
    for (const ast::Node* operand : primop.operands.subspan(is_embed ? 1 : 0)) term(operand);
}

// Variables of types are bound and resolved by the parser, which needs them to tell types from
// terms; here are the terms within types.
void Resolver::type(const ast::Node* node) {
    switch (node->kind) {
        case Kind::TypeArray: return term(static_cast<const ast::TypeArray*>(node)->element);
        case Kind::TypeArrow:
            term(static_cast<const ast::TypeArrow*>(node)->domain);
            return term(static_cast<const ast::TypeArrow*>(node)->codomain);
        case Kind::TypeForall: return term(static_cast<const ast::TypeForall*>(node)->body);
        case Kind::TypeDict: return term(static_cast<const ast::TypeDict*>(node)->element);
        case Kind::TypeRecord:
            for (const ast::TypeRow& row : static_cast<const ast::TypeRecord*>(node)->rows)
                term(row.type);
            return;
        case Kind::TypeEnum:
            for (const ast::TypeRow& row : static_cast<const ast::TypeEnum*>(node)->rows)
                term(row.type);
            return;
        default: return;
    }
}

void Resolver::annotations(const ast::Annotations* annotations) {
    if (!annotations) return;
    if (annotations->type) resolution_.has_types = true;
    term(annotations->type);
    for (const ast::Node* contract : annotations->contracts) term(contract);
}

// The values of a plain `let` see what is outside of it, those of a recursive one all its names.
void Resolver::let(const ast::Let& let) {
    const Frame* outer = scope_;
    const auto values = [&] {
        for (const ast::Binding& binding : let.bindings) {
            term(binding.value);
            annotations(binding.annotations);
        }
    };
    if (!let.recursive) values();
    for (const ast::Binding& binding : let.bindings) {
        const bool is_plain = binding.pattern->kind == ast::PatternKind::Variable;
        declare(*binding.pattern, is_plain ? Binding::Kind::Let : Binding::Kind::Pattern);
    }
    // A default in a pattern of a plain `let` sees what is outside, as its value does.
    const Frame* defaults = let.recursive ? scope_ : outer;
    for (const ast::Binding& binding : let.bindings) inside(*binding.pattern, defaults);
    if (let.recursive) values();
    term(let.body);
    scope_ = outer;
}

void Resolver::function(const ast::Fun& function) {
    const Frame* outer = scope_;
    for (const ast::Pattern* parameter : function.parameters) {
        const bool is_plain = parameter->kind == ast::PatternKind::Variable;
        declare(*parameter, is_plain ? Binding::Kind::Parameter : Binding::Kind::Pattern);
    }
    for (const ast::Pattern* parameter : function.parameters) {
        inside(*parameter, outer);
        annotations(parameter->annotations);
    }
    term(function.body);
    scope_ = outer;
}

void Resolver::branch(const ast::Branch& branch) {
    const Frame* outer = scope_;
    declare(*branch.pattern, Binding::Kind::Pattern);
    inside(*branch.pattern, outer);
    term(branch.guard);
    term(branch.body);
    scope_ = outer;
}

// ---- records

// `a.b.c = v` is `a = {b = {c = v}}`, but the records on the way open no scope: `metadata.name =
// name` takes the name from where the path stands.
void Resolver::field(const ast::FieldDef& field, std::size_t from) {
    if (from == field.path.size()) {
        if (field.value) term(field.value);
        return annotations(field.annotations);
    }
    const ast::PathElement& element = field.path[from];
    // Of the record all the same: whatever is compiled has to know where it stands.
    element.scope = ++resolution_.scopes;
    if (element.dynamic) term(element.dynamic);
    this->field(field, from + 1);
}

void Resolver::record(const ast::Record& record) {
    record.scope = ++resolution_.scopes;
    std::unordered_map<std::uint32_t, BindingId> fields;
    const auto declare_field = [&](Symbol name, Span span) {
        auto [known, is_new] = fields.try_emplace(name.id);
        if (!is_new) return;
        known->second =
            add({.kind = Binding::Kind::Field, .name = name, .span = span, .scope = record.scope});
    };
    for (const ast::FieldDef& definition : record.fields) {
        const ast::PathElement& first = definition.path[0];
        if (!first.dynamic) declare_field(first.name, first.span);
    }
    for (const ast::IncludeDef& include : record.includes)
        declare_field(include.name, include.span);
    const Frame* outer = scope_;
    const Frame own{.fields = &fields, .outer = outer};
    for (const ast::FieldDef& definition : record.fields) {
        if (definition.path[0].dynamic) term(definition.path[0].dynamic);
        scope_ = &own;
        field(definition, 1);
        scope_ = outer;
    }
    for (const ast::IncludeDef& include : record.includes) {
        // `include x` looks x up outside, although the record has a field of that name by it.
        include.binding = lookup(include.name, include.span);   // of outside, not the field
        scope_ = &own;
        annotations(include.annotations);
        scope_ = outer;
    }
}

// ---- patterns

void Resolver::declare(const ast::Pattern& pattern, Binding::Kind kind) {
    if (pattern.alias.id != 0) {
        pattern.binding = add({.kind = kind, .name = pattern.alias, .span = pattern.span});
        bind(pattern.binding);
    }
    constexpr auto kWithin = Binding::Kind::Pattern;
    if (pattern.argument) declare(*pattern.argument, kWithin);
    for (const ast::FieldPattern& field : pattern.fields) {
        if (field.pattern) declare(*field.pattern, kWithin);
    }
    if (pattern.kind == ast::PatternKind::Or) {
        check_alternatives(pattern);
        const Frame* outside = scope_;
        // The first alternative binds; the others use its bindings, whichever of them will fit.
        for (std::size_t i = 0; i < pattern.elements.size(); ++i) {
            if (i == 0) {
                declare(*pattern.elements[0], kWithin);
            } else {
                share(*pattern.elements[i], outside);
            }
        }
    } else {
        for (const ast::Pattern* element : pattern.elements) declare(*element, kWithin);
    }
    if (pattern.rest.name.id != 0) {
        pattern.rest.binding =
            add({.kind = kWithin, .name = pattern.rest.name, .span = pattern.span});
        bind(pattern.rest.binding);
    }
}

void Resolver::share(const ast::Pattern& pattern, const Frame* outside) {
    const auto known = [&](Symbol name) -> BindingId {
        for (const Frame* frame = scope_; frame != outside; frame = frame->outer) {
            if (frame->name == name) return frame->binding;
        }
        return 0;   // check_alternatives() has told it
    };
    if (pattern.alias.id != 0) pattern.binding = known(pattern.alias);
    if (pattern.argument) share(*pattern.argument, outside);
    for (const ast::FieldPattern& field : pattern.fields) {
        if (field.pattern) share(*field.pattern, outside);
    }
    for (const ast::Pattern* element : pattern.elements) share(*element, outside);
    if (pattern.rest.name.id != 0) pattern.rest.binding = known(pattern.rest.name);
}

void Resolver::inside(const ast::Pattern& pattern, const Frame* outside) {
    if (pattern.argument) inside(*pattern.argument, outside);
    for (const ast::FieldPattern& field : pattern.fields) {
        if (field.pattern) inside(*field.pattern, outside);
        annotations(field.annotations);
        const Frame* within = scope_;
        scope_ = outside;
        term(field.default_value);
        scope_ = within;
    }
    for (const ast::Pattern* element : pattern.elements) inside(*element, outside);
}

}
