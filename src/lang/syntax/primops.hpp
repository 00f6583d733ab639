#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lang {

// The primitive operations, written `%name%`, by the number of operands they force. The order is
// that of the table; ast::PrimOp::op is such an index.
enum class PrimOpId : std::uint16_t {
    // one
    Typeof,
    Cast,
    Blame,
    Seq,
    DeepSeq,
    Force,
    Trace,
    ToString,
    EnumEmbed,
    EnumFromString,
    EnumGetArg,
    EnumGetTag,
    EnumIsVariant,
    EnumMakeVariant,
    ContractCustom,
    ArrayGenerate,
    ArrayLength,
    ArrayMap,
    RecordMap,
    RecordFields,
    RecordFieldsWithOpts,
    RecordValues,
    RecordFreeze,
    RecordEmptyWithTail,
    StringTrim,
    StringChars,
    StringUppercase,
    StringLowercase,
    StringLength,
    StringIsMatch,
    StringFind,
    StringFindAll,
    NumberFromString,
    NumberArccos,
    NumberArcsin,
    NumberArctan,
    NumberCos,
    NumberSin,
    NumberTan,
    LabelFlipPolarity,
    LabelPolarity,
    LabelGoDom,
    LabelGoCodom,
    LabelGoArray,
    LabelGoDict,
    LabelPushDiag,
    // two
    Pow,
    Hash,
    Serialize,
    Deserialize,
    ArrayAt,
    NumberArctan2,
    NumberLog,
    StringSplit,
    StringContains,
    StringCompare,
    StringBase64Encode,
    StringBase64Decode,
    RecordInsert,
    RecordInsertWithOpts,
    RecordRemove,
    RecordRemoveWithOpts,
    RecordHasField,
    RecordHasFieldWithOpts,
    RecordFieldIsDefined,
    RecordFieldIsDefinedWithOpts,
    RecordSplitPair,
    RecordDisjointMerge,
    ContractApply,
    ContractCheck,
    ContractArrayLazyApply,
    ContractRecordLazyApply,
    Seal,
    Unseal,
    LabelGoField,
    LabelWithMessage,
    LabelWithNotes,
    LabelAppendNote,
    LabelLookupTypeVariable,
    // three
    StringReplace,
    StringReplaceRegex,
    StringSubstr,
    RecordMergeContract,
    RecordUnsealTail,
    ArraySlice,
    // four
    RecordSealTail,
    LabelInsertTypeVariable,
};

// `operands` is how many a use must have in the source; further arguments are applications of the
// result (`%seq% a b` applies what `%seq% a` gives to b).
struct PrimOpSpec {
    std::string_view name;   // "array/at"
    std::uint8_t operands = 1;
};

std::span<const PrimOpSpec> primops();
const PrimOpSpec& primop(PrimOpId id);
std::optional<PrimOpId> find_primop(std::string_view name);

}
