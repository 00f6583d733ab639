#include "lang/types/record_parts.hpp"

#include <algorithm>

namespace lang::types {

using ast::Kind;
using ast::PriorityKind;

void Fields::add(const ast::FieldDef& field, std::size_t depth) {
    const ast::PathElement& element = field.path[depth];
    if (element.dynamic != nullptr) return;
    const auto [known, is_new] = places_.emplace(element.name.id, by_name.size());
    if (is_new) by_name.emplace_back(element.name, std::vector<Definition>{});
    by_name[known->second].second.push_back({&field, depth});
}

// Of a record with thousands of paths, each is looked at by itself.
constexpr std::size_t kMostPaths = 64;

std::vector<Piece> pieces_of(const FileIndex& index, const ast::Record& record,
                             const ast::FieldDef& annotated) {
    std::vector<Piece> pieces;
    const auto& all = index.definitions(record.scope, annotated.path[0].name);
    const std::size_t length = annotated.path.size();
    if (annotated.path[0].dynamic != nullptr || all.size() > kMostPaths) {
        if (annotated.value != nullptr) pieces.push_back({.term = annotated.value});
        return pieces;
    }
    for (const ast::FieldDef* one : all) {
        const ast::FieldDef& other = *one;
        if (other.path.size() < length) continue;
        const bool is_same = std::ranges::equal(
            annotated.path, other.path.subspan(0, length), [](const auto& one, const auto& two) {
                return one.dynamic == nullptr && two.dynamic == nullptr && one.name == two.name;
            });
        if (!is_same && &other != &annotated) continue;
        // Another contract there may make anything of it.
        if (other.path.size() == length && &other != &annotated && other.annotations != nullptr &&
            other.annotations->has_contracts())
            return {};
        if (other.path.size() > length) {
            pieces.push_back({.field = &other, .depth = length});
        } else if (other.value != nullptr) {
            pieces.push_back({.term = other.value});
        }
    }
    return pieces;
}

std::vector<Piece> that_count(const std::vector<Definition>& definitions, bool is_open) {
    const auto annotations_at = [](const Definition& one) {
        const bool is_last = one.depth + 1 == one.field->path.size();
        return is_last ? one.field->annotations : nullptr;
    };
    bool has_force = false;
    for (const Definition& one : definitions) {
        const ast::Annotations* annotations = annotations_at(one);
        if (annotations == nullptr) continue;
        if (annotations->has_contracts()) return {};
        has_force = has_force || annotations->priority == PriorityKind::Force;
    }
    std::vector<Piece> pieces;
    for (const Definition& one : definitions) {
        const ast::Annotations* annotations = annotations_at(one);
        const auto priority =
            annotations == nullptr ? PriorityKind::Neutral : annotations->priority;
        if (has_force && priority != PriorityKind::Force) continue;
        const bool is_low = priority == PriorityKind::Default || priority == PriorityKind::Number;
        if (is_low && (is_open || definitions.size() > 1)) continue;
        if (one.depth + 1 < one.field->path.size()) {
            pieces.push_back({.field = one.field, .depth = one.depth + 1});
        } else if (one.field->value != nullptr) {
            pieces.push_back({.term = one.field->value});
        }
    }
    return pieces;
}

bool expects_record(const TermRef& contract) {
    return contract.node->kind == Kind::Record || contract.node->kind == Kind::TypeDict ||
           contract.node->kind == Kind::TypeRecord;
}

bool contracts_of(const TermRef& contract, Symbol name, std::vector<TermRef>& contracts) {
    if (contract.node->kind == Kind::TypeDict) {
        const auto& dict = *static_cast<const ast::TypeDict*>(contract.node);
        contracts.push_back({contract.file, dict.element});
        return true;
    }
    if (contract.node->kind == Kind::TypeRecord) {
        const auto& record = *static_cast<const ast::TypeRecord*>(contract.node);
        for (const ast::TypeRow& row : record.rows)
            if (row.name == name) contracts.push_back({contract.file, row.type});
        return !contracts.empty() || record.tail != ast::Tail::Closed;
    }
    if (contract.node->kind != Kind::Record) return true;
    const auto& record = *static_cast<const ast::Record*>(contract.node);
    bool is_known = record.open;
    for (const ast::FieldDef& field : record.fields) {
        const ast::PathElement& first = field.path[0];
        if (first.dynamic != nullptr) is_known = true;
        if (first.dynamic != nullptr || first.name != name) continue;
        is_known = true;
        if (field.path.size() != 1 || field.annotations == nullptr) continue;
        if (field.annotations->type != nullptr)
            contracts.push_back({contract.file, field.annotations->type});
        for (const ast::Node* one : field.annotations->contracts)
            contracts.push_back({contract.file, one});
    }
    return is_known || !record.includes.empty();
}

std::vector<std::string_view> field_names(const TermRef& contract) {
    std::vector<std::string_view> known;
    if (contract.node->kind == Kind::Record) {
        for (const auto& field : static_cast<const ast::Record*>(contract.node)->fields)
            known.push_back(field.path[0].name.text());
    } else {
        for (const auto& row : static_cast<const ast::TypeRecord*>(contract.node)->rows)
            known.push_back(row.name.text());
    }
    return known;
}

}
