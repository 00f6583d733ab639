#include "lang/builtins/support.hpp"

namespace lang {

static Next compare(Machine& m, const Word* arguments) {
    for (int i = 0; i < 2; ++i) {
        if (!is(arguments[i], Tag::String))
            return wrong_argument(m, "%string/compare%", i + 1, "a string", arguments[i]);
    }
    int order = text_of(arguments[0]).compare(text_of(arguments[1]));
    return m.give(Word::tag(Symbol::of(order < 0 ? "Lesser" : order > 0 ? "Greater" : "Equal")));
}

static Next join(Machine& m, const Word* arguments) {
    return with_elements(
        m, arguments[1], arguments[0],
        [](Machine& machine, Array& parts, Word separator) {
            std::string text;
            for (std::uint32_t i = 0; i < parts.size; ++i) {
                Word part = evaluated(machine, parts, i);
                if (!is(part, Tag::String)) return wrong_argument(machine, "join", "strings", part);
                if (i > 0) text += text_of(separator);
                text += text_of(part);
            }
            return machine.give(machine.heap.string(text));
        },
        ValueType::String);
}

std::span<const Native> string_natives() {
    using enum ValueType;
    static const Native natives[] = {
        {.name = "string/compare", .arity = 2, .strict = 2, .run = compare},
        {.name = "native/string/join", .arity = 2, .strict = 2, .run = join, .result = String},
    };
    return natives;
}

}
