#include "lang/builtins/support.hpp"

namespace lang {

static bool is_enum(Word word) { return word.is_tag() || is(word, Tag::Variant); }

static Next embed(Machine& m, const Word* arguments) {
    // A type annotation's business; a value passes unchanged.
    if (!is_enum(arguments[0])) return wrong_argument(m, "%enum/embed%", "an enum", arguments[0]);
    return m.give(arguments[0]);
}

static Next from_string(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::String))
        return wrong_argument(m, "%enum/from_string%", "a string", arguments[0]);
    return m.give(Word::tag(Symbol::of(text_of(arguments[0]))));
}

static Next get_tag(Machine& m, const Word* arguments) {
    if (is(arguments[0], Tag::Variant))
        return m.give(Word::tag(as<Variant>(arguments[0])->variant_tag));
    if (!arguments[0].is_tag()) return wrong_argument(m, "%enum/get_tag%", "an enum", arguments[0]);
    return m.give(arguments[0]);
}

static Next get_arg(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Variant))
        return wrong_argument(m, "%enum/get_arg%", "an enum variant", arguments[0]);
    return m.force(as<Variant>(arguments[0])->argument);
}

static Next is_variant(Machine& m, const Word* arguments) {
    return m.give(Word::boolean(is(arguments[0], Tag::Variant)));
}

static Next make_variant(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::String))
        return wrong_argument(m, "%enum/make_variant%", "a string", arguments[0]);
    return m.give(m.make_variant(Symbol::of(text_of(arguments[0])), arguments[1]));
}

std::span<const Native> enum_natives() {
    static const Native natives[] = {
        {.name = "enum/embed", .run = embed},
        {.name = "enum/from_string", .run = from_string},
        {.name = "enum/get_tag", .run = get_tag},
        {.name = "enum/get_arg", .run = get_arg},
        {.name = "enum/is_variant", .run = is_variant, .result = value::ValueType::Bool},
        {.name = "enum/make_variant", .arity = 2, .strict = 1, .run = make_variant},
    };
    return natives;
}

}
