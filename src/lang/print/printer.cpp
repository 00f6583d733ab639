#include "lang/print/printer.hpp"

#include "lang/eval/numbers.hpp"
#include "lang/print/source_text.hpp"
#include "lang/syntax/quoting.hpp"

namespace lang {

namespace {

// Values may be nested deeper than our own stack: what is still to be printed is a list.
class ValuePrinter {
public:
    ValuePrinter(Machine& machine, print::Layout& layout) : machine_(machine), layout_(layout) {}

    void run(Word root) {
        todo_.push_back({Step::Value, root});
        while (!todo_.empty()) {
            Todo next = std::move(todo_.back());
            todo_.pop_back();
            switch (next.step) {
                case Step::Value: value(next.word); break;
                case Step::Argument: argument(next.word); break;
                case Step::Text: layout_.text(next.text); break;
                case Step::Line: layout_.line(); break;
                case Step::In: layout_.indent(2); break;
                case Step::Out: layout_.indent(-2); break;
                case Step::End: layout_.end(); break;
                case Step::Field: field(*as<Record>(next.word), next.slot); break;
            }
        }
    }

private:
    enum class Step : std::uint8_t { Value, Argument, Text, Line, In, Out, End, Field };
    struct Todo {
        Step step;
        Word word = {};
        std::uint32_t slot = 0;
        std::string text = {};
    };
    static Todo text(std::string text) { return {Step::Text, {}, 0, std::move(text)}; }
    // To be done in this order, before everything else.
    void next(std::vector<Todo> steps) {
        for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
            todo_.push_back(std::move(*step));
        }
    }

    void value(Word word);
    void array(Array& array);
    void record(Record& record);
    void field(Record& record, std::uint32_t slot);
    void metadata(const Meta& meta);
    void argument(Word word);
    void source(Span span, std::string_view otherwise) {
        const std::string_view text =
            span.exists() ? machine_.sources.text(span) : std::string_view();
        if (text.empty()) return layout_.text(std::string(otherwise));
        print::append_source(layout_, text);
    }
    void function(Word word);

