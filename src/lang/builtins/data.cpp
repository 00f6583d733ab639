#include "lang/builtins/support.hpp"

#include "lang/data.hpp"

// Serialising, and the loading of the standard library.
namespace lang {

static std::optional<json::Format> format_of(Word word) {
    if (!word.is_tag()) return std::nullopt;
    std::string_view name = word.as_tag().text();
    if (name == "Json") return json::Format::Json;
    if (name == "Yaml") return json::Format::Yaml;
    if (name == "YamlDocuments") return json::Format::YamlDocuments;
    if (name == "Toml") return json::Format::Toml;
    return std::nullopt;
}

// A part anywhere below an evaluated value, itself included, that is `wanted`; or unknown names.
static bool has_part(Machine& m, Word root, bool (*wanted)(Word)) {
    std::vector<Word> open{root};
    // By a stack of its own and not by recursion: values may be nested as deep as the program
    // likes.
    for (std::size_t turn = 0; !open.empty() && !m.leaves(turn); ++turn) {
        Word word = open.back(), value;
        open.pop_back();
        if (!m.at_hand(word, value)) continue;
        if (wanted(value)) return true;
        if (is(value, Tag::Array)) {
            for (std::uint32_t i = 0; i < as<Array>(value)->size; ++i)
                open.push_back(m.element(*as<Array>(value), i));
        } else if (is(value, Tag::Record)) {
            auto& record = *as<Record>(value);
            for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
                Word field = m.field(record, slot);
                if (field.exists()) open.push_back(field);
            }
        }
    }
    return false;
}

static bool is_unknown(Word word) {
    return is(word, Tag::Unknown) ||
           (is(word, Tag::Record) && as<Record>(word)->flags & Record::kUnknownNames);
}

static Next serialize(Machine& m, const Word* arguments) {
    auto format = format_of(arguments[0]);
    if (!format)
        return wrong_argument(m, "%serialize%", 1, "'Json, 'Yaml, 'YamlDocuments or 'Toml",
                              arguments[0]);
    // A text with one unknown part is unknown as a whole: nobody could say where the part begins.
    if (has_part(m, arguments[1], is_unknown)) return m.give(m.unknown(value::ValueType::String));
    if (*format == json::Format::YamlDocuments &&
        has_part(m, arguments[1], [](Word word) { return word.is_null(); })) {
        return m.fail("EvalError::SerializationError",
                      "YAML documents cannot hold `null`, but this value does", m.current_span(),
                      "leave the field out, or serialise as 'Yaml");
    }
    std::string text;
    auto writer = json::make_writer(*format, text);
    ExportFailure failure;
    SecretMarks secrets;
    // What failed may be the room for the text, and not the value.
    if (!write_data(m, arguments[1], *writer, failure, &text, &secrets)) {
        if (!m.heap.has_room_for_text(text.size())) return m.no_room();
        std::string where = failure.path.empty() ? "" : " (at `" + failure.path + "`)";
        return m.fail("EvalError::SerializationError", failure.message + where, m.current_span());
    }
    if (!secrets.empty()) return m.give_secret(secrets.split(text));
    return m.give(m.heap.string(text));
}

static Next deserialize(Machine& m, const Word* arguments) {
    auto format = format_of(arguments[0]);
    if (!format)
        return wrong_argument(m, "%deserialize%", 1, "'Json, 'Yaml, 'YamlDocuments or 'Toml",
                              arguments[0]);
    if (!is(arguments[1], Tag::String))
        return wrong_argument(m, "%deserialize%", 2, "a string", arguments[1]);
    // JSON and TOML: the simplest number that rounds to the double; YAML: exactly what is written.
    // value::Reading says why they differ.
    bool yaml = *format == json::Format::Yaml || *format == json::Format::YamlDocuments;
    // A key that stands twice in YAML is merged, as in a file that is imported.
    DataBuilder builder(m, yaml ? DataBuilder::Repeated::Merge : DataBuilder::Repeated::Last,
                        yaml ? value::Reading::Exact : value::Reading::SimplestDouble);
    // What a program reads itself may have more than the 64 bits that a file has.
    if (*format == json::Format::Toml) builder.keep_integers();
    auto read = json::read(*format, text_of(arguments[1]), builder);
    if (!read.ok()) {
        return m.fail(
            yaml ? "EvalError::DeserializationErrorWithInner" : "EvalError::DeserializationError",
            "this text cannot be read: " + std::string(read.error().message()), m.current_span());
    }
    return m.give(builder.value());
}

static const std::string_view kModules[] = {"array", "string",   "number",  "record", "contract",
                                            "enum",  "function", "package", "test"};

// Modules are functions of the natives and of `std`, so that they can refer to each other while
// they are loaded.
static Next load_module(Machine& m, const Word* arguments) {
    const Word fields = m.library->std_fields(arguments[0].as_tag().text());
    if (fields.exists()) return m.give(fields);
    Word call[] = {m.library->native_record(), m.library->std_record()};
    return m.apply(m.library->std_module(arguments[0].as_tag().text()), call);
}

// A field of a module that is read in parts.
static Next load_part(Machine& m, const Word* arguments) {
    const Symbol field = arguments[1].as_tag();
    m.push(
        [](Machine& machine, const Frame& frame) {
            return machine.access(machine.result(), frame.a.as_tag(), {});
        },
        nullptr, Word::tag(field));
    Word call[] = {m.library->native_record(), m.library->std_record()};
    return m.apply(m.library->std_part(arguments[0].as_tag().text(), field.text()), call);
}

// `std`: what root.ncl defines, and a field for each module that is loaded when first used.
// Loading all of them would cost each start time, and most programs use few.
static Next load_std(Machine& m, const Word*) {
    // Runs when root.ncl has been evaluated: then the record of the modules is merged with what it
    // defines.
    m.push([](Machine& machine, const Frame&) {
        auto* load = machine.heap.make<NativeFunction>(Tag::NativeFunction);
        load->native = find_native("std/module");
        std::vector<std::pair<Symbol, Word>> modules;
        for (std::string_view name : kModules) {
            modules.emplace_back(
                Symbol::of(name),
                machine.delay_apply(Word::of(load), {Word::tag(Symbol::of(name))}));
        }
        Record* sides[] = {as<Record>(machine.result()), machine.make_record_of(modules)};
        return machine.give(Word::of(machine.merge_many(sides, {})));
    });
    if (const Word fields = m.library->std_fields("root"); fields.exists()) return m.give(fields);
    Word call[] = {m.library->native_record(), m.library->std_record()};
    return m.apply(m.library->std_module("root"), call);
}

std::span<const Native> data_natives() {
    static const Native natives[] = {
        {.name = "serialize",
         .arity = 2,
         .strict = 2,
         .run = serialize,
         .result = value::ValueType::String,
         .takes_secrets = true},
        {.name = "deserialize", .arity = 2, .strict = 2, .run = deserialize},
        {.name = "std/load", .strict = 0, .run = load_std},
        {.name = "std/module", .run = load_module},
        {.name = "std/part", .arity = 2, .strict = 2, .run = load_part},
    };
    return natives;
}

}
