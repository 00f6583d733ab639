#include "lang/types/checker.hpp"

#include "lang/print/source_text.hpp"
#include "value/number/rational.hpp"

#include <algorithm>

// Contracts within types are equal if they are written alike and their names stand for the same.
// Names are followed to what they are bound to, a bounded number of times: two that unfold for
// ever are different.
namespace lang::types {

using ast::Kind;

// Enough for aliases of aliases; contracts that name themselves end here.
constexpr int kUnfoldings = 12;
constexpr int kMaxSteps = 20'000;   // of one comparison; what takes longer is different
constexpr int kMaxDepth = 1'000;
constexpr std::size_t kMaxText = 4'000;   // of a contract in a message

bool Checker::same_contract(std::uint32_t left, std::uint32_t right) {
    if (left == right) return true;
    comparisons_ = 0;
    return same(contracts_[left], contracts_[right], kUnfoldings);
}

std::string Checker::text_of(std::uint32_t contract) {
    const std::string_view written = sources_.text(contracts_[contract].term->span);
    print::Layout layout;
    print::append_source(layout, written);
    auto rendered = layout.render(kMaxText, kMaxText);
    std::string text =
        rendered.ok() ? std::move(rendered).value() : std::string(written.substr(0, kMaxText));
    // On one line the comma behind the last field is left out.
    for (std::size_t at = 0; (at = text.find(", }", at)) != text.npos;) text.erase(at, 1);
    return text;
}

static bool same_number(std::string_view left, std::string_view right) {
    if (left == right) return true;
    if (left.empty() || right.empty()) return false;
    // By value: 1.0 and 1 are one number, however they are written.
    const auto one = value::Rational::from_numeral(left);
    const auto other = value::Rational::from_numeral(right);
    return one.ok() && other.ok() && *one == *other;
}

bool Checker::is_library(const ast::Var& var, const File& file) const {
    static const Symbol kStd = Symbol::forever("std");
    if (var.binding == 0 || var.name != kStd) return false;
    const resolve::Binding& binding = (*file.names)[var.binding];
    // In the library's own modules `std` is a parameter.
    const bool is_module = file.is_library && binding.kind == resolve::Binding::Kind::Parameter;
    return binding.kind == resolve::Binding::Kind::Global || is_module;
}

// What a name stands for, if that is known.
std::optional<ContractTerm> Checker::unfold(ContractTerm term) {
    if (term.term->kind != Kind::Var) return std::nullopt;
    const auto& var = *static_cast<const ast::Var*>(term.term);
    if (var.binding == 0) return std::nullopt;
    // Parameters have none: what they stand for, each call decides.
    const ast::Node* value = names(*term.file).values[var.binding];
    if (!value) return std::nullopt;
    return ContractTerm{value, term.file};
}

bool Checker::same(ContractTerm left, ContractTerm right, int gas) {
    if (left.term == right.term) return true;
    // Different is the safe answer: it asks for an annotation, where "the same" could let a mistake
    // pass.
    if (++comparisons_ > kMaxSteps || comparing_ > kMaxDepth) return false;
    ++comparing_;
    const bool is_same = same_unfolded(left, right, gas);
    --comparing_;
    return is_same;
}

bool Checker::same_unfolded(ContractTerm left, ContractTerm right, int gas) {
    const bool is_left_name = left.term->kind == Kind::Var;
    const bool is_right_name = right.term->kind == Kind::Var;
    if (is_left_name && is_right_name) {
        const auto& one = *static_cast<const ast::Var*>(left.term);
        const auto& other = *static_cast<const ast::Var*>(right.term);
        if (is_library(one, *left.file) && is_library(other, *right.file)) return true;
        if (left.file == right.file && one.binding == other.binding) return one.binding != 0;
        // Neither is known to stand for something: then by their names, as the official
        // implementation has it.
        if (!unfold(left) && !unfold(right)) return one.name == other.name;
    }
    if (is_left_name || is_right_name) {
        // A name against a term: followed on either side, until both are terms.
        if (gas == 0) return false;
        if (is_left_name) {
            const auto value = unfold(left);
            if (value && same(*value, right, gas - 1)) return true;
        }
        const auto value = is_right_name ? unfold(right) : std::nullopt;
        return value && same(left, *value, gas - 1);
    }
    return left.term->kind == right.term->kind && same_terms(left, right, gas);
}

// In the places of types: a type is never the same as a name, whatever that stands for.
bool Checker::same_types(ContractTerm left, ContractTerm right, int gas) {
    const bool is_type = left.term->kind >= Kind::TypeDyn && left.term->kind <= Kind::TypeWildcard;
    const bool is_other =
        right.term->kind >= Kind::TypeDyn && right.term->kind <= Kind::TypeWildcard;
    return is_type == is_other && same(left, right, gas);
}

// Of two `forall`s that are compared, whatever their variables are called.
bool Checker::same_variable(Symbol left, Symbol right) const {
    for (std::size_t i = variables_.size(); i-- > 0;) {
        const auto& [one, other] = variables_[i];
        // The innermost that binds either decides, as an inner variable hides an outer one of its
        // name.
        if (one == left || other == right) return one == left && other == right;
    }
    return left == right;
}

bool Checker::same_lists(ast::List<const ast::Node*> left, const File* left_file,
                         ast::List<const ast::Node*> right, const File* right_file, int gas) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (!same({left[i], left_file}, {right[i], right_file}, gas)) return false;
    }
    return true;
}

