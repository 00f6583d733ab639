#include "lang/builtins/support.hpp"
#include "lang/text/text.hpp"

#include <algorithm>

// Strings count and cut in grapheme clusters (lang/text). Regular expressions: patterns.cpp.
namespace lang {

static std::optional<Next> all_strings(Machine& m, const Word* arguments, int count,
                                       std::string_view operation) {
    for (int i = 0; i < count; ++i) {
        if (is(arguments[i], Tag::String)) continue;
        if (count == 1) return wrong_argument(m, operation, "a string", arguments[i]);
        return wrong_argument(m, operation, i + 1, "a string", arguments[i]);
    }
    return std::nullopt;
}

// Whether there is room for so many parts of a text: as views first, then as strings.
// Views and strings are there at once, while one is made of the other.
static bool has_room_for_parts(Machine& m, std::uint64_t parts, std::uint64_t bytes) {
    constexpr std::uint64_t kEach =
        sizeof(std::string_view) * 2 + sizeof(StringObj) + 2 * sizeof(Word);
    return m.heap.has_room(parts * kEach + bytes);
}

static std::uint64_t count_of(std::string_view part, std::string_view text) {
    std::uint64_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos;
         at += part.size())
        ++count;
    return count;
}

// Not fewer than the text has clusters.
// A cluster has at least one character, and a character one byte that does not continue another.
static std::uint64_t most_characters(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

static Next give_strings(Machine& m, const std::vector<std::string_view>& parts) {
    Array* array = m.make_array(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (m.leaves(i)) return m.limit_reached();
        array->chunk->elements[i] = m.heap.string(parts[i]);
    }
    return m.give(Word::of(array));
}

static Next trim(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 1, "%string/trim%")) return *next;
    return m.give(m.heap.string(text::trim(text_of(a[0]))));
}
static Next chars(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 1, "%string/chars%")) return *next;
    std::string_view text = text_of(a[0]);
    if (!has_room_for_parts(m, most_characters(text), text.size())) return m.no_room();
    return give_strings(m, text::characters(text, m.stop));
}
// A character may become three in another case, of as many bytes each.
// U+0390 has two bytes and its capital six: three characters.
static bool has_room_for_case(Machine& m, std::string_view text) {
    return m.heap.has_room_for_text(3 * text.size());
}
static Next uppercase(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 1, "%string/uppercase%")) return *next;
    if (!has_room_for_case(m, text_of(a[0]))) return m.no_room();
    return m.give(m.heap.string(text::uppercase(text_of(a[0]), m.stop)));
}
static Next lowercase(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 1, "%string/lowercase%")) return *next;
    if (!has_room_for_case(m, text_of(a[0]))) return m.no_room();
    return m.give(m.heap.string(text::lowercase(text_of(a[0]), m.stop)));
}
static Next length(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 1, "%string/length%")) return *next;
    return m.give(Word::integer(static_cast<std::int64_t>(text::length(text_of(a[0]), m.stop))));
}
static Next split(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 2, "%string/split%")) return *next;
    std::string_view text = text_of(a[0]), separator = text_of(a[1]);
    // Counted by bytes and not by clusters: never fewer parts than there will be.
    std::uint64_t parts = separator.empty() ? most_characters(text) : count_of(separator, text) + 1;
    if (!has_room_for_parts(m, parts, text.size())) return m.no_room();
    return give_strings(m, text::split(text, separator, m.stop));
}
static Next contains(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 2, "%string/contains%")) return *next;
    return m.give(Word::boolean(text::contains(text_of(a[0]), text_of(a[1]), m.stop)));
}
static Next compare(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 2, "%string/compare%")) return *next;
    // By bytes, which for UTF-8 is the order of the code points. Not by any language's rules: a
    // sort must not depend on where it runs.
    int order = text_of(a[0]).compare(text_of(a[1]));
    return m.give(Word::tag(Symbol::of(order < 0 ? "Lesser" : order > 0 ? "Greater" : "Equal")));
}
static Next replace(Machine& m, const Word* a) {
    if (auto next = all_strings(m, a, 3, "%string/replace%")) return *next;
    std::string_view text = text_of(a[0]), part = text_of(a[1]), with = text_of(a[2]);
    const std::uint64_t count = part.empty() ? most_characters(text) + 1 : count_of(part, text);
    // Both factors are sizes of strings, below 4 GiB.
    std::uint64_t size = text.size();
    if (__builtin_add_overflow(size, count * with.size(), &size) ||
        !m.heap.has_room_for_text(size) || (part.empty() && !has_room_for_parts(m, count, 0)))
        return m.no_room();
    return m.give(m.heap.string(text::replace(text, part, with, m.stop)));
}

