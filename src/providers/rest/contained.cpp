#include "providers/rest/contained.hpp"

#include <algorithm>

namespace providers::rest {

using value::Value;

bool is_contained(const Value& wanted, const Value& shown) {
    if (wanted.is_unknown()) return false;
    if (const Value::Record* members = wanted.as_record()) {
        if (shown.as_record() == nullptr) return members->empty() && shown.is_null();
        return std::ranges::all_of(*members, [&](const Value::Member& member) {
            if (member.second.is_null()) return true;
            const Value* there = shown.find(member.first);
            return is_contained(member.second, there != nullptr ? *there : Value());
        });
    }
    if (const Value::Array* items = wanted.as_array()) {
        const Value::Array* there = shown.as_array();
        // None are as good as no list.
        if (there == nullptr) return items->empty() && shown.is_null();
        return std::ranges::equal(*items, *there, is_contained);
    }
    if (wanted.is_null()) return shown.is_null() || shown.same_as(Value(Value::Array{}));
    return wanted.same_as(shown);
}

}
