#pragma once

#include "provider/schema.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace engine {

// What became of an element of a list: none before, it was added; none after, it was removed.
struct ListEdit {
    std::optional<std::size_t> before;   // its place
    std::optional<std::size_t> after;
    bool is_moved = false;   // as it was, at another place among the others; else it was changed
};

// The edits that make one list of the other, those that stay left aside. Elements are told apart by
// what they mean to their type, where there is one. An element counts as changed, and not as
// removed and another added, when most of it is as it was, or when it stands for one at its place.
std::vector<ListEdit> list_edits(const value::Value::Array& before,
                                 const value::Value::Array& after,
                                 const provider::FieldType* element, bool any_order);

}