static Next substr(Machine& m, const Word* a) {
    if (!is(a[0], Tag::String)) return wrong_argument(m, "%string/substr%", 1, "a string", a[0]);
    for (int i = 1; i < 3; ++i) {
        if (!is_number(a[i])) return wrong_argument(m, "%string/substr%", i + 1, "a number", a[i]);
    }
    constexpr std::uint64_t kMax = 0xFFFFFFFF;
    auto start = natural(a[1], kMax), end = natural(a[2], kMax);
    auto refuse = [&](std::string_view why) {
        return m.fail("EvalError::Other",
                      "the part " + *to_text(a[1]) + " to " + *to_text(a[2]) +
                          " cannot be taken of this string: " + std::string(why),
                      m.current_span());
    };
    if (!start || !end) return refuse("both must be whole numbers that are not negative");
    // The clusters are found first, and cut then.
    if (!has_room_for_parts(m, most_characters(text_of(a[0])), 0)) return m.no_room();
    auto part = text::substring(text_of(a[0]), *start, *end, m.stop);
    if (!part.ok()) return refuse(part.error().message());
    return m.give(m.heap.string(*part));
}

static std::optional<text::Base64> base64_variant(Word word) {
    if (!word.is_tag()) return std::nullopt;
    std::string_view name = word.as_tag().text();
    if (name == "Standard") return text::Base64::Standard;
    if (name == "UrlSafe") return text::Base64::UrlSafe;
    if (name == "NoPad") return text::Base64::NoPad;
    if (name == "UrlSafeNoPad") return text::Base64::UrlSafeNoPad;
    return std::nullopt;
}

static value::SecretForm secret_form(text::Base64 variant) {
    switch (variant) {
        case text::Base64::Standard: return value::SecretForm::Base64;
        case text::Base64::UrlSafe: return value::SecretForm::Base64UrlSafe;
        case text::Base64::NoPad: return value::SecretForm::Base64NoPad;
        case text::Base64::UrlSafeNoPad: return value::SecretForm::Base64UrlSafeNoPad;
    }
    UNREACHABLE();
}

static constexpr std::string_view kVariants = "'Standard, 'UrlSafe, 'NoPad or 'UrlSafeNoPad";

static Next base64_encode(Machine& m, const Word* a) {
    auto variant = base64_variant(a[0]);
    if (!variant) return wrong_argument(m, "%string/base64_encode%", 1, kVariants, a[0]);
    if (is(a[1], Tag::SecretTemplate)) {
        return m.give_secret(value::SecretTemplate::derived(secret_form(*variant),
                                                            *as<SecretTemplateObj>(a[1])->text));
    }
    if (!is(a[1], Tag::String))
        return wrong_argument(m, "%string/base64_encode%", 2, "a string", a[1]);
    if (!m.heap.has_room_for_text(text_of(a[1]).size() / 3 * 4 + 4)) return m.no_room();
    return m.give(m.heap.string(text::encode_base64(text_of(a[1]), *variant, m.stop)));
}

