#include "lang/syntax/primops.hpp"

#include <algorithm>
#include <array>

namespace lang {

namespace {

// The order is that of PrimOpId, checked below as far as a count can.
constexpr PrimOpSpec kPrimOps[] = {
    // one forced operand; enum/embed takes an identifier before it
    {"typeof", 1},
    {"cast", 1},
    {"blame", 1},
    {"seq", 1},
    {"deep_seq", 1},
    {"force", 1},
    {"trace", 1},
    {"to_string", 1},
    {"enum/embed", 2},
    {"enum/from_string", 1},
    {"enum/get_arg", 1},
    {"enum/get_tag", 1},
    {"enum/is_variant", 1},
    {"enum/make_variant", 1},
    {"contract/custom", 1},
    {"array/generate", 1},
    {"array/length", 1},
    {"array/map", 1},
    {"record/map", 1},
    {"record/fields", 1},
    {"record/fields_with_opts", 1},
    {"record/values", 1},
    {"record/freeze", 1},
    {"record/empty_with_tail", 1},
    {"string/trim", 1},
    {"string/chars", 1},
    {"string/uppercase", 1},
    {"string/lowercase", 1},
    {"string/length", 1},
    {"string/is_match", 1},
    {"string/find", 1},
    {"string/find_all", 1},
    {"number/from_string", 1},
    {"number/arccos", 1},
    {"number/arcsin", 1},
    {"number/arctan", 1},
    {"number/cos", 1},
    {"number/sin", 1},
    {"number/tan", 1},
    {"label/flip_polarity", 1},
    {"label/polarity", 1},
    {"label/go_dom", 1},
    {"label/go_codom", 1},
    {"label/go_array", 1},
    {"label/go_dict", 1},
    {"label/push_diag", 1},
    // two
    {"pow", 2},
    {"hash", 2},
    {"serialize", 2},
    {"deserialize", 2},
    {"array/at", 2},
    {"number/arctan2", 2},
    {"number/log", 2},
    {"string/split", 2},
    {"string/contains", 2},
    {"string/compare", 2},
    {"string/base64_encode", 2},
    {"string/base64_decode", 2},
    {"record/insert", 2},
    {"record/insert_with_opts", 2},
    {"record/remove", 2},
    {"record/remove_with_opts", 2},
    {"record/has_field", 2},
    {"record/has_field_with_opts", 2},
    {"record/field_is_defined", 2},
    {"record/field_is_defined_with_opts", 2},
    {"record/split_pair", 2},
    {"record/disjoint_merge", 2},
    {"contract/apply", 2},
    {"contract/check", 2},
    {"contract/array_lazy_apply", 2},
    {"contract/record_lazy_apply", 2},
    {"seal", 2},
    {"unseal", 2},
    {"label/go_field", 2},
    {"label/with_message", 2},
    {"label/with_notes", 2},
    {"label/append_note", 2},
    {"label/lookup_type_variable", 2},
    // three
    {"string/replace", 3},
    {"string/replace_regex", 3},
    {"string/substr", 3},
    {"record/merge_contract", 3},
    {"record/unseal_tail", 3},
    {"array/slice", 3},
    // four
    {"record/seal_tail", 4},
    {"label/insert_type_variable", 3},
};

constexpr std::size_t kCount = std::size(kPrimOps);

// Indices into the table, by name.
constexpr auto kByName = [] {
    std::array<std::uint16_t, kCount> order{};
    for (std::size_t i = 0; i < kCount; ++i) order[i] = static_cast<std::uint16_t>(i);
    std::ranges::sort(order, {}, [](std::uint16_t index) { return kPrimOps[index].name; });
    return order;
}();

static_assert(kCount == static_cast<std::size_t>(PrimOpId::LabelInsertTypeVariable) + 1);

}

std::span<const PrimOpSpec> primops() { return kPrimOps; }

const PrimOpSpec& primop(PrimOpId id) { return kPrimOps[static_cast<std::size_t>(id)]; }

std::optional<PrimOpId> find_primop(std::string_view name) {
    auto at = std::ranges::lower_bound(kByName, name, {},
                                       [](std::uint16_t index) { return kPrimOps[index].name; });
    if (at == kByName.end() || kPrimOps[*at].name != name) return std::nullopt;
    return static_cast<PrimOpId>(*at);
}

}