    Machine& machine_;
    print::Layout& layout_;
    std::vector<Todo> todo_;
};

std::string_view name_of(TypeKind kind) {
    switch (kind) {
        case TypeKind::Number: return "Number";
        case TypeKind::Bool: return "Bool";
        case TypeKind::String: return "String";
        case TypeKind::Array: return "Array Dyn";
        case TypeKind::Dyn: return "Dyn";
        // Others are printed from their source; one without a source was made by the machine.
        default: return "<type>";
    }
}

void ValuePrinter::function(Word word) {
    // A function is printed as its user wrote it, without the contracts and arguments that came
    // later.
    if (is(word, Tag::Wrapped)) word = as<Wrapped>(word)->function;
    if (is(word, Tag::Partial)) word = as<Partial>(word)->function;
    const Block* block = is(word, Tag::Function) ? as<Function>(word)->block : nullptr;
    source(block != nullptr ? block->span : Span{}, "<function>");
}

void ValuePrinter::value(Word word) {
    Word known;
    // Nothing is evaluated for printing: what nobody has asked for yet is shown as its source.
    if (!machine_.at_hand(word, known)) {
        const Block* block = is(word, Tag::Thunk) ? as<Thunk>(word)->block : nullptr;
        const Code* body = block != nullptr ? block->body : nullptr;
        return source(body != nullptr ? body->span : Span{}, "<unevaluated>");
    }
    // Nowhere is a secret printed, nor how many parts it has.
    if (is(known, Tag::SecretTemplate)) return layout_.text("(secret)");
    if (is(known, Tag::String)) return layout_.text(quote_string(as<StringObj>(known)->text()));
    if (known.is_tag()) return layout_.text(quote_tag(known.as_tag().text()));
    if (const auto text = to_text(known)) return layout_.text(*text);
    switch (known.object()->tag) {
        case Tag::Array: return array(*as<Array>(known));
        case Tag::Record: return record(*as<Record>(known));
        case Tag::Variant:
            layout_.begin();
            layout_.text(quote_tag(as<Variant>(known)->variant_tag.text()));
            return next({{Step::In},
                         {Step::Line},
                         {Step::Argument, as<Variant>(known)->argument},
                         {Step::Out},
                         {Step::End}});
        case Tag::Type: {
            const TypeCode& type = *as<TypeObj>(known)->code;
            return source(type.span, name_of(type.kind));
        }
        case Tag::Function:
        case Tag::Partial:
        case Tag::NativeFunction:
        case Tag::Wrapped: return function(known);
        case Tag::CustomContract: return layout_.text("<contract>");
        default: return layout_.text("<" + machine_.describe(known) + ">");
    }
}

void ValuePrinter::argument(Word word) {
    Word known;
    // These would not be read back as the argument: `'A 'B 1` and `'A -1` are something else or
    // nothing.
    const bool plain = machine_.at_hand(word, known) && !is(known, Tag::Variant) &&
                       !(is_number(known) && Number(known).get().sign() < 0) &&
                       !is(known, Tag::Function) && !is(known, Tag::Type);
    if (plain) return value(known);
    layout_.text("(");
    next({{Step::Value, word}, text(")")});
}

void ValuePrinter::array(Array& array) {
    if (array.size == 0) return layout_.text("[  ]");
    layout_.begin();
    layout_.text("[");
    std::vector<Todo> steps{{Step::In}, {Step::Line}};
    for (std::uint32_t i = 0; i < array.size; ++i) {
        if (i > 0) {
            steps.push_back(text(","));
            steps.push_back({Step::Line});
        }
        steps.push_back({Step::Value, machine_.element(array, i)});
    }
    steps.insert(steps.end(), {{Step::Out}, {Step::Line}, text("]"), {Step::End}});
    next(std::move(steps));
}

void ValuePrinter::record(Record& record) {
    const bool open = (record.flags & Record::kOpen) != 0;
    std::vector<Todo> steps{{Step::In}, {Step::Line}};
    bool empty = true;
    for (const std::uint32_t slot : record.shape->sorted_slots()) {
        // An optional field without a value is there for merging only.
        if (machine_.is_empty_optional(record, slot)) continue;
        if (!empty) steps.push_back({Step::Line});
        empty = false;
        steps.push_back({Step::Field, Word::of(&record), slot});
        steps.push_back(text(","));
    }
    // Of a record whose fields are all optional and empty nothing is left to show.
    if (empty && !open) return layout_.text("{}");
    layout_.begin();
    layout_.text("{");
    if (open) steps.insert(steps.end(), {{Step::Line}, text("..")});
    steps.insert(steps.end(), {{Step::Out}, {Step::Line}, text("}"), {Step::End}});
    next(std::move(steps));
}

void ValuePrinter::metadata(const Meta& meta) {
    const auto entry = [&](std::string text) {
        layout_.line();
        layout_.text(std::move(text));
    };
    if (meta.type.exists()) {
        entry(": ");
        source(meta.type, "Dyn");
    }
    for (const Span span : meta.contracts) {
        entry("| ");
        source(span, "Dyn");
    }
    if (meta.has_doc) {
        layout_.line();
        print::append_doc(layout_, meta.doc);
    }
    if (meta.optional) entry("| optional");
    // Written only where it was: a priority of 0 is what every field has.
    if (!meta.has_priority) return;
    if (meta.priority.rank < 0) {
        entry("| default");
    } else if (meta.priority.rank > 0) {
        entry("| force");
    } else {
        entry("| priority " +
              (meta.priority.number ? meta.priority.number->to_string() : std::string("0")));
    }
}

void ValuePrinter::field(Record& record, std::uint32_t slot) {
    const Meta* meta = machine_.meta(record, slot);
    const bool annotated =
        meta != nullptr && (meta->type.exists() || !meta->contracts.empty() || meta->has_doc ||
                            meta->optional || meta->has_priority);
    layout_.begin();
    layout_.text(quote_field(record.shape->symbols[slot].text()));
    layout_.indent(2);
    if (annotated) metadata(*meta);
    const Word word = machine_.field(record, slot);
    if (!word.exists()) return next({{Step::Out}, {Step::End}});
    if (annotated) layout_.line();
    layout_.text(annotated ? "= " : " =");
    if (!annotated) layout_.line();
    next({{Step::In}, {Step::Value, word}, {Step::Out}, {Step::Out}, {Step::End}});
}

}

base::Result<std::string> print_value(Machine& machine, Word word) {
    print::Layout layout;
    ValuePrinter(machine, layout).run(word);
    return layout.render();
}

std::string print_annotation(const SourceMap& sources, Span span) {
    print::Layout layout;
    print::append_source(layout, sources.text(span));
    auto text = layout.render();
    return text ? std::move(*text) : std::string(sources.text(span));
}

}
