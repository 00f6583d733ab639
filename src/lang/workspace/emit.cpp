#include "lang/workspace/workspace_program.hpp"

#include "lang/diag/render_json.hpp"
#include "lang/diag/render_text.hpp"
#include "lang/eval/numbers.hpp"
#include "value/builder.hpp"

// What the engine reads of an evaluation.
namespace lang {

// Data of any depth comes from the program: what no reader takes is not descended into. An empty
// array in its place is one level too many, which is what the reader refuses.
void WorkspaceProgram::emit(Word word, value::ValueSink& sink, std::size_t depth) const {
    Machine& machine = evaluation_->machine;
    if (machine.is_stopped()) return sink.unknown(value::ValueType::Dyn);   // nobody will use it
    if (is(word, Tag::Thunk) && machine.touched_sets.is_secret(as<Thunk>(word)->touched))
        sink.secret();
    Word value;
    if (!machine.at_hand(word, value)) return sink.unknown(value::ValueType::Dyn);
    if (value.is_null()) return sink.null();
    if (value.is_bool()) return sink.boolean(value.is_true());
    if (value.is_integer()) return sink.integer(value.as_integer());
    if (value.is_tag()) return sink.string(value.as_tag().text());
    if (depth > value::kMaxValueDepth) {
        sink.begin_array(0);
        return sink.end_array();
    }
    switch (value.object()->tag) {
        case Tag::String: return sink.string(as<StringObj>(value)->text());
        case Tag::SecretTemplate: return sink.secret_template(*as<SecretTemplateObj>(value)->text);
        case Tag::Rational: return sink.number(as<RationalObj>(value)->reduced());
        case Tag::Unknown:
            return sink.unknown(static_cast<value::ValueType>(as<UnknownObj>(value)->type));
        case Tag::Array: {
            auto& array = *as<Array>(value);
            sink.begin_array(array.size);
            for (std::uint32_t i = 0; i < array.size; ++i) {
                emit(machine.element(array, i), sink, depth + 1);
            }
            return sink.end_array();
        }
        case Tag::Record: {
            auto& record = *as<Record>(value);
            // Another instance stands for itself, by its address; its own inputs are told with it.
            if (record.extension && record.extension->instance) {
                value::InstanceId id = record.extension->instance->id;
                bool linked = id != Instance::kUnlinked;
                return sink.instance(id, linked ? std::string_view(instances_[id].address)
                                                : std::string_view());
            }
            std::vector<std::pair<Symbol, Word>> fields;
            for (std::uint32_t slot : record.shape->sorted_slots()) {
                Word field = machine.field(record, slot);
                if (field.exists()) fields.emplace_back(record.shape->symbols[slot], field);
            }
            sink.begin_record(fields.size());
            for (auto& [name, field] : fields) {
                sink.key(name.text());
                emit(field, sink, depth + 1);
            }
            return sink.end_record();
        }
        // As std.enum.to_tag_and_arg takes it apart, so that a variant in an input or output is
        // data.
        case Tag::Variant: {
            auto& variant = *as<Variant>(value);
            sink.begin_record(2);
            sink.key("arg");
            emit(variant.argument, sink, depth + 1);
            sink.key("tag");
            sink.string(variant.variant_tag.text());
            return sink.end_record();
        }
        default: return sink.null();   // refused before: no input may hold a function
    }
}

void WorkspaceProgram::emit_inputs(value::InstanceId id, value::ValueSink& sink) const {
    emit(instances_[id].inputs, sink);
}

void WorkspaceProgram::emit_outputs(value::ValueSink& sink) const { emit(outputs_, sink); }

value::InputPlace WorkspaceProgram::place(value::InstanceId id, std::string_view input) const {
    SymbolScope scope(evaluation_->symbols);
    const Record& record = *instances_[id].record;
    Span span = record.span;
    if (!input.empty()) {
        std::uint32_t slot = record.shape->find(Symbol::of(input));
        if (slot != Shape::kAbsent && record.fields && record.fields[slot].span.exists())
            span = record.fields[slot].span;
    }
    Place place = evaluation_->sources.place(span.begin);
    return {place.source ? place.source->name : std::string(), place.line, place.column};
}

std::string WorkspaceProgram::render(const value::Diagnostic& diagnostic, bool colour) const {
    RenderOptions options;
    options.colour = colour;
    return render_text(diagnostic, evaluation_->sources, options);
}

std::string WorkspaceProgram::render_json(const value::Diagnostic& diagnostic) const {
    return lang::render_json({&diagnostic, 1}, evaluation_->sources);
}

}
