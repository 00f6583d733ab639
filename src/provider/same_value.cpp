#include "provider/same_value.hpp"

#include <algorithm>

namespace provider {
namespace {

using value::Value;

// Lists that differ in more places are compared in order only: each of one is looked for in all of
// the other.
constexpr std::size_t kMaxDiffering = 2000;

// Absent and null are the same thing to a schema.
bool is_nothing(const Value* value) { return value == nullptr || value->is_null(); }

bool are_same_members(const FieldType& type, const Value::Record& a, const Value& b_record) {
    return std::ranges::all_of(a, [&](const Value::Member& member) {
        const Value* other = b_record.find(member.first);
        if (is_nothing(&member.second) || is_nothing(other))
            return is_nothing(&member.second) && is_nothing(other);
        if (!type.element.empty())
            return is_same_value(type.element.front(), member.second, *other);
        const auto field = std::ranges::find(type.fields, member.first, &InputField::name);
        return field != type.fields.end() ? is_same_value(field->type, member.second, *other)
                                          : member.second.same_as(*other);
    });
}

bool are_same_elements(const FieldType& type, const Value::Array& a, const Value::Array& b) {
    if (a.size() != b.size()) return false;
    const auto is_same = [&](const Value& x, const Value& y) {
        return type.element.empty() ? x.same_as(y) : is_same_value(type.element.front(), x, y);
    };
    if (!type.any_order) return std::ranges::equal(a, b, is_same);
    std::vector<const Value*> left;
    std::vector<const Value*> right;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (is_same(a[i], b[i])) continue;
        left.push_back(&a[i]);
        right.push_back(&b[i]);
    }
    if (left.size() > kMaxDiffering) return false;
    // Being the same is mutual, so whichever is found first will do.
    return std::ranges::all_of(left, [&](const Value* one) {
        const auto found =
            std::ranges::find_if(right, [&](const Value* other) { return is_same(*one, *other); });
        if (found == right.end()) return false;
        right.erase(found);
        return true;
    });
}

}

bool is_same_value(const FieldType& type, const Value& a, const Value& b) {
    if (a.same_as(b)) return true;
    const std::string* text = a.as_string();
    const std::string* other_text = b.as_string();
    if (text != nullptr && other_text != nullptr) {
        return a.is_secret() == b.is_secret() && type.normalize != nullptr &&
               type.normalize(*text) == type.normalize(*other_text);
    }
    if (a.is_secret() || b.is_secret()) return false;
    const Value::Record* members = a.as_record();
    const Value::Record* other_members = b.as_record();
    if (members != nullptr && other_members != nullptr) {
        return are_same_members(type, *members, b) && are_same_members(type, *other_members, a);
    }
    const Value::Array* items = a.as_array();
    const Value::Array* other_items = b.as_array();
    return items != nullptr && other_items != nullptr &&
           are_same_elements(type, *items, *other_items);
}

}
