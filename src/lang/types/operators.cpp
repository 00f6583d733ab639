#include "lang/syntax/primops.hpp"
#include "lang/types/checker.hpp"

#include <array>
#include <string_view>

// Operators and primitive operations: each has a type, and its operands are held against it.
namespace lang::types {

using ast::BinaryOp;

TypeId Checker::operator_type(BinaryOp op) {
    const auto both = [&](TypeId operand, TypeId gives) {
        return store_.arrow(operand, store_.arrow(operand, gives));
    };
    switch (op) {
        case BinaryOp::Add:
        case BinaryOp::Subtract:
        case BinaryOp::Multiply:
        case BinaryOp::Divide:
        case BinaryOp::Modulo: return both(Store::kNumber, Store::kNumber);
        case BinaryOp::ConcatStrings: return both(Store::kString, Store::kString);
        case BinaryOp::Less:
        case BinaryOp::LessEqual:
        case BinaryOp::Greater:
        case BinaryOp::GreaterEqual: return both(Store::kNumber, Store::kBool);
        case BinaryOp::And:
        case BinaryOp::Or: return both(Store::kBool, Store::kBool);
        // What a merge comes to depends on values (priorities, contracts), which no type tells.
        case BinaryOp::Merge: return both(Store::kDyn, Store::kDyn);
        case BinaryOp::ConcatArrays: {
            const TypeId array = store_.array(unifier_.fresh());
            return both(array, array);
        }
        case BinaryOp::Equal:
        case BinaryOp::NotEqual: {
            // Any two may be compared: values of different kinds are just not equal.
            const TypeId left = unifier_.fresh();
            return store_.arrow(left, store_.arrow(unifier_.fresh(), Store::kBool));
        }
        case BinaryOp::Pipe: {
            const TypeId from = unifier_.fresh();
            const TypeId to = unifier_.fresh();
            return store_.arrow(from, store_.arrow(store_.arrow(from, to), to));
        }
        case BinaryOp::Access: {
            const TypeId element = unifier_.fresh();
            // By a name that is computed, a record can only be a dictionary.
            return store_.arrow(store_.dict(element), store_.arrow(Store::kString, element));
        }
    }
    return Store::kDyn;
}

bool Checker::check_unary(const ast::Unary& unary, TypeId type) {
    const TypeId own = unary.op == ast::UnaryOp::Not ? Store::kBool : Store::kNumber;
    return check(unary.operand, own) && result(&unary, own, type);
}

bool Checker::check_binary(const ast::Binary& binary, TypeId type) {
    if (binary.op == BinaryOp::Pipe)
        // `x |> f` is `f x`, also in what it reports.
        return check_apply(binary.right, {&binary.left, 1}, &binary, type);
    // Chains nest to the left, and may be long: the way down is a loop.
    std::vector<std::pair<const ast::Binary*, TypeId>> chain;
    const ast::Node* first = &binary;
    while (first->kind == ast::Kind::Binary) {
        const auto& one = *static_cast<const ast::Binary*>(first);
        if (one.op == BinaryOp::Pipe) break;
        chain.emplace_back(&one, operator_type(one.op));
        first = one.left;
    }
    if (!check(first, store_[chain.back().second].a)) return false;
    for (std::size_t i = chain.size(); i-- > 0;) {
        const auto& [one, own] = chain[i];
        const Type rest = store_[store_[own].b];
        const TypeId wanted = i == 0 ? type : store_[chain[i - 1].second].a;
        if (!check(one->right, rest.a) || !result(one, rest.b, wanted)) return false;
    }
    return true;
}

// A function of all operands: what is expected must be one, whatever the operands are.
bool Checker::check_section(const ast::Section& section, TypeId type) {
    const std::size_t count = section.is_unary ? 1 : 2;
    std::vector<TypeId> parts;
    for (std::size_t i = 0; i <= count; ++i) parts.push_back(unifier_.fresh());
    TypeId arrow = parts[count];
    for (std::size_t i = count; i-- > 0;) arrow = store_.arrow(parts[i], arrow);
    if (!unifier_.unify(type, arrow)) return report(&section);
    if (section.is_unary) {
        const TypeId own = section.unary == ast::UnaryOp::Not ? Store::kBool : Store::kNumber;
        return (unifier_.fits(parts[0], own) && unifier_.fits(own, parts[1])) || report(&section);
    }
    const TypeId own = operator_type(section.binary);
    const TypeId rest = store_[own].b;
    return (unifier_.fits(parts[0], store_[own].a) && unifier_.fits(parts[1], store_[rest].a) &&
            unifier_.fits(store_[rest].b, parts[2])) ||
           report(&section);
}

// ---- primitive operations

namespace {

// Types of primitive operations, written short: D N B S K are Dyn, Number, Bool, String and a
// sealing key, a and b variables; [x] an array, {x} a dictionary, (x) groups, x>y an arrow, and
// `<A|B(N)>` an enum, whose tags may have arguments; m, t, s and p are records that one or two
// operations give.
struct Signature {
    PrimOpId id;
    std::string_view type;
};

constexpr std::string_view kTypeof =
    "D><Number|Bool|String|Enum|Function|CustomContract|Array|Record|Label|ForeignId|Type|Other>";
constexpr std::string_view kCast =
    "D><Number(N)|Bool(B)|String(S)|Enum(D)|Function(D>D)|CustomContract(D)|Array([D])|"
    "Record({D})|Label(D)|ForeignId(D)|Type(D)|Other(D)>";

constexpr Signature kSignatures[] = {
    {PrimOpId::Typeof, kTypeof},
    {PrimOpId::Cast, kCast},
    {PrimOpId::Blame, "D>a"},
    {PrimOpId::Seq, "a>b>b"},
    {PrimOpId::DeepSeq, "a>b>b"},
    {PrimOpId::Trace, "S>a>a"},
    {PrimOpId::ToString, "D>S"},
    {PrimOpId::EnumFromString, "S><;e>"},
    {PrimOpId::EnumIsVariant, "D>B"},
    {PrimOpId::EnumMakeVariant, "S>D>D"},
    {PrimOpId::ArrayGenerate, "N>(N>a)>[a]"},
    {PrimOpId::ArrayLength, "[a]>N"},
    {PrimOpId::ArrayMap, "[a]>(a>b)>[b]"},
    {PrimOpId::RecordMap, "{a}>(S>a>b)>{b}"},
    {PrimOpId::RecordFields, "{a}>[S]"},
    {PrimOpId::RecordFieldsWithOpts, "{a}>[S]"},
    {PrimOpId::RecordValues, "{a}>[a]"},
    {PrimOpId::RecordFreeze, "{a}>{a}"},
    {PrimOpId::StringTrim, "S>S"},
    {PrimOpId::StringChars, "S>[S]"},
    {PrimOpId::StringUppercase, "S>S"},
    {PrimOpId::StringLowercase, "S>S"},
    {PrimOpId::StringLength, "S>N"},
    {PrimOpId::StringIsMatch, "S>S>B"},
    {PrimOpId::StringFind, "S>S>m"},
    {PrimOpId::StringFindAll, "S>S>[m]"},
    {PrimOpId::NumberFromString, "S>N"},
    {PrimOpId::NumberArccos, "N>N"},
    {PrimOpId::NumberArcsin, "N>N"},
    {PrimOpId::NumberArctan, "N>N"},
    {PrimOpId::NumberCos, "N>N"},
    {PrimOpId::NumberSin, "N>N"},
    {PrimOpId::NumberTan, "N>N"},
    {PrimOpId::LabelPolarity, "D><Positive|Negative>"},
    {PrimOpId::ContractCustom, "(D>D><Ok(D)|Error(D)>)>D"},
    {PrimOpId::Pow, "N>N>N"},
    {PrimOpId::Hash, "<Md5|Sha1|Sha256|Sha512>>S>S"},
    {PrimOpId::Serialize, "<Json|Toml|Yaml|YamlDocuments>>a>S"},
    {PrimOpId::Deserialize, "<Json|Toml|Yaml|YamlDocuments>>S>D"},
    {PrimOpId::ArrayAt, "[a]>N>a"},
    {PrimOpId::NumberArctan2, "N>N>N"},
    {PrimOpId::NumberLog, "N>N>N"},
    {PrimOpId::StringSplit, "S>S>[S]"},
    {PrimOpId::StringContains, "S>S>B"},
    {PrimOpId::StringCompare, "S>S><Lesser|Equal|Greater>"},
    {PrimOpId::StringBase64Encode, "<Standard|UrlSafe|NoPad|UrlSafeNoPad>>S>S"},
    {PrimOpId::StringBase64Decode, "<Standard|UrlSafe|NoPad|UrlSafeNoPad>>S><Ok(S)|Error(t)>"},
    {PrimOpId::RecordInsert, "S>{a}>a>{a}"},
    {PrimOpId::RecordInsertWithOpts, "S>{a}>a>{a}"},
    {PrimOpId::RecordRemove, "S>{a}>{a}"},
    {PrimOpId::RecordRemoveWithOpts, "S>{a}>{a}"},
    {PrimOpId::RecordHasField, "S>{a}>B"},
    {PrimOpId::RecordHasFieldWithOpts, "S>{a}>B"},
    {PrimOpId::RecordFieldIsDefined, "S>{a}>B"},
    {PrimOpId::RecordFieldIsDefinedWithOpts, "S>{a}>B"},
    {PrimOpId::RecordSplitPair, "{a}>{a}>s"},
    {PrimOpId::RecordDisjointMerge, "{a}>{a}>{a}"},
    {PrimOpId::ContractApply, "D>D>D>D"},
    {PrimOpId::ContractCheck, "D>D>D><Ok(D)|Error(D)>"},
    {PrimOpId::ContractArrayLazyApply, "D>D>[a]>[a]"},
    {PrimOpId::ContractRecordLazyApply, "D>{a}>D>{a}"},
    {PrimOpId::Seal, "K>D>D>D"},
    {PrimOpId::Unseal, "K>D>D>D"},
    {PrimOpId::LabelGoField, "S>D>D"},
    {PrimOpId::LabelWithMessage, "S>D>D"},
    {PrimOpId::LabelWithNotes, "[S]>D>D"},
    {PrimOpId::LabelAppendNote, "S>D>D"},
    {PrimOpId::LabelLookupTypeVariable, "K>D>p"},
    {PrimOpId::StringReplace, "S>S>S>S"},
    {PrimOpId::StringReplaceRegex, "S>S>S>S"},
    {PrimOpId::StringSubstr, "S>N>N>S"},
    {PrimOpId::RecordMergeContract, "D>D>D>D"},
    {PrimOpId::RecordUnsealTail, "D>D>{D}>D"},
    {PrimOpId::ArraySlice, "N>N>[a]>[a]"},
    {PrimOpId::RecordSealTail, "D>D>{D}>{D}>D"},
    {PrimOpId::LabelInsertTypeVariable, "K><Positive|Negative>>D>D"},
};

// Makes a type of its short form.
class Reader {
public:
    Reader(Store& store, Unifier& unifier, std::string_view text)
        : store_(store), unifier_(unifier), text_(text) {}

