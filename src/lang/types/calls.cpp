#include "lang/types/checker.hpp"

// Application and access.
namespace lang::types {

// The head has to be an arrow of as many variables as there are arguments; then each argument is
// held against what its variable has become. So the head decides, and an argument may be smaller
// than what it is given for.
bool Checker::check_apply(const ast::Node* head, ast::List<const ast::Node*> arguments,
                          const ast::Node* whole, TypeId type) {
    std::vector<TypeId> parameters;
    for (std::size_t i = 0; i < arguments.size(); ++i) parameters.push_back(unifier_.fresh());
    const TypeId gives = unifier_.fresh();
    TypeId arrow = gives;
    for (std::size_t i = parameters.size(); i-- > 0;) arrow = store_.arrow(parameters[i], arrow);
    const TypeId own = unifier_.fresh();
    if (!check(head, own)) return false;
    if (!unifier_.unify(arrow, own)) return report(head);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (!check(arguments[i], parameters[i])) return false;
    }
    return result(whole, gives, type);
}

bool Checker::check_access(const ast::Access& access, TypeId type) {
    const TypeId gives = unifier_.fresh();
    const TypeId rest = unifier_.fresh(Sort::RecordRows);
    store_.excluded(rest).push_back(access.field.id);
    const TypeId rows = store_.row(Sort::RecordRows, access.field, gives, rest);
    const Span outer = access_;
    access_ = access.field_span;
    const bool is_fine = check(access.object, store_.record(rows));
    access_ = outer;
    return is_fine && result(&access, gives, type);
}

bool Checker::check_dynamic_access(const ast::DynAccess& access, TypeId type) {
    const TypeId element = unifier_.fresh();
    return check(access.field, Store::kString) && check(access.object, store_.dict(element)) &&
           result(&access, element, type);
}

}
