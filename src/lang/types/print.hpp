#pragma once

#include "lang/types/unify.hpp"

#include <string>
#include <unordered_map>

namespace lang::types {

class ContractText {
public:
    virtual ~ContractText() = default;
    virtual std::string text_of(std::uint32_t contract) = 0;
};

// Types as text, on one line. Variables without a name are `_a`, `_rrows_b`, `_erows_c`: one
// counter for all types of a message.
class TypePrinter {
public:
    TypePrinter(Store& store, Unifier& unifier, ContractText& contracts)
        : store_(store), unifier_(unifier), contracts_(contracts) {}

    std::string operator()(TypeId type);

private:
    enum class Place : std::uint8_t { Top, Domain, Argument };
    void type(TypeId id, Place place);
    void forall(TypeId id, Place place);
    void rows(TypeId id);
    void row(const Type& row);
    void variable(TypeId id);

    Store& store_;
    Unifier& unifier_;
    ContractText& contracts_;
    std::string out_;
    std::unordered_map<TypeId, std::string> names_;
    int depth_ = 0;
};

}
