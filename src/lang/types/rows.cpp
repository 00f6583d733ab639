#include "lang/types/unify.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

// Rows of records and enums: names with types, and a tail that is closed, dynamic, or a variable.
// A tag with an argument and the same tag without one are two rows.
namespace lang::types {

Unifier::Rows Unifier::flatten(TypeId at) {
    Rows flat;
    for (at = root(at); store_[at].tag == Tag::RowExtend; at = root(store_[at].c))
        flat.rows.push_back({store_[at].a, store_[at].b});
    flat.tail = at;
    return flat;
}

bool Unifier::parametricity(TypeId constant, TypeId violating, Sort sort) {
    const TypeId tail = whole(constant, store_[constant].sort);
    if (sort != Sort::Type) violating = whole(violating, sort);
    return fail(Misfit::Kind::ForallParametricityViolation, tail, violating);
}

// A row variable comes to stand for rows; none of them may be what stands beside it.
bool Unifier::bind_rows(TypeId variable, TypeId rows, TypeId expected, TypeId inferred) {
    const Sort sort = store_[variable].sort;
    const bool is_record = sort == Sort::RecordRows;
    TypeId at = root(rows);
    if (at == variable) return true;
    for (; store_[at].tag == Tag::RowExtend; at = root(store_[at].c)) {
        const Type row = store_[at];
        if (!is_record && row.b == 0) continue;
        if (store_.excludes(variable, row.a)) {
            return fail(is_record ? Misfit::Kind::RecordRowConflict : Misfit::Kind::EnumRowConflict,
                        row.b, inferred, Symbol{row.a});
        }
    }
    if (store_[at].tag == Tag::Constant && store_[at].b > store_[variable].b) {
        return fail(Misfit::Kind::VarLevelMismatch, expected, inferred, Symbol{store_[at].a});
    }
    if (at == variable || occurs(variable, rows, 0)) return mismatch(expected, inferred);
    if (store_[at].tag == Tag::Variable) {
        const std::vector<std::uint32_t> more = store_.excluded(variable);
        std::vector<std::uint32_t>& all = store_.excluded(at);
        for (const std::uint32_t name : more) {
            if (std::ranges::find(all, name) == all.end()) all.push_back(name);
        }
        store_.lower(at, store_[variable].b);
    }
    store_.link(variable, rows);
    return true;
}

bool Unifier::row_types(TypeId expected, const Row& wanted, const Row& found, bool by_fit) {
    if (wanted.type == 0) return true;   // tags without argument
    if (by_fit ? fits(found.type, wanted.type) : unify(wanted.type, found.type)) return true;
    const bool is_record = store_[expected].tag == Tag::Record;
    const Misfit inner = std::move(misfit);
    misfit = {.kind = is_record ? Misfit::Kind::RecordRowMismatch : Misfit::Kind::EnumRowMismatch,
              .expected = wanted.type,
              .inferred = found.type,
              .name = Symbol{wanted.name},
              .path = {Symbol{wanted.name}}};
    // The way inside is told as one path.
    if (is_record && inner.kind == Misfit::Kind::RecordRowMismatch) {
        misfit.path.insert(misfit.path.end(), inner.path.begin(), inner.path.end());
        misfit.expected = inner.expected;
        misfit.inferred = inner.inferred;
    }
    return false;
}

bool Unifier::rows(TypeId expected, TypeId inferred, bool by_fit) {
    const Rows wanted = flatten(store_[expected].a);
    Rows found = flatten(store_[inferred].a);
    const bool is_record = store_[expected].tag == Tag::Record;
    const Sort sort = is_record ? Sort::RecordRows : Sort::EnumRows;
    std::vector<bool> used(found.rows.size());
    const auto key = [&](const Row& row) {
        return (std::uint64_t{row.name} << 1U) | (is_record || row.type != 0 ? 1U : 0U);
    };
    std::unordered_map<std::uint64_t, std::size_t> index;
    for (std::size_t i = 0; i < found.rows.size(); ++i) index.try_emplace(key(found.rows[i]), i);
    for (std::size_t i = 0; i < wanted.rows.size(); ++i) {
        const Row& row = wanted.rows[i];
        if (const auto at = index.find(key(row)); at != index.end()) {
            if (used[at->second]) continue;   // the same row twice, of a broken type
            used[at->second] = true;
            if (!row_types(expected, row, found.rows[at->second], by_fit)) return false;
            continue;
        }
        // What the found side lacks its tail may still come to hold.
        const Rows rest = flatten(found.tail);
        found.tail = rest.tail;
        const bool is_bare = std::ranges::find(used, false) == used.end() && rest.rows.empty();
        if (is_bare && store_[found.tail].tag == Tag::Constant) {
            // Nothing but a variable of a `forall` is left, and it would have to be these.
            TypeId missing = root(wanted.tail);
            for (std::size_t k = wanted.rows.size(); k-- > i;)
                missing =
                    store_.row(sort, Symbol{wanted.rows[k].name}, wanted.rows[k].type, missing);
            return parametricity(found.tail, missing, sort);
        }
        if (store_[found.tail].tag != Tag::Variable)
            return fail(Misfit::Kind::MissingRow, expected, inferred, Symbol{row.name});
        const TypeId more = store_.variable(sort, store_[found.tail].b);
        if (is_record || row.type != 0) {
            // Before the reference below, which inserting may move.
            std::vector<std::uint32_t> names = store_.excluded(found.tail);
            names.push_back(row.name);
            store_.excluded(more) = std::move(names);
        } else {
            const std::vector<std::uint32_t> names = store_.excluded(found.tail);
            store_.excluded(more) = names;
        }
        const TypeId one = store_.row(sort, Symbol{row.name}, row.type, more);
        if (!bind_rows(found.tail, one, expected, inferred)) return false;
        found.tail = more;
    }
    return tails(expected, inferred, wanted, found, used);
}

// Once all wanted rows were found: what is left over, against the wanted tail.
bool Unifier::tails(TypeId expected, TypeId inferred, const Rows& wanted, const Rows& found,
                    const std::vector<bool>& used) {
    const Sort sort = store_[expected].tag == Tag::Record ? Sort::RecordRows : Sort::EnumRows;
    const TypeId wanted_tail = root(wanted.tail);
    TypeId left = root(found.tail);
    Symbol extra;
    for (std::size_t i = found.rows.size(); i-- > 0;) {
        if (used[i]) continue;
        left = store_.row(sort, Symbol{found.rows[i].name}, found.rows[i].type, left);
        extra = Symbol{found.rows[i].name};
    }
    if (wanted_tail == left) return true;
    const Type want = store_[wanted_tail];
    const Type have = store_[left];
    if (want.tag == Tag::Variable) return bind_rows(wanted_tail, left, expected, inferred);
    if (want.tag == Tag::Constant) {
        if (have.tag == Tag::Variable) return bind_rows(left, wanted_tail, expected, inferred);
        if (have.tag == Tag::Constant) return mismatch(whole(wanted_tail, sort), whole(left, sort));
        return parametricity(wanted_tail, left, sort);
    }
    if (want.tag == Tag::RowExtend) {
        // Both sides ended in one variable, which came to hold a row on the way.
        return rows(whole(wanted_tail, sort), whole(left, sort), false);
    }
    if (have.tag == Tag::RowExtend) {
        return fail(Misfit::Kind::ExtraRow, expected, inferred, extra);
    }
    if (have.tag == Tag::Variable) return bind_rows(left, wanted_tail, expected, inferred);
    if (have.tag == Tag::Constant) return parametricity(left, wanted_tail, sort);
    if (want.tag == have.tag) return true;
    return fail(want.tag == Tag::RowDyn ? Misfit::Kind::MissingDynTail : Misfit::Kind::ExtraDynTail,
                expected, inferred);
}

}
