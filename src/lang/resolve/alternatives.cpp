#include "lang/resolve/resolver.hpp"
#include "lang/syntax/binders.hpp"

#include <algorithm>
#include <iterator>

// Whether the alternatives of a pattern bind the same names.
namespace lang::resolve {

using ast::Binder;

void Resolver::check_alternatives(const ast::Pattern& pattern) {
    const auto by_name = [](const Binder& binder) { return binder.name.id; };
    std::vector<std::vector<Binder>> all(pattern.elements.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        ast::collect_binders(*pattern.elements[i], all[i]);
        std::ranges::sort(all[i], {}, by_name);
    }
    std::vector<Binder> missing;
    const auto subtract = [&](const std::vector<Binder>& from, const std::vector<Binder>& what) {
        std::ranges::set_difference(from, what, std::back_inserter(missing), {}, by_name, by_name);
    };
    // Every one is compared with the first only: if all equal it, they equal each other.
    for (std::size_t i = 1; i < all.size() && missing.empty(); ++i) {
        subtract(all[0], all[i]);
        subtract(all[i], all[0]);
    }
    if (missing.empty()) return;
    // The first in the text, so that the message does not depend on how symbols are numbered.
    const Binder& binder = *std::ranges::min_element(
        missing, {}, [](const Binder& candidate) { return candidate.span.begin; });
    const std::string name(binder.name.text());
    value::Diagnostic& found = resolution_.unbound.emplace_back();
    found.kind = "TypecheckError::OrPatternVarsMismatch";
    found.message = "not all alternatives bind `" + name + "`";
    found.labels = {{binder.span, "bound here only", true},
                    {pattern.span, "in these alternatives", false}};
    found.notes.emplace_back(
        "whichever alternative matches, the same variables must be there after");
    found.expectation.emplace_back("var", name);
}

}
