#include "lang/types/unify.hpp"

#include <utility>

namespace lang::types {

// Types of a program are as deep as its text at most, but for those that an unlucky inference
// builds; and two of them may be compared many times over. What is beyond these limits is taken to
// fit: it is left to the contracts that annotations are when the program runs.
constexpr int kMaxDepth = 1'000;
constexpr std::uint64_t kMaxSteps = 5'000'000;   // of one typed part

namespace {

struct Deeper {
    explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    int& depth_;
};

}

TypeId Unifier::root(TypeId type) {
    while (true) {
        const TypeId at = store_.root(type);
        if (store_[at].tag != Tag::Lazy) return at;
        const TypeId made = contracts_.make_lazy(store_[at].a);
        store_.assign(at, made);
        type = made;
    }
}

TypeId Unifier::head(TypeId type) {
    while (true) {
        const TypeId at = root(type);
        if (store_[at].tag != Tag::Wildcard) return at;
        if (store_[at].a == 0) store_.assign(at, fresh());
        type = store_[at].a;
    }
}

bool Unifier::fail(Misfit::Kind kind, TypeId expected, TypeId inferred, Symbol name) {
    misfit = {.kind = kind, .expected = expected, .inferred = inferred, .name = name};
    return false;
}

bool Unifier::mismatch(TypeId expected, TypeId inferred) {
    // A variable of a `forall` is what is expected, on whichever side it stands.
    if (store_[inferred].tag == Tag::Constant && store_[expected].tag != Tag::Constant)
        std::swap(expected, inferred);
    return fail(Misfit::Kind::TypeMismatch, expected, inferred);
}

// ---- foralls

TypeId Unifier::instantiate(TypeId type) {
    type = root(type);   // a wildcard stays one: it is told from a variable
    while (store_[type].tag == Tag::Forall) {
        const Type forall = store_[type];
        const TypeId variable = store_.variable(forall.sort, level, Symbol{store_[forall.a].a});
        if (forall.sort != Sort::Type)
            store_.names_beside(forall.b, forall.a, store_.excluded(variable));
        type = root(store_.replace(forall.b, forall.a, variable));
    }
    return type;
}

TypeId Unifier::skolemize(TypeId type) {
    // A wildcard stays one: what it stands for is equal to what is found, not larger.
    const TypeId wildcard = root(type);
    type = head(type);
    if (store_[type].tag != Tag::Forall) return wildcard;
    ++level;
    while (store_[type].tag == Tag::Forall) {
        const Type forall = store_[type];
        const TypeId constant = store_.constant(forall.sort, level, Symbol{store_[forall.a].a});
        type = head(store_.replace(forall.b, forall.a, constant));
    }
    return type;
}

bool Unifier::unify_foralls(TypeId expected, TypeId inferred) {
    const Type left = store_[expected];
    const Type right = store_[inferred];
    if (left.sort != right.sort) return mismatch(expected, inferred);
    ++level;
    const TypeId constant = store_.constant(left.sort, level, Symbol{store_[left.a].a});
    const bool is_same =
        unify(store_.replace(left.b, left.a, constant), store_.replace(right.b, right.a, constant));
    --level;
    return is_same;
}

// ---- variables

bool Unifier::occurs(TypeId variable, TypeId type, int depth) {
    if (++steps_ > kMaxSteps || depth > kMaxDepth) return false;
    type = store_.root(type);   // what is lazy holds no variables
    const Type at = store_[type];
    switch (at.tag) {
        case Tag::Variable:
            // What an outer variable is made of is as old as it.
            store_.lower(type, store_[variable].b);
            return type == variable;
        case Tag::Wildcard: return at.a != 0 && occurs(variable, at.a, depth + 1);
        case Tag::Array:
        case Tag::Dict:
        case Tag::Record:
        case Tag::Enum: return occurs(variable, at.a, depth + 1);
        case Tag::Forall: return occurs(variable, at.b, depth + 1);
        case Tag::Arrow: {
            const TypeId to = at.b;
            return occurs(variable, at.a, depth + 1) || occurs(variable, to, depth + 1);
        }
        case Tag::RowExtend: {
            while (store_[type].tag == Tag::RowExtend) {
                const TypeId argument = store_[type].b;
                if (argument != 0 && occurs(variable, argument, depth + 1)) return true;
                type = store_.root(store_[type].c);
            }
            if (store_[type].tag == Tag::Variable) store_.lower(type, store_[variable].b);
            return type == variable;
        }
        default: return false;
    }
}

// `variable` is the expected side unless swapped.
bool Unifier::bind(TypeId variable, TypeId type, bool is_swapped) {
    const TypeId expected = is_swapped ? type : variable;
    const TypeId inferred = is_swapped ? variable : type;
    const Type own = store_[variable];
    const Type other = store_[type];
    if (other.tag == Tag::Variable) {
        store_.lower(type, own.b);
        store_.link(variable, type);
        return true;
    }
    if (other.tag == Tag::Constant && other.b > own.b)
        return fail(Misfit::Kind::VarLevelMismatch, expected, inferred, Symbol{other.a});
    if (occurs(variable, type, 0)) return mismatch(expected, inferred);
    store_.link(variable, type);
    return true;
}

// ---- equality

bool Unifier::unify(TypeId expected, TypeId inferred) {
    const Deeper deeper(depth_);
    expected = root(expected);
    inferred = root(inferred);
    if (expected == inferred) return true;
    if (depth_ > kMaxDepth || ++steps_ > kMaxSteps) return true;
    const Type left = store_[expected];
    const Type right = store_[inferred];
    if (left.tag == Tag::Wildcard) {
        (void)head(expected);
        return unify(store_[expected].a, inferred);
    }
    if (right.tag == Tag::Wildcard) {
        (void)head(inferred);
        return unify(store_[inferred].a, expected);
    }
    if (left.tag == Tag::Variable) return bind(expected, inferred, false);
    if (right.tag == Tag::Variable) return bind(inferred, expected, true);
    if (left.tag != right.tag) return mismatch(expected, inferred);
    switch (left.tag) {
        case Tag::Dyn:
        case Tag::Number:
        case Tag::Bool:
        case Tag::String:
        case Tag::Key: return true;
        case Tag::Array:
        case Tag::Dict: return unify(left.a, right.a);
        case Tag::Arrow: return unify_arrows(expected, inferred);
        case Tag::Forall: return unify_foralls(expected, inferred);
        case Tag::Record:
        case Tag::Enum: return rows(expected, inferred, false);
        case Tag::Contract:
            return contracts_.same_contract(left.a, right.a) || mismatch(expected, inferred);
        default: return mismatch(expected, inferred);
    }
}

bool Unifier::unify_arrows(TypeId expected, TypeId inferred) {
    const Type left = store_[expected];
    const Type right = store_[inferred];
    if (unify(left.a, right.a) && unify(left.b, right.b)) return true;
    const Misfit inner = std::move(misfit);
    const bool is_arrow = inner.kind == Misfit::Kind::ArrowTypeMismatch;
    misfit = {.kind = Misfit::Kind::ArrowTypeMismatch,
              .expected = expected,
              .inferred = inferred,
              .cause = is_arrow ? inner.cause : inner.kind,
              .cause_expected = is_arrow ? inner.cause_expected : inner.expected,
              .cause_inferred = is_arrow ? inner.cause_inferred : inner.inferred,
              .cause_name = is_arrow ? inner.cause_name : inner.name};
    return false;
}

// ---- subtyping

bool Unifier::record_fits_dict(TypeId record, TypeId dict) {
    const TypeId element = store_[dict].a;
    const Rows found = flatten(store_[record].a);
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
        if (fits(found.rows[i].type, element)) continue;
        if (i == 0) return false;
        return fail(Misfit::Kind::InhomogeneousRecord, found.rows[0].type, found.rows[i].type);
    }
    const Type tail = store_[found.tail];
    if (tail.tag == Tag::Constant) return parametricity(found.tail, dict, Sort::Type);
    // A record of which more is to come ends here: it is a dictionary from now on.
    if (tail.tag == Tag::Variable) store_.link(found.tail, Store::kNoRows);
    return true;
}

bool Unifier::fits(TypeId inferred, TypeId expected) {
    const Deeper deeper(depth_);
    const TypeId small = root(inferred);
    const TypeId large = root(expected);
    if (small == large) return true;
    if (depth_ > kMaxDepth || ++steps_ > kMaxSteps) return true;
    const Type left = store_[small];
    const Type right = store_[large];
    if (left.tag == Tag::Forall) return fits(instantiate(small), large);
    if (left.tag == Tag::Record && right.tag == Tag::Dict) return record_fits_dict(small, large);
    if (left.tag == right.tag) {
        if (left.tag == Tag::Array || left.tag == Tag::Dict) return fits(left.a, right.a);
        if (left.tag == Tag::Record) return rows(large, small, true);
    }
    return unify(large, small);
}

}