bool Checker::same_rows(ast::List<ast::TypeRow> left, const File* left_file,
                        ast::List<ast::TypeRow> right, const File* right_file, int gas) {
    if (left.size() != right.size()) return false;
    return std::ranges::all_of(left, [&](const ast::TypeRow& row) {
        // Rows in any order are one type.
        const auto other = std::ranges::find(right, row.name, &ast::TypeRow::name);
        if (other == right.end() || !row.type != !other->type) return false;
        return !row.type || same_types({row.type, left_file}, {other->type, right_file}, gas);
    });
}

bool Checker::same_annotations(const ast::Annotations* left, const File* left_file,
                               const ast::Annotations* right, const File* right_file, int gas) {
    static const ast::Annotations kNone;
    const ast::Annotations& one = left ? *left : kNone;
    const ast::Annotations& other = right ? *right : kNone;
    // Documentation is not compared: it says nothing of values.
    if (!one.type != !other.type || one.optional != other.optional ||
        one.not_exported != other.not_exported || one.priority != other.priority ||
        !same_number(one.priority_number, other.priority_number))
        return false;
    if (one.type && !same_types({one.type, left_file}, {other.type, right_file}, gas)) return false;
    if (one.contracts.size() != other.contracts.size()) return false;
    for (std::size_t i = 0; i < one.contracts.size(); ++i) {
        if (!same_types({one.contracts[i], left_file}, {other.contracts[i], right_file}, gas))
            return false;
    }
    return true;
}

bool Checker::same_records(ContractTerm left, ContractTerm right, int gas) {
    const auto& one = *static_cast<const ast::Record*>(left.term);
    const auto& other = *static_cast<const ast::Record*>(right.term);
    if (one.open != other.open || one.fields.size() != other.fields.size() ||
        one.includes.size() != other.includes.size())
        return false;
    for (const ast::IncludeDef& include : one.includes) {
        const auto match = std::ranges::find(other.includes, include.name, &ast::IncludeDef::name);
        if (match == other.includes.end() ||
            !same_annotations(include.annotations, left.file, match->annotations, right.file, gas))
            return false;
    }
    return std::ranges::all_of(one.fields, [&](const ast::FieldDef& field) {
        const auto is_match = [&](const ast::FieldDef& candidate) {
            // A name that is computed is like no other: nobody knows what it comes to.
            return std::ranges::equal(field.path, candidate.path,
                                      [](const ast::PathElement& a, const ast::PathElement& b) {
                                          return !a.dynamic && !b.dynamic && a.name == b.name;
                                      });
        };
        const auto match = std::ranges::find_if(other.fields, is_match);
        if (match == other.fields.end() || !field.value != !match->value) return false;
        if (field.value && !same({field.value, left.file}, {match->value, right.file}, gas))
            return false;
        return same_annotations(field.annotations, left.file, match->annotations, right.file, gas);
    });
}

