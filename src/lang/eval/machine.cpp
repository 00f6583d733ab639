#include "lang/eval/machine.hpp"

#include "lang/eval/steps.hpp"

#include <algorithm>
#include <cstring>

namespace lang {

Machine::Machine(Heap& heap_, Shapes& shapes_, const SourceMap& sources_)
    : heap(heap_), shapes(shapes_), sources(sources_), touched_sets(heap_.meter) {
    // One object for each type of unknown: they are equal, and making one costs nothing.
    for (std::uint8_t type = 0; type < std::size(unknowns_); ++type) {
        auto* object = heap.make<UnknownObj>(Tag::Unknown);
        object->type = type;
        unknowns_[type] = Word::of(object);
    }
}

Machine::~Machine() {
    for (Task* task : parked_) task->machine = nullptr;
}

Word Machine::unknown_text(std::string_view shown) {
    auto* object = heap.make<UnknownObj>(Tag::Unknown);
    object->type = static_cast<std::uint8_t>(value::ValueType::String);
    object->shown = heap.string(shown);
    return Word::of(object);
}

// How a string that is known or not reads in a message; empty for anything else.
std::string_view shown_text(Word word) {
    if (is(word, Tag::String)) return as<StringObj>(word)->text();
    if (is(word, Tag::SecretTemplate)) return "(secret)";
    if (!is(word, Tag::Unknown)) return {};
    const Word shown = as<UnknownObj>(word)->shown;
    return shown.exists() ? as<StringObj>(shown)->text() : kKnownAfterApply;
}

void append_text(value::SecretTemplate& to, Word word) {
    if (is(word, Tag::SecretTemplate)) {
        to.append(*as<SecretTemplateObj>(word)->text);
    } else {
        to.append(as<StringObj>(word)->text());
    }
}

// ---- tasks

Next Machine::finish_task(Machine& machine, const Frame&) {
    machine.finished_ = true;
    return Next::Return;
}

void Machine::begin(Task& task) {
    if (task.machine != nullptr) forget(task);
    task_ = &task;
    task.depth = task.height = 0;
    task.base = 0;
    task.captures = nullptr;
    task.touched = 0;
    task.pending = Word();
    task.waiting_for = nullptr;
    push(finish_task);
}

Outcome Machine::start(Task& task, Word word) {
    begin(task);
    return loop(force(word));
}

Outcome Machine::start_deep(Task& task, Word word, Depth depth) {
    begin(task);
    return loop(deep_force(word, depth));
}

Outcome Machine::resume(Task& task) {
    forget(task);
    task_ = &task;
    task.waiting_for = nullptr;
    const Word pending = task.pending;
    task.pending = Word();
    return loop(force(pending));
}

value::Diagnostic Machine::take_error() { return std::move(error_); }

Outcome Machine::loop(Next next) {
    const Heap::Evaluating evaluating(heap);
    finished_ = false;
    for (;;) {
        switch (next) {
            case Next::Return: next = return_result(); break;
            case Next::Run: next = run(); break;
            case Next::Force: next = force_result(); break;
            case Next::Apply: next = apply_result(); break;
            case Next::Fail:
                tell_what_led_here();
                unwind();
                return outcome_of(Outcome::Failed);
            case Next::Park:
                task_->pending = result_;
                park(*task_);
                return outcome_of(Outcome::Parked);
            case Next::Collect: next = collect() ? after_collection_ : no_room(); break;
        }
        // Not in the switch: finish_task returns like any frame, and only the last frame sets it.
        if (finished_) [[unlikely]] {
            // Whoever asked may hold it as long as the evaluation lives.
            heap.keep(result_);
            return outcome_of(Outcome::Done);
        }
    }
}

Next Machine::return_result() {
    Task& task = *task_;
    const Frame frame = task.frames[--task.depth];
    task.height = frame.top;
    task.base = frame.base;
    task.captures = frame.captures;
    return frame.resume(*this, frame);
}

// What was under evaluation may be asked for again, by another task or after the error is told.
// They must not be left as "under evaluation": whoever asks next would wait for ever, or be told
// of an infinite recursion that is none.
void Machine::unwind() {
    Task& task = *task_;
    while (task.depth > 0) {
        const Frame& frame = task.frames[--task.depth];
        if (frame.resume != update) continue;
        Thunk* thunk = as<Thunk>(frame.a);
        thunk->set_state(Thunk::Suspended);
        if (thunk->flags & Thunk::kHasWaiters) {
            thunk->flags &= static_cast<std::uint8_t>(~Thunk::kHasWaiters);
            if (cells) cells->thunk_finished(*thunk);
        }
        // What was read on the way to the error belongs to it: with a cell known, the error may
        // not be there.
        task.touched = touched_sets.join(task.touched, frame.touched);
    }
    task.height = 0;
}

// ---- stack

void Machine::grow(Task& task) {
    if (task.depth == task.frames.size()) task.frames.grow(task.depth + 1, heap.meter);
    if (task.height == task.values.size()) task.values.grow(task.height + 1, heap.meter);
}

Next Machine::enter(const Block& block, const Word* captures, std::size_t base) {
    Task& task = *task_;
    std::size_t needed = base + block.locals;
    if (needed > task.values.size()) task.values.grow(needed, heap.meter);
    // Slots are grown here and not for each variable: a block knows how many it has. They are
    // empty at first, as what was there before may be gone.
    for (std::size_t slot = base + block.arity; slot < needed; ++slot) task.values[slot] = Word();
    task.height = needed;
    task.base = static_cast<std::uint32_t>(base);
    task.captures = captures;
    code_ = block.body;
    return Next::Run;
}

// ---- forcing

Next Machine::update(Machine& machine, const Frame& frame) {
    // The set of the thunk alone, and with it that of whoever asked: dependencies go up by union.
    Thunk* thunk = as<Thunk>(frame.a);
    Task& task = *machine.task_;
    thunk->value = machine.result_;
    thunk->touched = task.touched;
    thunk->set_state(Thunk::Done);
    task.touched = machine.touched_sets.join(frame.touched, task.touched);
    if (thunk->flags & Thunk::kHasWaiters) [[unlikely]] {
        thunk->flags &= static_cast<std::uint8_t>(~Thunk::kHasWaiters);
        if (machine.cells) machine.cells->thunk_finished(*thunk);
    }
    return Next::Return;
}

Next Machine::force_result() {
    if (!is(result_, Tag::Thunk)) return Next::Return;
    Thunk* thunk = as<Thunk>(result_);
    Task& task = *task_;
    // Stale: a cell that it has read as unknown is known by now. It falls through and is run once
    // more.
    if (thunk->state() == Thunk::Done) {
        if (thunk->touched == 0 || !touched_sets.is_stale(thunk->touched)) {
            if (thunk->touched != 0) touch(thunk->touched);
            result_ = thunk->value;
            return Next::Return;
        }
    } else if (thunk->state() == Thunk::Evaluating) {
        // Of this task: it needs itself. Of another: that one will finish it, or a circle of tasks
        // is found by whoever sees that nothing can go on.
        if (thunk->value == Word::integer(task.id)) {
            return infinite_recursion(*thunk);
        }
        thunk->flags |= Thunk::kHasWaiters;
        task.waiting_for = thunk;
        return Next::Park;
    }
    if (thunk->block->body->op == Op::CellThunk) {
        auto* record = as<Record>(thunk->captures[0]);
        auto output = static_cast<std::uint32_t>(thunk->captures[1].as_integer());
        // Merged with values (`local.File & { … }`), a type is a contract still.
        if (record->extension->instance == nullptr) {
            return fail("EvalError::Other", "an output is read of a type, which is no resource",
                        record->span, "a resource is annotated with its type: `| local.File`");
        }
        // The only place where an evaluation waits for the outside. The task keeps its stack, and
        // others run.
        CellReader::Reading reading = cells->read(*record->extension->instance, output, task);
        if (!reading.value.exists()) return Next::Park;
        thunk->value = reading.value;
        thunk->touched = reading.touched;
        thunk->set_state(Thunk::Done);
        touch(reading.touched);
        result_ = reading.value;
        return Next::Return;
    }
    // Each call and each thunk passes here or in apply, so no program without end gets by.
    if (reaches_limit_before_step()) [[unlikely]]
        return limit_reached_before(Next::Force);
    // Marked before it runs: whoever asks meanwhile, itself included, finds it so.
    thunk->set_state(Thunk::Evaluating);
    thunk->value = Word::integer(task.id);
    push(update, nullptr, result_);
    task.frames[task.depth - 1].touched = task.touched;
    task.touched = 0;
    return enter(*thunk->block, thunk->captures, task.height);
}

// A thunk, read or not.
bool Machine::evaluated(Word word, Word& value) {
    Thunk* thunk = as<Thunk>(word);
    // What is being evaluated is not at hand; the caller pushes a frame and forces it.
    if (thunk->state() != Thunk::Done) return false;
    if (thunk->touched != 0) {
        if (touched_sets.is_stale(thunk->touched)) return false;
        touch(thunk->touched);
    }
    value = thunk->value;
    return true;
}

// ---- application

static bool is_no_function(Word word) {
    return !word.is_object() || is(word, Tag::String) || is(word, Tag::Rational) ||
           is(word, Tag::Array) || is(word, Tag::Record);
}

Next resume_apply_more(Machine& machine, const Frame& frame) {
    std::vector<Word> arguments;   // moved by apply to where they belong
    for (std::uint32_t i = 0; i < frame.number; ++i)
        arguments.push_back(machine.stack(machine.height() - frame.number + i));
    Word function;
    machine.at_hand(machine.result(), function);
    if (const auto* call = static_cast<const Code*>(frame.code); call && is_no_function(function)) {
        const std::string more = std::to_string(frame.number);
        return machine.fail("EvalError::NotAFunc",
                            "too many arguments: the function gives " + machine.show(function) +
                                ", which is no function",
                            call->span,
                            more + (frame.number == 1 ? " argument is" : " arguments are") +
                                " more than it takes");
    }
    return machine.apply(function, arguments);
}

void Machine::push_apply(std::size_t arguments) {
    push(resume_apply_more, nullptr, {}, {}, static_cast<std::uint32_t>(arguments));
}

Next Machine::apply(Word function, std::span<const Word> arguments) {
    for (Word argument : arguments) push_value(argument);
    argument_count_ = arguments.size();
    result_ = function;
    return Next::Apply;
}

// Partial: the arguments that it has are put before the new ones. Unknown: what it would give is
// unknown, whatever it is given. Too few arguments make a Partial; with too many the surplus waits
// below a frame for the function that comes out.
Next Machine::apply_result() {
    Task& task = *task_;
    // Drop the locals of a block that has nothing left to do.
    std::size_t bottom = task.depth > 0 ? task.frames[task.depth - 1].top : 0;
    std::size_t first = task.height - argument_count_;
    if (first > bottom) {
        std::memmove(static_cast<void*>(&task.values[bottom]), &task.values[first],
                     argument_count_ * sizeof(Word));
        first = bottom;
        task.height = bottom + argument_count_;
    }
    if (!result_.is_object()) {
        return fail("EvalError::NotAFunc", "this is " + show(result_) + ", not a function",
                    current_span());
    }
    std::size_t arity = 0;
    switch (result_.object()->tag) {
        case Tag::Function: arity = as<Function>(result_)->block->arity; break;
        case Tag::NativeFunction: arity = as<NativeFunction>(result_)->native->arity; break;
        case Tag::Partial: {
            auto* partial = as<Partial>(result_);
            for (std::size_t i = 0; i < partial->count; ++i) push_value(Word());
            std::memmove(static_cast<void*>(&task.values[first + partial->count]),
                         &task.values[first], argument_count_ * sizeof(Word));
            std::copy_n(partial->arguments, partial->count, task.values.data() + first);
            argument_count_ += partial->count;
            result_ = partial->function;
            return Next::Apply;
        }
        case Tag::Wrapped: return apply_wrapped(*as<Wrapped>(result_), argument_count_);
        case Tag::Thunk: {
            // Keep the arguments below while the function is evaluated.
            push(resume_apply_more, nullptr, {}, {}, static_cast<std::uint32_t>(argument_count_));
            return Next::Force;
        }
        case Tag::Unknown: task.height = first; return give(unknown(value::ValueType::Dyn));
        case Tag::Sealed:
            return blame_sealed(result_, "a value sealed by a polymorphic contract was applied");
        default:
            return fail("EvalError::NotAFunc", "this is " + describe(result_) + ", not a function",
                        current_span());
    }
    if (argument_count_ < arity) {
        auto* partial = heap.make<Partial>(Tag::Partial, argument_count_);
        partial->function = result_;
        std::copy_n(task.values.data() + first, argument_count_, partial->arguments);
        task.height = first;
        return give(Word::of(partial));
    }
    if (argument_count_ > arity) {
        std::size_t more = argument_count_ - arity;
        auto begin = task.values.data() + first;
        std::rotate(begin, begin + arity, begin + argument_count_);
        task.height = first + more;
        push(resume_apply_more, current_, {}, {}, static_cast<std::uint32_t>(more));
        task.height += arity;
        first += more;
        argument_count_ = arity;
    }
    if (reaches_limit_before_step()) [[unlikely]]
        return limit_reached_before(Next::Apply);
    if (result_.object()->tag == Tag::Function) {
        auto* function = as<Function>(result_);
        return enter(*function->block, function->captures, first);
    }
    return apply_native(*as<NativeFunction>(result_)->native);
}

// The arguments are the topmost values. Strict ones are evaluated in place, one after the other.
Next Machine::apply_native(const Native& native) {
    // After each argument that has to be evaluated this is entered again: what is done already is
    // at hand, so the loop finds its place by itself.
    Task& task = *task_;
    std::size_t first = task.height - native.arity;
    for (std::size_t i = 0; i < native.strict; ++i) {
        Word value;
        if (at_hand(task.values[first + i], value)) {
            task.values[first + i] = value;
            continue;
        }
        push(native_argument, &native, {}, {}, static_cast<std::uint32_t>(i));
        return force(task.values[first + i]);
    }
    constexpr std::size_t kMaxArity = 8;
    Word arguments[kMaxArity];
    std::copy_n(task.values.data() + first, native.arity, arguments);
    task.height = first;
    // Raw natives look at such words themselves (typeof, seal).
    if (!native.raw) {
        for (std::size_t i = 0; i < native.strict; ++i) {
            if (is(arguments[i], Tag::Sealed)) {
                return blame_sealed(arguments[i],
                                    "a value sealed by a polymorphic contract was inspected");
            }
        }
        // After the seals: that is an error whatever becomes known.
        for (std::size_t i = 0; i < native.strict; ++i) {
            if (is(arguments[i], Tag::Unknown)) return give(unknown(native.result));
        }
        for (std::size_t i = 0; i < native.strict && !native.takes_secrets; ++i) {
            if (is(arguments[i], Tag::SecretTemplate))
                return refuse_secret("%" + std::string(native.name) + "%");
        }
    }
    return native.run(*this, arguments);
}

Next Machine::native_argument(Machine& machine, const Frame& frame) {
    auto& native = *static_cast<const Native*>(frame.code);
    machine.stack(machine.height() - native.arity + frame.number) = machine.result_;
    return machine.apply_native(native);
}

}
