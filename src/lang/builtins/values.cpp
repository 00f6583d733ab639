#include "lang/builtins/support.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <cstdio>

namespace lang {

static std::string_view type_name(Word word) {
    if (is_number(word)) return "Number";
    if (word.is_bool()) return "Bool";
    if (word.is_tag()) return "Enum";
    if (!word.is_object()) return "Other";
    switch (word.object()->tag) {
        case Tag::String:
        case Tag::SecretTemplate: return "String";
        case Tag::Variant: return "Enum";
        case Tag::Label: return "Label";
        case Tag::Function:
        case Tag::Partial:
        case Tag::NativeFunction:
        case Tag::Wrapped: return "Function";
        case Tag::Array: return "Array";
        case Tag::Record: return "Record";
        case Tag::CustomContract: return "CustomContract";
        case Tag::Type: return "Type";
        // Of an unknown value the type may be known: `std.is_string` answers then, and less of the
        // plan is unknown.
        case Tag::Unknown:
            switch (static_cast<value::ValueType>(as<UnknownObj>(word)->type)) {
                case value::ValueType::Number: return "Number";
                case value::ValueType::Bool: return "Bool";
                case value::ValueType::String: return "String";
                case value::ValueType::Array: return "Array";
                case value::ValueType::Record: return "Record";
                case value::ValueType::Null: return "Other";
                case value::ValueType::Dyn: return "";
            }
            return "";
        default: return "Other";
    }
}

static Next type_of(Machine& m, const Word* arguments) {
    Word word = arguments[0];
    // A sealed value must look the same whatever it holds. To tell its type would let a
    // polymorphic function choose by it.
    if (is(word, Tag::Sealed))
        return m.blame_sealed(word, "a value sealed by a polymorphic contract was inspected");
    std::string_view name = type_name(word);
    if (name.empty()) return m.give(m.unknown(value::ValueType::Dyn));
    return m.give(Word::tag(Symbol::of(name)));
}

static Next cast(Machine& m, const Word* arguments) {
    Word word = arguments[0];
    if (is(word, Tag::Sealed))
        return m.blame_sealed(word, "a value sealed by a polymorphic contract was inspected");
    std::string_view name = type_name(word);
    if (name.empty()) return m.give(m.unknown(value::ValueType::Dyn));
    return m.give(m.make_variant(Symbol::of(name), word));
}

// `strict = 1` has evaluated the first one already.
static Next seq(Machine& m, const Word* arguments) { return m.force(arguments[1]); }

static Next deep_seq(Machine& m, const Word* arguments) {
    // Deeply: the frame waits below until all of it is evaluated.
    m.push([](Machine& machine, const Frame& frame) { return machine.force(frame.a); }, nullptr,
           arguments[1]);
    return m.deep_force(arguments[0]);
}

static Next force(Machine& m, const Word* arguments) { return m.deep_force(arguments[0]); }

static Next blame(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Label)) return wrong_argument(m, "%blame%", "a label", arguments[0]);
    return m.blame(as<BlameLabel>(arguments[0]));
}

static Next trace(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::String))
        return wrong_argument(m, "%trace%", "a string", arguments[0]);
    // At once and unbuffered, so its place among other messages is right even if the program dies
    // next.
    // It may be anybody's text: what steers a terminal is shown, but for line breaks.
    std::string line = "std.trace: ";
    for (const std::string_view part : base::split(text_of(arguments[0]), '\n'))
        line += base::escape_controls(part) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
    return m.force(arguments[1]);
}

static Next to_string(Machine& m, const Word* arguments) {
    if (is_text(arguments[0])) return m.give(arguments[0]);
    auto text = to_text(arguments[0]);
    // Numbers, booleans, null and tags have one spelling. Arrays and records have several, so they
    // are refused: serialize says which.
    if (!text)
        return m.fail("EvalError::Other", "to_string cannot print " + m.describe(arguments[0]),
                      m.current_span());
    return m.give(m.heap.string(*text));
}

static value::SecretForm secret_form(base::HashKind kind) {
    switch (kind) {
        case base::HashKind::Md5: return value::SecretForm::Md5;
        case base::HashKind::Sha1: return value::SecretForm::Sha1;
        case base::HashKind::Sha256: return value::SecretForm::Sha256;
        case base::HashKind::Sha512: return value::SecretForm::Sha512;
    }
    UNREACHABLE();
}

static Next hash(Machine& m, const Word* arguments) {
    if (!arguments[0].is_tag())
        return wrong_argument(m, "%hash%", 1, "a hash algorithm", arguments[0]);
    std::string_view name = arguments[0].as_tag().text();
    std::optional<base::HashKind> algorithm;
    if (name == "Md5") algorithm = base::HashKind::Md5;
    if (name == "Sha1") algorithm = base::HashKind::Sha1;
    if (name == "Sha256") algorithm = base::HashKind::Sha256;
    if (name == "Sha512") algorithm = base::HashKind::Sha512;
    if (!algorithm)
        return wrong_argument(m, "%hash%", 1, "'Md5, 'Sha1, 'Sha256 or 'Sha512", arguments[0]);
    if (is(arguments[1], Tag::SecretTemplate)) {
        return m.give_secret(value::SecretTemplate::derived(
            secret_form(*algorithm), *as<SecretTemplateObj>(arguments[1])->text));
    }
    if (!is(arguments[1], Tag::String))
        return wrong_argument(m, "%hash%", 2, "a string", arguments[1]);
    return m.give(m.heap.string(base::hash_hex(*algorithm, text_of(arguments[1]))));
}

// prefix-s%"…"%: {tag = 'SymbolicString, prefix = 'prefix, fragments = […]}
static Next symbolic_string(Machine& m, const Word* arguments) {
    return m.give(
        Word::of(m.make_record_of({{Symbol::of("tag"), Word::tag(Symbol::of("SymbolicString"))},
                                   {Symbol::of("prefix"), arguments[0]},
                                   {Symbol::of("fragments"), arguments[1]}})));
}

std::span<const Native> value_natives() {
    static const Native natives[] = {
        {.name = "typeof", .run = type_of, .raw = true},
        {.name = "cast", .run = cast, .raw = true},
        {.name = "seq", .arity = 2, .strict = 1, .run = seq, .raw = true},
        {.name = "deep_seq", .arity = 2, .strict = 0, .run = deep_seq},
        {.name = "force", .strict = 0, .run = force},
        {.name = "blame", .run = blame},
        {.name = "trace", .arity = 2, .strict = 1, .run = trace},
        {.name = "to_string",
         .run = to_string,
         .result = value::ValueType::String,
         .takes_secrets = true},
        {.name = "hash",
         .arity = 2,
         .strict = 2,
         .run = hash,
         .result = value::ValueType::String,
         .takes_secrets = true},
        {.name = "symbolic_string", .arity = 2, .strict = 2, .run = symbolic_string},
    };
    return natives;
}

}
