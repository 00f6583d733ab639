#include "lang/syntax/parser_core.hpp"

#include <algorithm>
#include <unordered_set>

namespace lang {

using namespace ast;

namespace {

// `f : T` and nothing else: a field of a record type.
bool is_typed_only(const FieldDef& field) {
    const Annotations* behind = field.annotations;
    return field.path.size() == 1 && !field.value && behind && behind->type &&
           behind->contracts.empty() && !behind->doc && !behind->optional &&
           !behind->not_exported && behind->priority == PriorityKind::Neutral;
}

}

ast::Node* Parser::record() {
    RecordParts parts;
    parts.begin = at_->begin;
    parts.opened = *at_;
    Bracket bracket(*this, TokenKind::RightBrace);
    advance();
    // No field is named `_`, so one token decides.
    if (is(TokenKind::Underscore)) return dictionary(parts.opened);
    record_items(parts);
    record_end(parts);
    expect(TokenKind::RightBrace, &parts.opened);
    return finish_record(parts);
}

// `{ _ : T }` and `{ _ | C }`
ast::Node* Parser::dictionary(const Token& opened) {
    advance();
    bool is_contract = is(TokenKind::Bar);
    if (!is_contract && !is(TokenKind::Colon)) {
        unexpected("`:` or `|`");
        recover();
        accept(TokenKind::RightBrace);
        return invalid(opened.begin);
    }
    advance();
    const Node* element = type();
    if (!is(TokenKind::RightBrace)) {
        value::Diagnostic* found = unexpected("`}`");
        if (found) found->notes.emplace_back("`{_ : T}` describes all fields and stands alone");
        while (!is(TokenKind::RightBrace) && !is(TokenKind::End)) {
            recover();
            if (!accept(TokenKind::Comma)) break;
        }
    }
    accept(TokenKind::RightBrace);
    return make<TypeDict>(Kind::TypeDict, opened.begin, element, is_contract);
}

void Parser::record_items(RecordParts& parts) {
    for (;;) {
        if (is(TokenKind::RightBrace) || is(TokenKind::Semicolon) || is(TokenKind::Ellipsis))
            return;
        if (starts_include()) {
            include(parts);
        } else {
            field(parts);
        }
        if (accept(TokenKind::Comma)) continue;
        if (is(TokenKind::RightBrace)) return;
        // `; Dyn }` and `; r }` end a record type. Any other `;` was meant as a comma.
        bool is_tail = is(TokenKind::Semicolon) &&
                       (ahead(1).kind == TokenKind::Dyn || ahead(2).kind == TokenKind::RightBrace);
        if (is_tail) return;
        if (value::Diagnostic* found = unexpected("`,` or `}`")) {
            found->labels.push_back({parts.opened.span(), "opened here", false});
        }
        // `;` for `,` is understood; only the first of them is told.
        if (accept(TokenKind::Semicolon)) continue;
        recover();
        if (!accept(TokenKind::Comma)) return;
    }
}

// What may stand last: `..`, or the tail of a record type.
void Parser::record_end(RecordParts& parts) {
    if (is(TokenKind::Ellipsis)) {
        parts.ellipsis = at_->span();
        advance();
    }
    if (is(TokenKind::Semicolon)) type_tail(parts.tail, parts.tail_variable, parts.tail_span, true);
    if (is(TokenKind::RightBrace) || is(TokenKind::End)) return;
    value::Diagnostic* found = unexpected("`}`");
    if (found && parts.ellipsis.exists()) found->notes.emplace_back("`..` stands last in a record");
    while (!is(TokenKind::RightBrace) && !is(TokenKind::End)) {
        recover();
        if (!accept(TokenKind::Comma)) break;
    }
}

// `include` is a word like any other unless names follow.
bool Parser::starts_include() const {
    if (!is(TokenKind::Identifier) || text(*at_) != "include") return false;
    // `include = 1` and `include | C` are fields of this name.
    return is_field_word(ahead(1)) || ahead(1).kind == TokenKind::LeftBracket;
}

void Parser::include(RecordParts& parts) {
    advance();
    if (!is(TokenKind::LeftBracket)) {
        Pos begin = at_->begin;
        Symbol name = Symbol::of(text(*at_));
        advance();
        const Annotations* behind = annotations(AnnotationPlace::Field);
        parts.includes.push_back({name, behind, span_from(begin)});
        return;
    }
    Token opened = *at_;
    Bracket bracket(*this, TokenKind::RightBracket);
    advance();
    while (is_field_word(*at_)) {
        parts.includes.push_back({Symbol::of(text(*at_)), nullptr, at_->span()});
        advance();
        if (!accept(TokenKind::Comma)) break;
    }
    if (is(TokenKind::RightBracket)) return advance();
    if (value::Diagnostic* found = unexpected("a name, `,` or `]`")) {
        found->labels.push_back({opened.span(), "opened here", false});
        if (is(TokenKind::Bar) || is(TokenKind::Colon)) {
            found->notes.emplace_back("annotations go with a single name: include x | C");
        }
    }
    do recover();
    while (accept(TokenKind::Comma));
    accept(TokenKind::RightBracket);
}

void Parser::field(RecordParts& parts) {
    FieldDef result;
    Pos begin = at_->begin;
    std::vector<PathElement> path;
    do {
        if (!path_element(path)) return;
    } while (accept(TokenKind::Dot));
    result.path = arena_.copy(path);
    // Each step is a record within the one before it.
    const Steps steps(*this, path.size() - 1);
    if (!steps.ok()) return;
    result.annotations = annotations(AnnotationPlace::Field);
    if (accept(TokenKind::Equal)) {
        result.value = term();
    } else if (!is(TokenKind::Comma) && !is(TokenKind::RightBrace) && !is(TokenKind::Semicolon)) {
        value::Diagnostic* found = unexpected("`=`, `,` or `}`");
        if (found) found->labels.push_back({parts.opened.span(), "in this record", false});
        // With `==` for `=` what follows is read as its value, so that its own mistakes are found
        // as well.
        if (accept(TokenKind::EqualEqual)) result.value = term();
    }
    result.span = span_from(begin);
    parts.fields.push_back(result);
}

bool Parser::path_element(std::vector<ast::PathElement>& path) {
    PathElement element;
    element.span = at_->span();
    if (is_field_word(*at_)) {
        element.name = Symbol::of(text(*at_));
        advance();
    } else if (is(TokenKind::StringLiteral) || is(TokenKind::StringStart) ||
               is(TokenKind::MultilineStart)) {
        Node* name = string();
        if (name->kind == Kind::String) {
            element.name = Symbol::of(static_cast<String*>(name)->text);
        } else {
            element.dynamic = name;
        }
        element.span = name->span;
    } else {
        unexpected("the name of a field");
        return false;
    }
    path.push_back(element);
    return true;
}

ast::Node* Parser::finish_record(RecordParts& parts) {
    // Whether braces hold a type or a value shows only at their end. An empty `{}` without a tail
    // is a record; as_type() makes a type of it where one is wanted.
    bool is_type = parts.includes.empty() && std::ranges::all_of(parts.fields, is_typed_only) &&
                   (!parts.fields.empty() || parts.tail != Tail::Closed);
    if (is_type) return record_type(parts);
    if (parts.tail != Tail::Closed) {
        value::Diagnostic* found =
            report(span_from(parts.begin), "this record cannot have a tail", "");
        if (found) {
            found->labels.push_back({parts.tail_span, "this tail makes it a record type", false});
            found->notes.emplace_back("the fields of a record type are all written `name : Type`");
        }
        return invalid(parts.begin);
    }
    check_typed_fields(parts);
    check_includes(parts);
    return make<Record>(Kind::Record, parts.begin, arena_.copy(parts.fields),
                        arena_.copy(parts.includes), parts.ellipsis.exists());
}

ast::Node* Parser::record_type(RecordParts& parts) {
    auto refuse = [&](Span where, const char* why) {
        value::Diagnostic* found = report(where, "invalid record type", why);
        if (found) {
            found->labels.push_back({span_from(parts.begin), "in this record type", false});
            found->notes.emplace_back(
                "all fields being written `name : Type`, this is a record type; "
                "for a record contract write `name | Type`");
        }
        return invalid(parts.begin);
    };
    if (parts.ellipsis.exists()) return refuse(parts.ellipsis, "a record type cannot be open");
    std::vector<TypeRow> rows;
    std::unordered_map<std::uint32_t, Span> seen;
    for (const FieldDef& field : parts.fields) {
        const PathElement& name = field.path[0];
        if (name.dynamic) return refuse(name.span, "the name of this field is computed");
        if (!seen.emplace(name.name.id, name.span).second) {
            return refuse(name.span, "this field is declared twice");
        }
        rows.push_back({name.name, field.annotations->type, field.span});
    }
    return make<TypeRecord>(Kind::TypeRecord, parts.begin, arena_.copy(rows), parts.tail,
                            parts.tail_variable);
}

// Outside of a record type, `f : T` annotates a value, which must be there.
void Parser::check_typed_fields(const RecordParts& parts) {
    auto is_suspect = [](const FieldDef& field) {
        return !field.value && field.annotations && field.annotations->type;
    };
    if (std::ranges::none_of(parts.fields, is_suspect)) return;
    std::unordered_set<std::uint32_t> defined;
    for (const FieldDef& field : parts.fields) {
        // `a : T, a = 1` is one field written in two pieces, and `a.b = 1` defines `a`, too.
        bool defines = !field.path[0].dynamic && (field.value || field.path.size() > 1);
        if (defines && !is_suspect(field)) defined.insert(field.path[0].name.id);
    }
    for (const FieldDef& field : parts.fields) {
        if (!is_suspect(field) || (field.path.size() == 1 && !field.path[0].dynamic &&
                                   defined.contains(field.path[0].name.id))) {
            continue;
        }
        value::Diagnostic* found =
            report({field.path.front().span.begin, field.path.back().span.end},
                   "a field with a type needs a value", "this field has no value",
                   "TypedFieldWithoutDefinition");
        if (!found) return;
        found->labels.push_back({field.annotations->type->span, "but this type", false});
        found->notes.emplace_back(
            "`:` checks the value that stands beside it; to declare a field that "
            "others define, use `|` instead");
        found->notes.emplace_back("a record type, where `:` alone is right, has only such fields");
    }
}

void Parser::check_includes(const RecordParts& parts) {
    if (parts.includes.empty()) return;
    std::unordered_map<std::uint32_t, Span> included;
    auto refuse = [&](Symbol name, Span first, Span second) {
        value::Diagnostic* found = report(
            second, "`" + std::string(name.text()) + "` is included and defined in the same record",
            "and again here");
        if (found) found->labels.push_back({first, "included here", false});
    };
    for (const IncludeDef& item : parts.includes) {
        auto [at, is_new] = included.emplace(item.name.id, item.span);
        if (!is_new) refuse(item.name, at->second, item.span);
    }
    for (const FieldDef& field : parts.fields) {
        if (field.path[0].dynamic) continue;
        auto found = included.find(field.path[0].name.id);
        if (found != included.end()) refuse(field.path[0].name, found->second, field.path[0].span);
    }
}

}
