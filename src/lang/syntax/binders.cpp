#include "lang/syntax/binders.hpp"

namespace lang::ast {

void collect_binders(const Pattern& pattern, std::vector<Binder>& binders) {
    if (pattern.alias.id != 0) binders.push_back({pattern.alias, pattern.span});
    if (pattern.argument) collect_binders(*pattern.argument, binders);
    for (const FieldPattern& field : pattern.fields) collect_binders(*field.pattern, binders);
    if (pattern.rest.name.id != 0) binders.push_back({pattern.rest.name, pattern.span});
    const bool is_or = pattern.kind == PatternKind::Or;
    for (const Pattern* element : pattern.elements) {
        collect_binders(*element, binders);
        if (is_or) break;
    }
}

}
