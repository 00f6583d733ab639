#include "lang/compile/scope.hpp"

#include <algorithm>

namespace lang::compile {

using ast::Kind;

static bool has_value(const ast::FieldDef& piece) { return piece.value || piece.path.size() > 1; }

// What a piece of a piecewise definition says of its first field: `a.b = 1` defines a as {b = 1}.
// Within one literal only. `a.b = 1, a.c = 2` are two pieces of `a`, merged as the manual has it.
static ast::FieldDef shorten(Arena& arena, const ast::FieldDef& piece) {
    if (piece.path.size() == 1) return piece;
    auto* inner = arena.make<ast::FieldDef>(piece);
    inner->path = piece.path.subspan(1);
    auto* record = arena.make<ast::Record>();
    record->kind = Kind::Record;
    record->span = {piece.path[1].span.begin, piece.span.end};
    record->fields = {inner, 1};
    record->scope = piece.path[1].scope;
    ast::FieldDef outer = piece;
    outer.path = piece.path.first(1);
    // Annotations stand behind the whole path and belong to the last field of it.
    outer.annotations = nullptr;
    outer.value = record;
    return outer;
}

static int compare_priority(const ast::Annotations& a, const ast::Annotations& b) {
    auto rank = [](const ast::Annotations& annotations) {
        return annotations.priority == ast::PriorityKind::Default ? -1
               : annotations.priority == ast::PriorityKind::Force ? 1
                                                                  : 0;
    };
    auto number = [](const ast::Annotations& annotations) {
        if (annotations.priority != ast::PriorityKind::Number) return value::Rational();
        auto value = value::Rational::from_numeral(annotations.priority_number);
        return value.ok() ? std::move(value).value() : value::Rational();
    };
    if (rank(a) != rank(b)) return rank(a) < rank(b) ? -1 : 1;
    auto order = number(a) <=> number(b);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

// `a.b = 1`, with a step of the path that is written and not computed.
static bool is_step(const ast::FieldDef& piece) {
    return piece.path.size() > 1 && !piece.path[1].dynamic;
}

// What several pieces of a field say of its value. Paths that stand side by side are fields of one
// record, whatever their number: `a.b = 1, a.c = 2` is `a = {b = 1, c = 2}`, as steps of a path
// open no scope.
static std::vector<ast::FieldDef> values_of(Arena& arena, std::span<const ast::FieldDef> pieces) {
    std::vector<ast::FieldDef> values;
    for (std::size_t i = 0; i < pieces.size();) {
        std::size_t end = i;
        while (end < pieces.size() && is_step(pieces[end])) ++end;
        if (end < i + 2) {
            values.push_back(shorten(arena, pieces[i++]));
            continue;
        }
        ast::FieldDef all = shorten(arena, pieces[i]);
        auto* record = arena.make<ast::Record>(*static_cast<const ast::Record*>(all.value));
        std::vector<ast::FieldDef> fields;
        for (; i < end; ++i) {
            fields.push_back(pieces[i]);
            fields.back().path = pieces[i].path.subspan(1);
        }
        record->fields = arena.copy(fields);
        record->span.end = pieces[end - 1].span.end;
        all.value = record;
        values.push_back(all);
    }
    return values;
}

// Merged in pairs, and pairs of pairs: one after the other each merge would copy all before it.
static const ast::Node* merge_all(Arena& arena, std::span<const ast::FieldDef> values) {
    if (values.size() == 1) return values[0].value;
    const auto right = values.subspan((values.size() + 1) / 2);
    auto* merged = arena.make<ast::Binary>();
    merged->kind = Kind::Binary;
    merged->op = ast::BinaryOp::Merge;
    merged->op_span = right[0].path[0].span;
    merged->left = merge_all(arena, values.first(values.size() - right.size()));
    merged->right = merge_all(arena, right);
    merged->span = {merged->left->span.begin, merged->right->span.end};
    return merged;
}

// Several definitions of one field in one literal, as one: values of the highest priority are
// merged, contracts add up, `optional` must be said by all.
static ast::FieldDef combine(Arena& arena, const std::vector<ast::FieldDef>& pieces) {
    static const ast::Annotations kNone;
    // Annotations stand behind the whole path and belong to the last field of it.
    const auto annotations_of = [](const ast::FieldDef& piece) -> const ast::Annotations& {
        return piece.annotations && piece.path.size() == 1 ? *piece.annotations : kNone;
    };
    auto* annotations = arena.make<ast::Annotations>();
    annotations->optional = true;
    std::vector<const ast::Node*> contracts;
    const ast::Annotations* winner = nullptr;
    for (const ast::FieldDef& piece : pieces) {
        const ast::Annotations& of = annotations_of(piece);
        // Among several the highest priority wins, as in a merge of two records.
        if (has_value(piece) && (!winner || compare_priority(of, *winner) > 0)) winner = &of;
        if (of.type) contracts.push_back(of.type);
        contracts.insert(contracts.end(), of.contracts.begin(), of.contracts.end());
        if (!annotations->doc) annotations->doc = of.doc;
        annotations->optional = annotations->optional && of.optional;
        annotations->not_exported |= of.not_exported;
    }
    annotations->contracts = arena.copy(contracts);
    // Values of lower priority are dropped here and now: nothing could bring them back.
    std::vector<ast::FieldDef> counting;
    for (const ast::FieldDef& piece : pieces) {
        if (has_value(piece) && compare_priority(annotations_of(piece), *winner) == 0)
            counting.push_back(piece);
    }
    const std::vector<ast::FieldDef> values = values_of(arena, counting);
    ast::FieldDef result = values.empty() ? pieces.front() : values.front();
    result.path = pieces.front().path.first(1);
    if (!values.empty()) result.value = merge_all(arena, values);
    // A piece without value says nothing of priority, unless none has one.
    if (!winner) {
        for (const ast::FieldDef& piece : pieces) {
            if (piece.annotations && (!winner || compare_priority(*piece.annotations, *winner) > 0))
                winner = piece.annotations;
        }
    }
    if (winner) {
        annotations->priority = winner->priority;
        annotations->priority_number = winner->priority_number;
    }
    result.annotations = annotations;
    return result;
}

const Meta* Compiler::meta(const ast::Annotations& annotations, Span span) {
    bool plain = !annotations.doc && !annotations.optional && !annotations.not_exported &&
                 !annotations.type && annotations.contracts.empty() &&
                 annotations.priority == ast::PriorityKind::Neutral;
    if (plain) return nullptr;
    auto* meta = target_.arena.make<Meta>();
    meta->span = span;
    meta->optional = annotations.optional;
    meta->not_exported = annotations.not_exported;
    if (annotations.doc && annotations.doc->kind == Kind::String) {
        meta->doc = static_cast<const ast::String*>(annotations.doc)->text;
        meta->has_doc = true;
    }
    if (annotations.type) meta->type = annotations.type->span;
    std::vector<Span> spans;
    for (const ast::Node* contract : annotations.contracts) spans.push_back(contract->span);
    meta->contracts = target_.arena.copy(spans);
    meta->has_priority = annotations.priority != ast::PriorityKind::Neutral;
    if (annotations.priority == ast::PriorityKind::Default) meta->priority.rank = -1;
    if (annotations.priority == ast::PriorityKind::Force) meta->priority.rank = 1;
    if (annotations.priority == ast::PriorityKind::Number) {
        auto number = value::Rational::from_numeral(annotations.priority_number);
        if (!number.ok()) {
            report("ParseError::ParseError", std::string(number.error().message()), span);
            // Priority 0 is what a field has anyhow.
        } else if (number->sign() != 0) {
            meta->priority.number = target_.heap.rational(std::move(number).value());
        }
    }
    return meta;
}

const Block* Compiler::field_block(BlockBuilder& literal, const ast::Node* value,
                                   const ast::Annotations* annotations, Symbol name) {
    BlockBuilder child{.kind = BlockBuilder::Kind::Field, .parent = &literal};
    BlockScope scope(*this, child);
    const Code* body = nullptr;
    if (annotations) {
        body = annotated(value, *annotations, name);
    } else if (value->kind == Kind::Fun) {
        body = lambda(*static_cast<const ast::Fun*>(value), name);
    } else {
        // A constructor is kept as such, so that the slot gets the object without a thunk.
        const Code* lazy = nullptr;
        bool constructor = is_type(value) || value->kind == Kind::Array ||
                           value->kind == Kind::EnumTag || value->kind == Kind::Var;
        if (constructor) lazy = delayed(value);
        body = lazy && lazy->op != Op::Delay ? lazy : strict(value);
    }
    return finish(child, body, name, value->span);
}

const ContractList* Compiler::field_contracts(const ast::Annotations& annotations,
                                              BlockBuilder& literal, Symbol name) {
    std::vector<ContractItem> items;
    for (const ast::Node* annotation : annotations.contracts) {
        BlockBuilder child{.kind = BlockBuilder::Kind::Field, .parent = &literal};
        BlockScope scope(*this, child);
        const Code* contract = delayed(annotation);
        ContractItem item;
        const TypeCode* code = nullptr;
        // A contract that needs nothing from its record is one word for all records.
        if (contract->op == Op::Constant) {
            item.value = node<ConstantCode>(contract)->word;
            if (is(item.value, Tag::Type)) code = as<TypeObj>(item.value)->code;
        } else {
            if (contract->op == Op::TypeLiteral) code = node<TypeLiteralCode>(contract)->type;
            if (contract->op == Op::Delay) {
                // The field's own thunk suffices: run the term in this block.
                BlockBuilder direct{.kind = BlockBuilder::Kind::Field, .parent = &literal};
                BlockScope inner(*this, direct);
                const Code* body = strict(annotation);
                item.code = finish(direct, body, name, annotation->span);
            } else {
                item.code = finish(child, contract, name, annotation->span);
            }
            item.depends_on_self = item.code->depends_on_self;
        }
        item.label = root_label(annotation, code, name);
        items.push_back(item);
    }
    if (items.empty()) return nullptr;
    auto* list = target_.arena.make<ContractList>();
    list->items = target_.arena.copy(items);
    return list;
}

Field Compiler::field(const ast::FieldDef& definition, BlockBuilder& literal) {
    Field result;
    result.span = definition.path[0].span;
    Symbol name = definition.path[0].name;
    const ast::Annotations* annotations = definition.annotations;
    if (annotations) {
        result.meta = meta(*annotations, definition.path[0].span);
        result.contracts = field_contracts(*annotations, literal, name);
    }
    if (definition.value) {
        // A short value can be shown whole in a message; of a long one the name says more.
        bool is_short = definition.value->kind != Kind::Record &&
                        definition.value->kind != Kind::Array &&
                        definition.value->kind != Kind::Fun;
        if (is_short) result.span = definition.value->span;
        // `: T` belongs to this value alone and does not travel through merges.
        const ast::Annotations* own = nullptr;
        if (annotations && annotations->type) {
            auto* type_only = target_.arena.make<ast::Annotations>();
            type_only->type = annotations->type;
            own = type_only;
        }
        const Block* block = field_block(literal, definition.value, own, name);
        // Constants are there without any code being run, in all records of this literal.
        if (block->body->op == Op::Constant) {
            result.method = Method::Shared;
            result.source = node<ConstantCode>(block->body)->word;
        } else {
            result.method = Method::Code;
            result.code = block;
            result.depends_on_self = block->depends_on_self;
        }
    }
    return result;
}

const Code* Compiler::record(const ast::Record& record) {
    Arena& arena = target_.arena;
    BlockBuilder literal{.kind = BlockBuilder::Kind::Literal, .parent = block_};
    std::unordered_map<std::uint32_t, std::uint32_t> count;
    // How often each name is defined.
    for (const ast::FieldDef& field : record.fields) {
        if (!field.path[0].dynamic) ++count[field.path[0].name.id];
    }
    for (const ast::IncludeDef& include : record.includes) {
        if (!count.emplace(include.name.id, 1).second) {
            report("ParseError::ParseError",
                   "multiple declarations of the included field `" +
                       std::string(include.name.text()) + "`",
                   include.span);
        }
    }
    const Entry* outer = scope_;
    std::vector<DynamicField> dynamic;
    std::vector<std::pair<Symbol, Field>> fields;
    std::unordered_map<std::uint32_t, std::vector<ast::FieldDef>> pieces;
    const Entry* inside =
        arena.make<Entry>(Entry{.literal = record.scope, .owner = &literal, .outer = outer});
    for (const ast::FieldDef& definition : record.fields) {
        if (definition.path[0].dynamic) {
            const ast::FieldDef one = shorten(arena, definition);
            // In the scope outside: the name of a field cannot depend on the record that it makes.
            const Code* name = strict(one.path[0].dynamic);
            scope_ = inside;
            dynamic.push_back({name, field(one, literal), one.path[0].span});
            scope_ = outer;
            continue;
        }
        Symbol name = definition.path[0].name;
        ast::FieldDef one = definition;
        if (count[name.id] > 1) {
            auto& known = pieces[name.id];
            known.push_back(definition);
            // Only the last piece makes the field, of all of them.
            if (known.size() < count[name.id]) continue;
            one = combine(arena, known);
        } else {
            one = shorten(arena, definition);
        }
        scope_ = inside;
        fields.emplace_back(name, field(one, literal));
        scope_ = outer;
    }
    for (const ast::IncludeDef& include : record.includes) {
        auto* var = arena.make<ast::Var>();
        var->kind = Kind::Var;
        var->span = include.span;
        var->name = include.name;
        var->binding = include.binding;
        ast::FieldDef definition;
        definition.path =
            arena.copy(std::vector<ast::PathElement>{{include.name, nullptr, include.span}});
        definition.annotations = include.annotations;
        definition.span = include.span;
        Field made;
        if (include.annotations) {
            scope_ = inside;
            made = field(definition, literal);
            scope_ = outer;
        }
        made.method = Method::Code;
        // A field without `=` that takes its value from outside: `include x` is x = (the outer x).
        made.code = field_block(literal, var, nullptr, include.name);   // in the outer scope
        if (made.code->body->op == Op::Constant) {
            made.method = Method::Shared;
            made.source = node<ConstantCode>(made.code->body)->word;
        }
        fields.emplace_back(include.name, made);
    }

    // Shapes have their names by id, and slots follow the shape.
    std::ranges::sort(fields, {}, [](const auto& field) { return field.first.id; });
    std::vector<Symbol> symbols;
    std::vector<Field> by_slot;
    std::vector<Word> initial;
    std::uint8_t flags = record.open ? Record::kOpen : 0;
    for (auto& [name, field] : fields) {
        symbols.push_back(name);
        by_slot.push_back(field);
        bool plain = field.method == Method::Shared && !field.contracts;
        initial.push_back(plain ? field.source : Word());
        if (field.meta && field.meta->optional) flags |= Record::kHasOptional;
    }
    for (const DynamicField& field : dynamic) {
        if (field.field.meta && field.field.meta->optional) flags |= Record::kHasOptional;
    }
    auto* code = arena.make<RecordCode>();
    code->op = dynamic.empty() ? Op::RecordLiteral : Op::DynamicRecord;
    code->span = record.span;
    code->shape = target_.shapes.intern(symbols);
    code->fields = arena.copy(by_slot);
    code->initial = arena.copy(initial);
    code->environment = arena.copy(literal.captures);
    code->dynamic = arena.copy(dynamic);
    code->flags = flags;
    return code;
}

}
