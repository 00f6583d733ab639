#include "lang/types/store.hpp"

#include <algorithm>

namespace lang::types {

Store::Store() {
    // Zero is no type: where an id may be missing, it is 0.
    types_.reserve(256);
    types_.push_back({});
    for (const Tag tag : {Tag::Dyn, Tag::Number, Tag::Bool, Tag::String, Tag::Key})
        types_.push_back({.tag = tag});
    types_.push_back({.tag = Tag::RowEmpty, .sort = Sort::RecordRows});
    types_.push_back({.tag = Tag::RowEmpty, .sort = Sort::EnumRows});
    types_.push_back({.tag = Tag::RowDyn, .sort = Sort::RecordRows});
}

// Tags of which `a`, and of some `b`, is another type.
static bool refers(Tag tag) {
    return tag == Tag::Array || tag == Tag::Arrow || tag == Tag::Record || tag == Tag::Dict ||
           tag == Tag::Enum;
}

TypeId Store::add(Type type) {
    if (type.tag == Tag::Bound) {
        type.closed = false;
    } else if (type.tag == Tag::RowExtend) {
        type.closed = types_[type.b].closed && types_[type.c].closed;
    } else if (type.tag == Tag::Forall) {
        // Of nested ones the inner may still hold variables of the outer.
        type.closed = types_[type.b].closed;
    } else if (refers(type.tag)) {
        type.closed = types_[type.a].closed && types_[type.b].closed;
    }
    types_.push_back(type);
    return static_cast<TypeId>(types_.size() - 1);
}

TypeId Store::root(TypeId id) {
    TypeId at = id;
    while (true) {
        const Type& type = types_[at];
        if (type.tag == Tag::Variable && type.a != 0) {
            at = type.a;
        } else if (type.tag == Tag::Lazy && type.b != 0) {
            at = type.b;
        } else {
            break;
        }
    }
    // Chains are cut short, or each step along a long row would walk them again.
    while (types_[id].tag == Tag::Variable && types_[id].a != 0 && types_[id].a != at) {
        const TypeId next = types_[id].a;
        types_[id].a = at;
        id = next;
    }
    return at;
}

void Store::assign(TypeId id, TypeId to) {
    (types_[id].tag == Tag::Lazy ? types_[id].b : types_[id].a) = to;
}

bool Store::excludes(TypeId variable, std::uint32_t name) const {
    const auto found = excluded_.find(variable);
    return found != excluded_.end() &&
           std::ranges::find(found->second, name) != found->second.end();
}

TypeId Store::replace(TypeId id, TypeId bound, TypeId by) {
    const Type type = types_[id];
    // Most types have no variable in them at all: they are shared, not copied.
    if (type.closed) return id;
    switch (type.tag) {
        case Tag::Bound: return id == bound ? by : id;
        case Tag::Array: return array(replace(type.a, bound, by));
        case Tag::Dict: return dict(replace(type.a, bound, by), type.flag);
        case Tag::Record: return record(replace(type.a, bound, by));
        case Tag::Enum: return tags(replace(type.a, bound, by));
        case Tag::Forall: return forall(type.a, replace(type.b, bound, by));
        case Tag::Arrow: {
            const TypeId from = replace(type.a, bound, by);
            return arrow(from, replace(type.b, bound, by));
        }
        case Tag::RowExtend: return replace_rows(id, bound, by);
        default: return id;
    }
}

// By a loop: a record type may have as many rows as a file has lines.
TypeId Store::replace_rows(TypeId id, TypeId bound, TypeId by) {
    std::vector<Type> rows;
    while (types_[id].tag == Tag::RowExtend && !types_[id].closed) {
        rows.push_back(types_[id]);
        id = types_[id].c;
    }
    id = replace(id, bound, by);
    for (std::size_t i = rows.size(); i-- > 0;) {
        const TypeId argument = rows[i].b == 0 ? 0 : replace(rows[i].b, bound, by);
        id = row(rows[i].sort, Symbol{rows[i].a}, argument, id);
    }
    return id;
}

void Store::names_beside(TypeId id, TypeId bound, std::vector<std::uint32_t>& names) const {
    const Type& type = types_[id];
    if (type.closed) return;
    if (type.tag == Tag::Forall) return names_beside(type.b, bound, names);
    if (type.tag == Tag::Arrow) names_beside(type.b, bound, names);
    if (refers(type.tag)) return names_beside(type.a, bound, names);
    if (type.tag != Tag::RowExtend) return;
    TypeId at = id;
    for (; types_[at].tag == Tag::RowExtend; at = types_[at].c) {
        const Type& one = types_[at];
        if (one.b != 0) names_beside(one.b, bound, names);
    }
    // Only rows that end in this variable: it must not stand for a name that is there already.
    if (at != bound) return;
    for (at = id; types_[at].tag == Tag::RowExtend; at = types_[at].c) {
        const Type& one = types_[at];
        if (one.sort == Sort::EnumRows && one.b == 0) continue;
        if (std::ranges::find(names, one.a) == names.end()) names.push_back(one.a);
    }
}

}
