#include "lang/eval/numbers.hpp"
#include "lang/eval/steps.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/syntax/quoting.hpp"

#include <algorithm>

// What led to an error: where the value at fault comes from, the calls on the way, the field. An
// error is told with what is at hand, and never runs the program.
namespace lang {

// Of a text so much is shown.
static constexpr std::size_t kMaxShown = 40;
static constexpr std::size_t kMaxCalls = 4;
// A name that stands for a name, and so on.
static constexpr int kMaxSteps = 16;

std::string Machine::show(Word word) const {
    if (is(word, Tag::String)) {
        const std::string_view text = as<StringObj>(word)->text();
        if (text.size() <= kMaxShown && text.find('\n') == text.npos)
            return "the string " + quote_string(text);
        return describe(word);
    }
    if (word.is_tag()) return "the tag `" + quote_tag(word.as_tag().text()) + "`";
    if (word.is_bool()) return word.is_true() ? "`true`" : "`false`";
    if (word.is_integer() || is(word, Tag::Rational)) {
        const std::string text = *to_text(word);
        return text.size() <= kMaxShown ? "the number " + text : describe(word);
    }
    if (is(word, Tag::Variant))
        return "the tag `" + quote_tag(as<Variant>(word)->variant_tag.text()) +
               "` with an argument";
    if (is(word, Tag::Array)) {
        const std::uint32_t size = as<Array>(word)->size;
        return size == 0
                   ? "an empty array"
                   : "an array of " + std::to_string(size) + (size == 1 ? " element" : " elements");
    }
    return describe(word);
}

// ---- where a value comes from

// The value of a field of a record literal that was written as a constant: it left no code.
static Span constant_field(const SourceMap& sources, Span literal, Symbol name) {
    const std::string text(sources.text(literal));
    constexpr std::size_t kMaxLiteral = 1 << 16;
    if (!text.starts_with('{') || text.size() > kMaxLiteral) return {};
    SourceMap own;
    const Source* source = own.add("", text);
    if (source == nullptr) return {};
    Arena arena;
    const ParseResult parsed = parse(*source, arena);
    if (!parsed.ok() || parsed.root->kind != ast::Kind::Record) return {};
    for (const ast::FieldDef& field : static_cast<const ast::Record*>(parsed.root)->fields) {
        if (field.value == nullptr || field.path.size() != 1 || field.path.front().name != name)
            continue;
        const Span value = field.value->span;
        return {literal.begin + (value.begin - source->base),
                literal.begin + (value.end - source->base)};
    }
    return {};
}

Span Machine::origin_of_field(const Record& record, Symbol name, int steps) {
    const std::uint32_t slot = record.shape->find(name);
    if (slot == Shape::kAbsent) return {};
    if (record.fields) {
        const Field& field = record.fields[slot];
        if (field.method == Method::Code && field.code && is_in_program(field.code->span))
            return field.code->span;
        if (field.method == Method::Shared) {
            if (const Span span = origin(field.source, steps); span.exists()) return span;
        }
    }
    if (is_in_program(record.span)) {
        if (const Span span = constant_field(sources, record.span, name); span.exists())
            return span;
    }
    return record.fields && is_in_program(record.fields[slot].span) ? record.fields[slot].span
                                                                    : Span{};
}

Span Machine::origin(Word word, int steps) {
    if (is(word, Tag::Record))
        return is_in_program(as<Record>(word)->span) ? as<Record>(word)->span : Span{};
    if (!is(word, Tag::Thunk)) return {};
    const Thunk& thunk = *as<Thunk>(word);
    if (thunk.block == nullptr || !is_in_program(thunk.block->span)) return {};
    // What a finished one captured may be gone.
    if ((thunk.flags & Thunk::kLetGo) != 0) return thunk.block->span;
    const Span deeper = origin(thunk.block->body, thunk.captures, steps);
    return deeper.exists() ? deeper : thunk.block->span;
}

// `captures`: of the block that the code is in, or null for the one that is run now.
Span Machine::origin(const Code* code, const Word* captures, int steps) {
    if (steps == kMaxSteps) return {};
    const auto word_of = [&](const Code* one) -> Word {
        if (one->op > Op::Self) return {};
        if (captures == nullptr || one->op == Op::Constant) return variable(one);
        if (one->op == Op::Captured) return captures[one->index];
        if (one->op == Op::Self) return captures[0];
        return {};
    };
    if (code->op == Op::Constant) return is_in_program(code->span) ? code->span : Span{};
    if (code->op == Op::Access) {
        const auto& access = *node<AccessCode>(code);
        const Word object = word_of(access.object);
        Word record;
        if (!object.exists() || !at_hand(object, record) || !is(record, Tag::Record)) return {};
        return origin_of_field(*as<Record>(record), access.field, steps + 1);
    }
    const Word word = word_of(code);
    return word.exists() ? origin(word, steps + 1) : Span{};
}

Span Machine::origin(const Code* operand) {
    const Span from = origin(operand, nullptr, 0);
    return from == operand->span ? Span{} : from;
}

// ---- the calls, and the field

// Neither the standard library nor a module of a platform.
static bool is_users(const Machine& machine, Span span) {
    if (!machine.is_in_program(span)) return false;
    return !machine.sources.find(span.begin)->name.starts_with("<provisioning/");
}

static bool holds(Span outer, Span inner) {
    return outer.begin <= inner.begin && inner.end <= outer.end;
}

void Machine::add_calls() {
    std::vector<Span> calls;
    const auto add = [&](Span span) {
        if (!is_users(*this, span)) return;
        // What is marked already, or has what is wrong within it, says nothing new.
        for (const value::Label& label : error_.labels) {
            if (label.span == span || (label.primary && holds(span, label.span))) return;
        }
        if (std::ranges::find(calls, span) == calls.end()) calls.push_back(span);
    };
    for (std::size_t i = task_->depth; i > 0 && calls.size() < kMaxCalls; --i) {
        const Frame& frame = task_->frames[i - 1];
        if (frame.resume != update) {
            if (const Code* waits = waiting_operand(frame); waits && waits->op == Op::Apply)
                add(waits->span);
            continue;
        }
        const Block* block = as<Thunk>(frame.a)->block;
        if (block != nullptr && block->body->op == Op::Apply) add(block->body->span);
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const std::string number = calls.size() > 1 ? "(" + std::to_string(i + 1) + ") " : "";
        error_.labels.push_back({calls[i], number + "called here", false});
    }
}

// The walk over everything that a value holds stands at the bottom of the stack.
void Machine::add_field() {
    std::string path;
    for (std::size_t i = 0; i < task_->depth; ++i) {
        const Frame& frame = task_->frames[i];
        if (!add_deep_step(frame, path) && i > 0 && frame.resume != finish_task) break;
    }
    if (path.empty()) return;
    // Said already.
    const std::string quoted = "`" + path + "`";
    if (error_.message.find(quoted) != std::string::npos) return;
    error_.notes.push_back("in the field " + quoted);
}

void Machine::tell_what_led_here() {
    if (!error_.kind.starts_with("EvalError::") || error_.kind == "EvalError::Stopped") return;
    add_calls();
    add_field();
}

}