bool Checker::same_terms(ContractTerm left, ContractTerm right, int gas) {
    const auto as = [&]<typename T>(T*) {
        return std::pair<const T&, const T&>(*static_cast<const T*>(left.term),
                                             *static_cast<const T*>(right.term));
    };
    const auto both = [&](const ast::Node* one, const ast::Node* other) {
        return same({one, left.file}, {other, right.file}, gas);
    };
    switch (left.term->kind) {
        case Kind::Null: return true;
        case Kind::Bool: {
            const auto [a, b] = as(static_cast<ast::Bool*>(nullptr));
            return a.value == b.value;
        }
        case Kind::Number: {
            const auto [a, b] = as(static_cast<ast::Number*>(nullptr));
            return same_number(a.text, b.text);
        }
        case Kind::String: {
            const auto [a, b] = as(static_cast<ast::String*>(nullptr));
            return a.text == b.text;
        }
        case Kind::EnumTag: {
            const auto [a, b] = as(static_cast<ast::EnumTag*>(nullptr));
            if (a.tag != b.tag || !a.argument != !b.argument) return false;
            return !a.argument || both(a.argument, b.argument);
        }
        case Kind::Array: {
            const auto [a, b] = as(static_cast<ast::Array*>(nullptr));
            return same_lists(a.elements, left.file, b.elements, right.file, gas);
        }
        case Kind::Annotated: {
            const auto [a, b] = as(static_cast<ast::Annotated*>(nullptr));
            return both(a.term, b.term) &&
                   same_annotations(a.annotations, left.file, b.annotations, right.file, gas);
        }
        case Kind::Apply: {
            const auto [a, b] = as(static_cast<ast::Apply*>(nullptr));
            return both(a.head, b.head) &&
                   same_lists(a.arguments, left.file, b.arguments, right.file, gas);
        }
        case Kind::Access: {
            const auto [a, b] = as(static_cast<ast::Access*>(nullptr));
            return a.field == b.field && both(a.object, b.object);
        }
        case Kind::Record: return same_records(left, right, gas);
        default: return same_written(left, right, gas);
    }
}

// Types within contracts, or as contracts.
bool Checker::same_written(ContractTerm left, ContractTerm right, int gas) {
    const auto as = [&]<typename T>(T*) {
        return std::pair<const T&, const T&>(*static_cast<const T*>(left.term),
                                             *static_cast<const T*>(right.term));
    };
    const auto types = [&](const ast::Node* one, const ast::Node* other) {
        return same_types({one, left.file}, {other, right.file}, gas);
    };
    switch (left.term->kind) {
        case Kind::TypeDyn:
        case Kind::TypeNumber:
        case Kind::TypeBool:
        case Kind::TypeString: return true;
        case Kind::TypeArray: {
            const auto [a, b] = as(static_cast<ast::TypeArray*>(nullptr));
            return types(a.element, b.element);
        }
        case Kind::TypeDict: {
            const auto [a, b] = as(static_cast<ast::TypeDict*>(nullptr));
            return a.is_contract == b.is_contract && types(a.element, b.element);
        }
        case Kind::TypeArrow: {
            const auto [a, b] = as(static_cast<ast::TypeArrow*>(nullptr));
            return types(a.domain, b.domain) && types(a.codomain, b.codomain);
        }
        case Kind::TypeForall: {
            const auto [a, b] = as(static_cast<ast::TypeForall*>(nullptr));
            if (a.variable_kind != b.variable_kind) return false;
            // Names of variables do not matter, only that they stand in the same places.
            variables_.emplace_back(a.variable, b.variable);
            const bool is_same = types(a.body, b.body);
            variables_.pop_back();
            return is_same;
        }
        case Kind::TypeVar: {
            const auto [a, b] = as(static_cast<ast::TypeVar*>(nullptr));
            return same_variable(a.name, b.name);
        }
        case Kind::TypeRecord: {
            const auto [a, b] = as(static_cast<ast::TypeRecord*>(nullptr));
            return a.tail == b.tail && same_variable(a.tail_variable, b.tail_variable) &&
                   same_rows(a.rows, left.file, b.rows, right.file, gas);
        }
        case Kind::TypeEnum: {
            const auto [a, b] = as(static_cast<ast::TypeEnum*>(nullptr));
            return a.tail == b.tail && same_variable(a.tail_variable, b.tail_variable) &&
                   same_rows(a.rows, left.file, b.rows, right.file, gas);
        }
        default: return false;
    }
}

}
