#pragma once

#include "lang/types/store.hpp"

#include <string>
#include <vector>

namespace lang::types {

// Why two types do not fit. The kinds are those of the error index.
struct Misfit {
    enum class Kind : std::uint8_t {
        None,
        TypeMismatch,
        MissingRow,
        ExtraRow,
        MissingDynTail,
        ExtraDynTail,
        RecordRowMismatch,
        EnumRowMismatch,
        RecordRowConflict,
        EnumRowConflict,
        ArrowTypeMismatch,
        VarLevelMismatch,
        ForallParametricityViolation,
        InhomogeneousRecord,
    };
    Kind kind = Kind::None;
    TypeId expected = 0, inferred = 0;   // the two, as far in as the kind tells
    Symbol name{};                       // of the row, or of the type variable
    std::vector<Symbol> path{};          // RecordRowMismatch: the way to the row
    // ArrowTypeMismatch: what does not fit inside.
    Kind cause = Kind::None;
    TypeId cause_expected = 0, cause_inferred = 0;
    Symbol cause_name{};
};

// Whether two contracts within types are the same, by their numbers.
class ContractEquality {
public:
    virtual ~ContractEquality() = default;
    virtual bool same_contract(std::uint32_t left, std::uint32_t right) = 0;
    // Makes the type that a Lazy one stands for.
    virtual TypeId make_lazy(std::uint32_t what) = 0;
};

// Makes types equal, or one fit the other, by giving their variables values. What was set before a
// misfit stays set, and shows in messages, as it does in the official ones.
class Unifier {
public:
    Unifier(Store& store, ContractEquality& contracts) : store_(store), contracts_(contracts) {}

    std::uint32_t level = 0;   // how many checked `forall`s are around
    Misfit misfit;             // of the last that returned false

    void begin_part() { steps_ = 0; }   // the limit of steps is for each typed part

    bool unify(TypeId expected, TypeId inferred);
    // The inferred type may also be a smaller one: a record where a dictionary is expected, and
    // that within arrays, dictionaries and records.
    bool fits(TypeId inferred, TypeId expected);

    // Follows variables and wildcards, and makes what is lazy.
    TypeId head(TypeId type);
    TypeId root(TypeId type);
    TypeId fresh(Sort sort = Sort::Type) { return store_.variable(sort, level); }
    // With variables of its own for those of outer `forall`s.
    TypeId instantiate(TypeId type);
    // With constants in their place; the level counts up if there are any.
    TypeId skolemize(TypeId type);

private:
    struct Row {
        std::uint32_t name;
        TypeId type;   // 0: a tag without argument
    };
    struct Rows {
        std::vector<Row> rows;
        TypeId tail = 0;
    };
    bool fail(Misfit::Kind kind, TypeId expected, TypeId inferred, Symbol name = {});
    bool mismatch(TypeId expected, TypeId inferred);
    bool bind(TypeId variable, TypeId type, bool is_swapped);
    bool occurs(TypeId variable, TypeId type, int depth);   // and lowers levels inside
    bool unify_arrows(TypeId expected, TypeId inferred);
    bool unify_foralls(TypeId expected, TypeId inferred);
    bool rows(TypeId expected, TypeId inferred, bool by_fit);
    bool row_types(TypeId expected, const Row& wanted, const Row& found, bool by_fit);
    bool tails(TypeId expected, TypeId inferred, const Rows& wanted, const Rows& found,
               const std::vector<bool>& used);
    bool bind_rows(TypeId variable, TypeId rows, TypeId expected, TypeId inferred);
    bool record_fits_dict(TypeId record, TypeId dict);
    bool parametricity(TypeId constant, TypeId violating, Sort sort);
    TypeId whole(TypeId rows, Sort sort) {
        return sort == Sort::EnumRows ? store_.tags(rows) : store_.record(rows);
    }
    Rows flatten(TypeId rows);

    Store& store_;
    ContractEquality& contracts_;
    int depth_ = 0;
    std::uint64_t steps_ = 0;
};

}