static Next base64_decode(Machine& m, const Word* a) {
    auto variant = base64_variant(a[0]);
    if (!variant) return wrong_argument(m, "%string/base64_decode%", 1, kVariants, a[0]);
    if (!is(a[1], Tag::String))
        return wrong_argument(m, "%string/base64_decode%", 2, "a string", a[1]);
    if (!m.heap.has_room_for_text(text_of(a[1]).size())) return m.no_room();
    auto decoded = text::decode_base64(text_of(a[1]), *variant, m.stop);
    // 'Ok and 'Error, not an error of the evaluation: the text may come from outside, and the
    // program decides.
    if (decoded.ok()) return m.give(m.make_variant(Symbol::of("Ok"), m.heap.string(*decoded)));
    Record* error =
        m.make_record_of({{Symbol::of("message"), m.heap.string(decoded.error().message())}});
    return m.give(m.make_variant(Symbol::of("Error"), Word::of(error)));
}

static Next join_secrets(Machine& m, Array& parts, Word separator) {
    value::SecretTemplate text;
    for (std::uint32_t i = 0; i < parts.size; ++i) {
        if (m.leaves(i)) return m.limit_reached();
        const Word part = evaluated(m, parts, i);
        if (!is_text(part)) return wrong_argument(m, "join", "strings", part);
        if (i > 0) append_text(text, separator);
        append_text(text, part);
    }
    return m.give_secret(std::move(text));
}

static Next join(Machine& m, const Word* arguments) {
    return with_elements(
        m, arguments[1], arguments[0],
        [](Machine& machine, Array& parts, Word separator) {
            std::uint64_t size = 0;
            bool has_secret = is(separator, Tag::SecretTemplate);
            for (std::uint32_t i = 0; i < parts.size && !has_secret; ++i) {
                has_secret = is(evaluated(machine, parts, i), Tag::SecretTemplate);
            }
            if (has_secret) return join_secrets(machine, parts, separator);
            for (std::uint32_t i = 0; i < parts.size; ++i) {
                if (machine.leaves(i)) return machine.limit_reached();
                Word part = evaluated(machine, parts, i);
                if (!is(part, Tag::String)) return wrong_argument(machine, "join", "strings", part);
                size += text_of(part).size() + (i > 0 ? text_of(separator).size() : 0);
            }
            // One allocation of the exact size; adding part to part would copy each byte many
            // times.
            if (!machine.heap.has_room_for_text(size)) return machine.no_room();
            StringObj* text = machine.heap.string_buffer(size);
            char* to = text->data;
            for (std::uint32_t i = 0; i < parts.size; ++i) {
                if (machine.leaves(i)) return machine.limit_reached();
                if (i > 0) to = std::ranges::copy(text_of(separator), to).out;
                to = std::ranges::copy(text_of(evaluated(machine, parts, i)), to).out;
            }
            return machine.give(Word::of(text));
        },
        value::ValueType::String);
}

std::span<const Native> string_natives() {
    using enum value::ValueType;
    static const Native natives[] = {
        {.name = "string/trim", .run = trim, .result = String},
        {.name = "string/chars", .run = chars, .result = Array},
        {.name = "string/uppercase", .run = uppercase, .result = String},
        {.name = "string/lowercase", .run = lowercase, .result = String},
        {.name = "string/length", .run = length, .result = Number},
        {.name = "string/split", .arity = 2, .strict = 2, .run = split, .result = Array},
        {.name = "string/contains", .arity = 2, .strict = 2, .run = contains, .result = Bool},
        {.name = "string/compare", .arity = 2, .strict = 2, .run = compare},
        {.name = "string/replace", .arity = 3, .strict = 3, .run = replace, .result = String},
        {.name = "string/substr", .arity = 3, .strict = 3, .run = substr, .result = String},
        {.name = "string/base64_encode",
         .arity = 2,
         .strict = 2,
         .run = base64_encode,
         .result = String,
         .takes_secrets = true},
        {.name = "string/base64_decode", .arity = 2, .strict = 2, .run = base64_decode},
        {.name = "native/string/join",
         .arity = 2,
         .strict = 2,
         .run = join,
         .result = String,
         .takes_secrets = true},
    };
    return natives;
}

}
