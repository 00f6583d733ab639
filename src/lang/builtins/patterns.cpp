#include "lang/builtins/support.hpp"
#include "lang/text/regex.hpp"
#include "lang/text/text.hpp"

#include <memory>

// Regular expressions. `%string/is_match% re` and its like are unary and give a function of the
// subject, so that an expression is compiled once.
// The function that is given holds the text and not the compiled expression, which is no value of
// the heap; the cache knows it again.
namespace lang {

static Next bad_pattern(Machine& m, const base::Error& error) {
    return m.fail("EvalError::Other", "regex parse error: " + std::string(error.message()),
                  m.current_span());
}

// The second stage as a function that holds the pattern's text; compiled patterns are cached.
template <const Native* stage>
static Next compile(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::String)) {
        return wrong_argument(m, stage->name, 1, "a string", arguments[0]);
    }
    auto regex = m.regexes.get(text_of(arguments[0]));
    if (!regex.ok()) return bad_pattern(m, regex.error());
    auto* partial = m.heap.make<Partial>(Tag::Partial, 1);
    auto* function = m.heap.make<NativeFunction>(Tag::NativeFunction);
    function->native = stage;
    partial->function = Word::of(function);
    partial->arguments[0] = arguments[0];
    return m.give(Word::of(partial));
}

static Next no_subject(Machine& m, Word got) {
    return wrong_argument(m, "a compiled regular expression", "a string", got);
}

static Next is_match_in(Machine& m, const Word* arguments) {
    if (!is(arguments[1], Tag::String)) return no_subject(m, arguments[1]);
    auto regex = m.regexes.get(text_of(arguments[0]));
    if (!regex.ok()) return bad_pattern(m, regex.error());
    // Found again in the cache, where it was put a moment ago. If 256 others came between, it is
    // compiled once more.
    return m.give(Word::boolean((*regex)->is_match(text_of(arguments[1]), m.stop)));
}

// Null: no match.
static Record* match_record(Machine& m, const text::Regex::Match* found) {
    static const Symbol kMatched = Symbol::forever("matched"), kIndex = Symbol::forever("index"),
                        kGroups = Symbol::forever("groups");
    std::size_t groups = found ? found->groups.size() : 0;
    Array* array = m.make_array(groups);
    for (std::size_t i = 0; i < groups; ++i)
        array->chunk->elements[i] = m.heap.string(found->groups[i]);
    auto index = found ? static_cast<std::int64_t>(found->index) : -1;
    // No match is told by index -1 and an empty text, as the standard library's documentation has
    // it.
    return m.make_record_of({{kMatched, m.heap.string(found ? found->matched : std::string_view())},
                             {kIndex, Word::integer(index)},
                             {kGroups, Word::of(array)}});
}

static Next find_in(Machine& m, const Word* arguments) {
    if (!is(arguments[1], Tag::String)) return no_subject(m, arguments[1]);
    auto regex = m.regexes.get(text_of(arguments[0]));
    if (!regex.ok()) return bad_pattern(m, regex.error());
    std::vector<text::Regex::Match> found = (*regex)->find(text_of(arguments[1]), m.stop);
    return m.give(Word::of(match_record(m, found.empty() ? nullptr : &found.front())));
}

static Next find_all_in(Machine& m, const Word* arguments) {
    if (!is(arguments[1], Tag::String)) return no_subject(m, arguments[1]);
    auto regex = m.regexes.get(text_of(arguments[0]));
    if (!regex.ok()) return bad_pattern(m, regex.error());
    // What is left of the heap also bounds what lies outside of it for a while.
    auto found = (*regex)->find_all(text_of(arguments[1]), m.heap.room(), m.stop);
    if (!found) return m.no_room();
    Array* array = m.make_array(found->size());
    for (std::size_t i = 0; i < found->size(); ++i) {
        if (m.heap.exhausted() || m.leaves(i)) return m.limit_reached();
        array->chunk->elements[i] = Word::of(match_record(m, &(*found)[i]));
    }
    return m.give(Word::of(array));
}

static Next replace_regex(Machine& m, const Word* arguments) {
    for (int i = 0; i < 3; ++i) {
        if (!is(arguments[i], Tag::String)) {
            return wrong_argument(m, "%string/replace_regex%", i + 1, "a string", arguments[i]);
        }
    }
    auto regex = m.regexes.get(text_of(arguments[1]));
    if (!regex.ok()) return bad_pattern(m, regex.error());
    // Half of it: the result is put together first, then copied.
    auto replaced =
        (*regex)->replace(text_of(arguments[0]), text_of(arguments[2]), m.heap.room() / 2, m.stop);
    if (!replaced || !m.heap.has_room_for_text(replaced->size())) return m.no_room();
    return m.give(m.heap.string(*replaced));
}

static constexpr Native kIsMatchIn{.name = "string/is_match",
                                   .arity = 2,
                                   .strict = 2,
                                   .run = is_match_in,
                                   .result = value::ValueType::Bool};
static constexpr Native kFindIn{.name = "string/find", .arity = 2, .strict = 2, .run = find_in};
static constexpr Native kFindAllIn{.name = "string/find_all",
                                   .arity = 2,
                                   .strict = 2,
                                   .run = find_all_in};

std::span<const Native> pattern_natives() {
    static const Native natives[] = {
        {.name = "string/is_match", .run = compile<&kIsMatchIn>},
        {.name = "string/find", .run = compile<&kFindIn>},
        {.name = "string/find_all", .run = compile<&kFindAllIn>},
        {.name = "string/replace_regex",
         .arity = 3,
         .strict = 3,
         .run = replace_regex,
         .result = value::ValueType::String},
    };
    return natives;
}

}