    TypeId type() {
        const TypeId left = atom();
        if (text_.empty() || text_[0] != '>') return left;
        text_.remove_prefix(1);
        return store_.arrow(left, type());
    }

private:
    char take() {
        const char c = text_.empty() ? '\0' : text_[0];
        if (!text_.empty()) text_.remove_prefix(1);
        return c;
    }
    TypeId named(char name) {
        TypeId& known = variables_[name == 'a' ? 0 : 1];
        if (known == 0) known = unifier_.fresh();
        return known;
    }
    TypeId tags() {
        if (text_.starts_with(";e>")) {
            text_.remove_prefix(3);
            return store_.tags(unifier_.fresh(Sort::EnumRows));
        }
        std::vector<std::pair<Symbol, TypeId>> rows;
        while (true) {
            const std::size_t end = text_.find_first_of("|>(");
            const Symbol name = Symbol::of(text_.substr(0, end));
            text_.remove_prefix(end);
            TypeId argument = 0;
            if (text_[0] == '(') {
                take();
                argument = type();
                take();
            }
            rows.emplace_back(name, argument);
            if (take() == '>') break;
        }
        TypeId all = Store::kNoTags;
        for (std::size_t i = rows.size(); i-- > 0;)
            all = store_.row(Sort::EnumRows, rows[i].first, rows[i].second, all);
        return store_.tags(all);
    }
    TypeId record(std::initializer_list<std::pair<std::string_view, TypeId>> fields) {
        TypeId rows = Store::kNoRows;
        for (const auto& [name, type] : fields)
            rows = store_.row(Sort::RecordRows, Symbol::of(name), type, rows);
        return store_.record(rows);
    }
    TypeId atom() {
        switch (take()) {
            case 'N': return Store::kNumber;
            case 'B': return Store::kBool;
            case 'S': return Store::kString;
            case 'K': return Store::kKey;
            case 'a': return named('a');
            case 'b': return named('b');
            case '<': return tags();
            case '[': return inside(&Store::array);
            case '{': {
                const TypeId element = type();
                take();
                return store_.dict(element);
            }
            case '(': {
                const TypeId inner = type();
                take();
                return inner;
            }
            case 'm':
                return record({{"groups", store_.array(Store::kString)},
                               {"index", Store::kNumber},
                               {"matched", Store::kString}});
            case 't': return record({{"message", Store::kString}});
            case 's': {
                const TypeId part = store_.dict(named('a'));
                return record({{"right_center", part},
                               {"left_center", part},
                               {"right_only", part},
                               {"left_only", part}});
            }
            case 'p': {
                TypeId rows = store_.row(Sort::EnumRows, Symbol::of("Negative"), 0, Store::kNoTags);
                rows = store_.row(Sort::EnumRows, Symbol::of("Positive"), 0, rows);
                return record({{"polarity", store_.tags(rows)}});
            }
            default: return Store::kDyn;
        }
    }
    TypeId inside(TypeId (Store::*make)(TypeId)) {
        const TypeId element = type();
        take();
        return (store_.*make)(element);
    }

