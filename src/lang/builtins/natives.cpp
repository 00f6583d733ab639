#include "lang/builtins/families.hpp"

#include <unordered_map>

namespace lang {

// The order has no meaning: names are unique.
std::span<const std::span<const Native>> native_families() {
    static const std::span<const Native> families[] = {
        value_natives(),        number_natives(),   enum_natives(),    array_natives(),
        fold_natives(),         string_natives(),   pattern_natives(), record_natives(),
        record_merge_natives(), contract_natives(), data_natives(),
    };
    return families;
}

const Native* find_native(std::string_view name) {
    static const auto table = [] {
        std::unordered_map<std::string_view, const Native*> by_name;
        for (auto family : native_families()) {
            for (const Native& native : family) by_name.emplace(native.name, &native);
        }
        return by_name;
    }();
    auto found = table.find(name);
    return found == table.end() ? nullptr : found->second;
}

}
