#include "lang/compile/scope.hpp"
#include "lang/compile/tails.hpp"

#include <algorithm>

namespace lang::compile {

using ast::Kind;

bool Compiler::is_type(const ast::Node* node) const {
    return node->kind >= Kind::TypeDyn && node->kind <= Kind::TypeWildcard;
}

// Rows sorted by symbol id, the form in which the machine compares them with shapes.
static void set_rows(Arena& arena, TypeCode& code,
                     std::vector<std::pair<Symbol, const TypeCode*>> rows) {
    std::ranges::stable_sort(rows, {}, [](const auto& row) { return row.first.id; });
    std::vector<Symbol> names;
    std::vector<const TypeCode*> types;
    for (auto& [name, type] : rows) {
        names.push_back(name);
        types.push_back(type);
    }
    code.row_names = arena.copy(names);
    code.row_types = arena.copy(types);
}

// Calls `visit` for the record types in `code` whose tail is the variable `name`.
template <typename Visit>
static void each_tail(const TypeCode& code, Symbol name, const Visit& visit) {
    if (code.kind == TypeKind::Forall && code.name == name) return;
    if (code.kind == TypeKind::Record && code.tail == ast::Tail::Variable && code.name == name)
        visit(code);
    for (const TypeCode* part : {code.first, code.second}) {
        if (part) each_tail(*part, name, visit);
    }
    for (const TypeCode* row : code.row_types) {
        if (row) each_tail(*row, name, visit);
    }
}

// What stands beside a tail variable anywhere cannot be in the tail.
// In `forall r. {a : T; r} -> {b : U; r}` the tail may have neither `a` nor `b`: it stands for the
// same fields everywhere.
void Compiler::exclude_rows(const TypeCode& body, Symbol name) {
    std::vector<Symbol> all;
    each_tail(body, name, [&](const TypeCode& record) {
        all.insert(all.end(), record.row_names.begin(), record.row_names.end());
    });
    const std::span<const Symbol> excluded = target_.arena.copy(all);
    each_tail(body, name, [&](const TypeCode& record) {
        const_cast<TypeCode&>(record).excluded = excluded;   // made a moment ago
    });
}

const TypeCode* Compiler::type(const ast::Node* node, std::vector<const Code*>& terms) {
    auto* code = target_.arena.make<TypeCode>();
    code->span = node->span;
    switch (node->kind) {
        case Kind::TypeDyn:
        // The typechecker of the official implementation fills wildcards in; at run time they
        // accept everything.
        case Kind::TypeWildcard:
            code->kind = TypeKind::Dyn;
            code->trivial = true;
            break;
        case Kind::TypeNumber: code->kind = TypeKind::Number; break;
        case Kind::TypeBool: code->kind = TypeKind::Bool; break;
        case Kind::TypeString: code->kind = TypeKind::String; break;
        case Kind::TypeArray: {
            auto& array = *static_cast<const ast::TypeArray*>(node);
            code->kind = TypeKind::Array;
            if (array.element) code->first = type(array.element, terms);
            break;
        }
        case Kind::TypeArrow: {
            auto& arrow = *static_cast<const ast::TypeArrow*>(node);
            code->kind = TypeKind::Arrow;
            code->first = type(arrow.domain, terms);
            code->second = type(arrow.codomain, terms);
            break;
        }
        case Kind::TypeForall: {
            auto& forall = *static_cast<const ast::TypeForall*>(node);
            code->kind = TypeKind::Forall;
            code->name = forall.variable;
            code->variable_kind = forall.variable_kind;
            code->first = type(forall.body, terms);
            exclude_rows(*code->first, code->name);
            break;
        }
        case Kind::TypeVar:
            code->kind = TypeKind::Variable;
            code->name = static_cast<const ast::TypeVar*>(node)->name;
            break;
        case Kind::TypeDict: {
            auto& dict = *static_cast<const ast::TypeDict*>(node);
            code->kind = dict.is_contract ? TypeKind::DictContract : TypeKind::Dict;
            code->first = type(dict.element, terms);
            break;
        }
        case Kind::TypeRecord: {
            auto& record = *static_cast<const ast::TypeRecord*>(node);
            code->kind = TypeKind::Record;
            code->tail = record.tail;
            code->name = record.tail_variable;
            std::vector<std::pair<Symbol, const TypeCode*>> rows;
            for (const ast::TypeRow& row : record.rows)
                rows.emplace_back(row.name, type(row.type, terms));
            set_rows(target_.arena, *code, std::move(rows));
            break;
        }
        case Kind::TypeEnum: {
            auto& enumeration = *static_cast<const ast::TypeEnum*>(node);
            code->kind = TypeKind::Enum;
            code->tail = enumeration.tail;
            code->name = enumeration.tail_variable;
            std::vector<std::pair<Symbol, const TypeCode*>> rows;
            for (const ast::TypeRow& row : enumeration.rows) {
                rows.emplace_back(row.name, row.type ? type(row.type, terms) : nullptr);
            }
            set_rows(target_.arena, *code, std::move(rows));
            break;
        }
        default:
            code->kind = TypeKind::Term;
            code->term = static_cast<std::uint32_t>(terms.size());
            terms.push_back(delayed(node));
            break;
    }
    return code;
}

// The variables of the `forall`s around a part of a type; those of a removed one are no more.
struct FreeVariables {
    Symbol name;
    bool is_removed;
    const FreeVariables* outer;
};

static bool is_free(Symbol name, const FreeVariables* around) {
    while (around && around->name != name) around = around->outer;
    return !around || around->is_removed;
}

// What is left to check of a type that the definition is known to satisfy, as the typechecker has
// seen to it (and tests, for the standard library): what comes in from outside. Variables of a
// `forall` that the definition itself is under need no seal: its body cannot look inside.
const TypeCode* Compiler::elide(const TypeCode* code, bool positive, const FreeVariables* free) {
    auto copy = [&] { return target_.arena.make<TypeCode>(*code); };
    // Positive is what the definition itself gives: known to be right. Negative is what callers
    // hand in.
    auto trivial = [&] {
        auto* dyn = copy();
        *dyn = TypeCode{};
        dyn->span = code->span;
        dyn->trivial = true;
        return dyn;
    };
    switch (code->kind) {
        case TypeKind::Dyn: return trivial();
        // Without seals a polymorphic function is as fast as one without a type. Of a function that
        // it is given, which has to be polymorphic itself, they are checked.
        case TypeKind::Variable: return is_free(code->name, free) ? trivial() : code;
        case TypeKind::Number:
        case TypeKind::Bool:
        case TypeKind::String: return positive ? trivial() : code;
        case TypeKind::Enum: {
            if (positive && std::ranges::all_of(code->row_types, [](auto* type) { return !type; }))
                return trivial();
            if (code->tail == ast::Tail::Variable && code->row_names.empty() &&
                is_free(code->name, free))
                return trivial();
            auto* result = copy();
            std::vector<const TypeCode*> types;
            for (const TypeCode* row : code->row_types)
                types.push_back(row ? elide(row, positive, free) : nullptr);
            result->row_types = target_.arena.copy(types);
            if (positive &&
                std::ranges::all_of(types, [](auto* type) { return !type || type->trivial; }))
                return trivial();
            return result;
        }
        case TypeKind::Array:
        case TypeKind::Dict:
        case TypeKind::DictContract: {
            const TypeCode* element = code->first ? elide(code->first, positive, free) : nullptr;
            if (positive && (!element || element->trivial)) return trivial();
            auto* result = copy();
            result->first = element;
            return result;
        }
        case TypeKind::Arrow: {
            const TypeCode* domain = elide(code->first, !positive, free);
            const TypeCode* codomain = elide(code->second, positive, free);
            if (positive && domain->trivial && codomain->trivial) return trivial();
            auto* result = copy();
            result->first = domain;
            result->second = codomain;
            return result;
        }
        case TypeKind::Forall: {
            const FreeVariables inner{code->name, positive, free};
            const TypeCode* of = elide(code->first, positive, &inner);
            if (positive) return of;
            auto* result = copy();
            result->first = of;
            return result;
        }
        case TypeKind::Record: {
            auto* result = copy();
            std::vector<const TypeCode*> types;
            bool all = true;
            for (const TypeCode* row : code->row_types) {
                types.push_back(elide(row, positive, free));
                all = all && types.back()->trivial;
            }
            if (positive && all) return trivial();
            result->row_types = target_.arena.copy(types);
            if (code->tail == ast::Tail::Variable && is_free(code->name, free))
                result->tail = ast::Tail::Dyn;
            return result;
        }
        case TypeKind::Term: return code;
    }
    UNREACHABLE();
}

const Code* Compiler::type_literal(const ast::Node* node) {
    // As a value the type is there; it fails when it is used.
    if (const Symbol name = unbound_tail(node); name.id != 0)
        return raise(RaiseCode::What::Invalid, name.id, node->span);
    std::vector<const Code*> terms;
    const TypeCode* code = type(node, terms);
    // A term in the place of a type is that term.
    if (code->kind == TypeKind::Term && terms.size() == 1) return strict(node);
    // Without terms a type is a constant, one object for the whole program.
    if (terms.empty()) {
        auto* object = target_.heap.make<TypeObj>(Tag::Type);
        object->code = code;
        return constant(Word::of(object), node->span);
    }
    return make<TypeLiteralCode>(Op::TypeLiteral, node->span, code, target_.arena.copy(terms));
}

const BlameLabel* Compiler::root_label(const ast::Node* annotation, const TypeCode* type,
                                       Symbol name) {
    auto* label = target_.heap.make<BlameLabel>(Tag::Label);
    label->step = BlameLabel::Step::Root;
    label->positive = true;
    label->span = annotation->span;
    label->type = type;
    label->name = name;
    return label;
}

std::span<const AnnotationCode> Compiler::contracts(const ast::Annotations& annotations,
                                                    Symbol name) {
    std::vector<AnnotationCode> result;
    if (annotations.type) {
        std::vector<const Code*> terms;
        const TypeCode* code = type(annotations.type, terms);
        if (unbound_tail(annotations.type).id != 0) {
            const Code* fails = closure(annotations.type, nullptr, Symbol{});
            result.push_back({fails, root_label(annotations.type, code, name)});
        }
        code = elide(code, true, nullptr);
        if (!code->trivial) {
            const Code* contract = nullptr;
            if (code->kind == TypeKind::Term && terms.size() == 1) {
                contract = terms[0];
            } else if (terms.empty()) {
                auto* object = target_.heap.make<TypeObj>(Tag::Type);
                object->code = code;
                contract = constant(Word::of(object), code->span);
            } else {
                contract = make<TypeLiteralCode>(Op::TypeLiteral, code->span, code,
                                                 target_.arena.copy(terms));
            }
            result.push_back({contract, root_label(annotations.type, code, name)});
        }
    }
    for (const ast::Node* annotation : annotations.contracts) {
        const Code* contract = delayed(annotation);
        const TypeCode* code = nullptr;
        if (contract->op == Op::Constant) {
            Word word = node<ConstantCode>(contract)->word;
            if (is(word, Tag::Type)) code = as<TypeObj>(word)->code;
        } else if (contract->op == Op::TypeLiteral) {
            code = node<TypeLiteralCode>(contract)->type;
        }
        result.push_back({contract, root_label(annotation, code, name)});
    }
    return target_.arena.copy(result);
}

}
