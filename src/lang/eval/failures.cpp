#include "lang/eval/machine.hpp"

#include "base/text.hpp"

#include <algorithm>

// What ends an evaluation, and how it is told.
namespace lang {

// Whether `here` is in the text that defines the field `thunk`, with nothing on the way but parts
// of that text. A field with contracts is evaluated by a thunk without text, and its text by
// another.
bool Machine::is_defined_by(const Thunk& thunk, Span here) const {
    const auto holds = [&](const Thunk& one) {
        const Span text = one.block->span;
        return text.exists() && text.begin <= here.begin && here.end <= text.end;
    };
    if (holds(thunk)) return true;
    bool has_inner = false;
    // From the newest: the first thunk on the way whose text lies elsewhere says that it is no
    // plain "name means the field" case, and the hint would mislead.
    for (std::size_t i = task_->depth; i > 0; --i) {
        const Frame& frame = task_->frames[i - 1];
        if (frame.resume != update) continue;
        const auto* on_the_way = as<Thunk>(frame.a);
        if (on_the_way == &thunk) return has_inner;
        if (!holds(*on_the_way)) return false;
        has_inner = true;
    }
    return false;
}

// The names on the way from the thunk to itself: "width", "area", "width".
std::vector<std::string> Machine::circle_to(const Thunk& thunk) const {
    std::vector<std::string> names;   // from the newest
    const auto add = [&names](const Thunk& one) {
        if (one.block == nullptr || one.block->name.id == 0) return;
        std::string name(one.block->name.text());
        // A field with contracts is evaluated by two.
        if (names.empty() || names.back() != name) names.push_back(std::move(name));
    };
    add(thunk);
    constexpr std::size_t kMost = 12;   // of a longer one the beginning and end say enough
    for (std::size_t i = task_->depth; i > 0; --i) {
        const Frame& frame = task_->frames[i - 1];
        if (frame.resume != update) continue;
        if (names.size() < kMost || frame.a.object() == &thunk) add(*as<Thunk>(frame.a));
        if (frame.a.object() == &thunk) break;
    }
    std::ranges::reverse(names);
    return names;
}

// A name that is a field of the record around it means the field, also in its own definition.
Next Machine::infinite_recursion(const Thunk& thunk) {
    const Span whole = thunk.block->span;
    const Span here = current_ && current_->span.exists() ? current_->span : whole;
    Next next = fail("EvalError::InfiniteRecursion", "infinite recursion", here,
                     "this value needs itself to be computed");
    if (const std::vector<std::string> circle = circle_to(thunk); circle.size() > 2) {
        error_.notes.push_back("the circle: " + base::join(circle, " → "));
        return next;
    }
    if (!current_ || current_->op != Op::Access || !is_defined_by(thunk, here)) return next;
    const auto& read = *node<AccessCode>(current_);
    if (read.object->op != Op::Self) return next;
    const std::string name(read.field.text());
    error_.notes.push_back("records are recursive: `" + name +
                           "` here is the field that is being defined, not one further out");
    error_.notes.push_back("for the outer one, name it before the record: `let outer = " + name +
                           " in { " + name + " = outer }`, or `include " + name +
                           "` to take it as it is");
    return next;
}

// By comparing with a count, the usual step costs one branch; all that is rare is behind it.
bool Machine::is_over() {
    if (task_->depth >= max_depth || steps_ > max_steps || is_stopped()) return true;
    look_at_ = std::min(steps_ + kTurnsBetweenLooks, max_steps);
    return false;
}

bool Machine::look_before_step() {
    if (is_over()) return true;
    if (!has_collected_) return heap.wants_collection();
    has_collected_ = false;
    ++steps_;
    return false;
}

bool Machine::look() { return is_over() || heap.exhausted(); }

Next Machine::limit_reached_before(Next step) {
    if (is_over()) return limit_reached();
    after_collection_ = step;
    return Next::Collect;
}

// What a program without end runs into.
Next Machine::limit_reached() {
    // In this order: a program that is too deep is mostly too long as well, and depth is what
    // explains.
    if (task_->depth >= max_depth) {
        return fail("EvalError::Other", "evaluation is nested too deeply", current_span(),
                    "more than " + std::to_string(max_depth) +
                        " pending steps; is a recursion without end?");
    }
    if (heap.exhausted()) return no_room();
    if (steps_ > max_steps) {
        return fail("EvalError::Other", "evaluation takes more steps than it may", current_span(),
                    "more than " + std::to_string(max_steps) +
                        " calls and values (setting `limits.steps`); is a recursion without end?");
    }
    return fail("EvalError::Stopped", "the evaluation was stopped");
}

Next Machine::no_room() {
    constexpr std::size_t kDeep = 100'000;   // frames; honest programs have a few thousand
    return fail("EvalError::Other", "evaluation needs more memory than it may have", current_span(),
                task_->depth > kDeep ? "most of it are pending steps; is a recursion without end?"
                                     : "");
}

bool Machine::is_in_program(Span span) const {
    if (!span.exists()) return false;
    const Source* source = sources.find(span.begin);
    return source != nullptr && !source->name.starts_with("<std/");
}

Span Machine::written(Word word) const {
    if (!is(word, Tag::Thunk)) return {};
    const Block* block = as<Thunk>(word)->block;
    return block != nullptr && is_in_program(block->span) ? block->span : Span{};
}

// The text of the innermost value under evaluation that a program has, and no library: what was
// run last may be a line of the standard library, or where an argument comes from.
Span Machine::span_in_program() const {
    for (std::size_t i = task_->depth; i > 0; --i) {
        const Frame& frame = task_->frames[i - 1];
        if (frame.resume != update) continue;
        if (const Span span = written(frame.a); span.exists()) return span;
    }
    return current_span();
}

// The program has the name of a secret and never the secret: whatever is computed of the name would
// be taken for something about the secret.
Next Machine::refuse_secret(const std::string& operation) {
    return fail("EvalError::Other", operation + " cannot look into a secret", span_in_program(),
                "a program only has the reference to a secret; it can be put into texts, joined, "
                "hashed, encoded and serialised, which is done where the secret is used");
}

Next Machine::give_secret(value::SecretTemplate text) {
    if (!heap.has_room_for_text(text.bytes())) return no_room();
    if (text.depth() > value::SecretTemplate::kMaxDepth) {
        return fail("EvalError::Other", "this secret is transformed too many times",
                    current_span());
    }
    return give(heap.secret_template(std::move(text)));
}

Next Machine::fail(value::Diagnostic diagnostic) {
    error_ = std::move(diagnostic);
    return Next::Fail;
}

Next Machine::fail(std::string kind, std::string message, Span span, std::string note) {
    value::Diagnostic diagnostic;
    diagnostic.kind = std::move(kind);
    diagnostic.message = std::move(message);
    if (span.exists()) diagnostic.labels.push_back({span, "", true});
    if (!note.empty()) diagnostic.notes.push_back(std::move(note));
    return fail(std::move(diagnostic));
}

std::string Machine::describe(Word word) const {
    if (word.is_integer()) return "a number";
    if (word.is_bool()) return "a boolean";
    if (word.is_null()) return "null";
    if (word.is_tag()) return "an enum tag";
    if (!word.is_object()) return "nothing";
    switch (word.object()->tag) {
        case Tag::Thunk: return "an unevaluated value";
        case Tag::Function:
        case Tag::Partial:
        case Tag::NativeFunction:
        case Tag::Wrapped: return "a function";
        case Tag::String: return "a string";
        case Tag::Rational: return "a number";
        case Tag::Array: return "an array";
        case Tag::Record: return "a record";
        case Tag::Variant: return "an enum variant";
        case Tag::Type: return "a type";
        case Tag::CustomContract: return "a contract";
        case Tag::Label: return "a label";
        case Tag::Sealed: return "a sealed value";
        case Tag::SealKey: return "a sealing key";
        case Tag::Unknown: {
            constexpr std::string_view kNames[] = {"a value",  "null",     "a boolean", "a number",
                                                   "a string", "an array", "a record"};
            return std::string(kNames[as<UnknownObj>(word)->type]) + " known only after apply";
        }
        case Tag::SecretTemplate: return "a secret";
        case Tag::Environment:
        case Tag::MergedMethods:
        case Tag::Scratch: return "an environment";
    }
    UNREACHABLE();
}

}