    Store& store_;
    Unifier& unifier_;
    std::string_view text_;
    std::array<TypeId, 2> variables_{};
};

}

TypeId Checker::primop_type(std::uint16_t op) {
    for (const Signature& signature : kSignatures) {
        if (static_cast<std::uint16_t>(signature.id) == op)
            return Reader(store_, unifier_, signature.type).type();
    }
    return store_.arrow(Store::kDyn, Store::kDyn);   // most others are about labels
}

bool Checker::check_primop(const ast::PrimOp& primop, TypeId type) {
    TypeId own = primop_type(primop.op);
    if (static_cast<PrimOpId>(primop.op) == PrimOpId::EnumEmbed) {
        // `%enum/embed% Tag e`: the first operand is a name, not a term.
        const TypeId rest = unifier_.fresh(Sort::EnumRows);
        const auto& tag = *static_cast<const ast::Var*>(primop.operands[0]);
        return check(primop.operands[1], store_.tags(rest)) &&
               result(&primop, store_.tags(store_.row(Sort::EnumRows, tag.name, 0, rest)), type);
    }
    for (const ast::Node* operand : primop.operands) {
        const Type arrow = store_[own];
        if (arrow.tag != Tag::Arrow) return true;
        if (!check(operand, arrow.a)) return false;
        own = arrow.b;
    }
    return result(&primop, own, type);
}

}
