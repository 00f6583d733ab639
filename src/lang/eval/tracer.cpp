#include "lang/eval/tracer.hpp"

#include "base/check.hpp"
#include "lang/cells.hpp"
#include "lang/eval/code.hpp"
#include "lang/eval/contract_support.hpp"
#include "lang/eval/machine.hpp"

#include <cstddef>
#include <utility>

// The layout of everything that lies in the heap (objects.hpp), from the collector's side.
// Objects have a header as their base, so the standard leaves to the compiler whether it knows
// where their members lie; ours does.
#pragma clang diagnostic ignored "-Winvalid-offsetof"

namespace lang {

bool Tracer::memory(const void* begin, std::size_t bytes) {
    // Nothing may lie at the end of a block, which is not its own.
    if (bytes == 0) return false;
    HeapBlock* block = HeapBlock::of(begin);
    if (!block->mark(begin)) return false;
    block->mark_lines(begin, bytes);
    return true;
}

static std::size_t captured(const Obj& object, const Block* block) {
    return object.count < Obj::kMany ? object.count : block->captures.size();
}

// ---- roots

void Tracer::captures(const Word* captures) {
    if (captures == nullptr) return;
    // A function's lie behind its header and its block, a thunk's behind its value too: in the
    // place of the function's header there is the thunk's pointer to its block.
    static_assert(static_cast<int>(Tag::Function) == 1 && alignof(Block) == 8);
    static_assert(offsetof(Function, captures) == 16 && offsetof(Thunk, captures) == 24);
    const bool is_function = (captures[-2].bits() & 7) == 1;
    object(reinterpret_cast<const Obj*>(captures - (is_function ? 2 : 3)));
}

void Tracer::task(const Task& task) {
    for (std::size_t i = 0; i < task.depth; ++i) {
        const Frame& frame = task.frames[i];
        word(frame.a);
        word(frame.b);
        captures(frame.captures);
    }
    words(task.values.data(), task.height);
    captures(task.captures);
    word(task.pending);
    object(task.waiting_for);
}

void Tracer::finish() {
    drain();
    // What finished thunks captured is compared as far as a comparison goes, and not further. So
    // the collector never changes what one finds.
    for (int round = 0; round < kMostFinishedThunks && !finished_.empty(); ++round) {
        const std::vector<Thunk*> thunks = std::exchange(finished_, {});
        for (const Thunk* thunk : thunks) words(thunk->captures, captured(*thunk, thunk->block));
        drain();
    }
    for (Thunk* thunk : finished_) thunk->flags |= Thunk::kLetGo;
}

void Tracer::drain() {
    while (!open_.empty()) {
        const Obj& object = *open_.back();
        open_.pop_back();
        scan(object);
    }
}

// ---- objects

void Tracer::scan(const Obj& object) {
    switch (object.tag) {
        case Tag::Thunk: return scan_thunk(static_cast<const Thunk&>(object));
        case Tag::Function: {
            auto& function = static_cast<const Function&>(object);
            const std::size_t count = captured(object, function.block);
            lines(object, sizeof(Function) + count * sizeof(Word));
            return words(function.captures, count);
        }
        case Tag::Partial: {
            auto& partial = static_cast<const Partial&>(object);
            lines(object, sizeof(Partial) + partial.count * sizeof(Word));
            word(partial.function);
            return words(partial.arguments, partial.count);
        }
        case Tag::NativeFunction: return lines(object, sizeof(NativeFunction));
        case Tag::String: return scan_text(static_cast<const StringObj&>(object));
        case Tag::Rational: return lines(object, sizeof(RationalObj));
        case Tag::Array: return scan_array(static_cast<const Array&>(object));
        case Tag::Record: return scan_record(static_cast<const Record&>(object));
        case Tag::Variant:
            lines(object, sizeof(Variant));
            return word(static_cast<const Variant&>(object).argument);
        case Tag::Unknown:
            lines(object, sizeof(UnknownObj));
            return word(static_cast<const UnknownObj&>(object).shown);
        case Tag::SecretTemplate: return lines(object, sizeof(SecretTemplateObj));
        case Tag::Environment:
            lines(object, sizeof(Environment) + object.touched * sizeof(Word));
            return words(static_cast<const Environment&>(object).words, object.touched);
        case Tag::MergedMethods: {
            auto& methods = static_cast<const MergedMethods&>(object);
            lines(object, sizeof(MergedMethods));
            field(methods.left);
            return field(methods.right);
        }
        case Tag::Scratch: {
            auto& scratch = static_cast<const Scratch&>(object);
            lines(object, scratch.bytes);
            return scratch.trace(scratch, *this);
        }
        case Tag::Wrapped:
        case Tag::Type:
        case Tag::CustomContract:
        case Tag::Label:
        case Tag::Sealed:
        case Tag::SealKey: return scan_contract(object);
    }
    UNREACHABLE();
}

void Tracer::scan_contract(const Obj& object) {
    switch (object.tag) {
        case Tag::Wrapped: {
            auto& wrapped = static_cast<const Wrapped&>(object);
            lines(object, sizeof(Wrapped));
            word(wrapped.function);
            counted(wrapped.captures);
            variables(wrapped.variables);
            return this->object(wrapped.label);
        }
        case Tag::Type: {
            auto& type = static_cast<const TypeObj&>(object);
            lines(object, sizeof(TypeObj));
            counted(type.captures);
            return variables(type.variables);
        }
        case Tag::CustomContract:
            lines(object, sizeof(CustomContract));
            return word(static_cast<const CustomContract&>(object).function);
        case Tag::Label: {
            auto& label = static_cast<const BlameLabel&>(object);
            lines(object, sizeof(BlameLabel));
            this->object(label.parent);
            return word(label.payload);
        }
        case Tag::Sealed: {
            auto& sealed = static_cast<const Sealed&>(object);
            lines(object, sizeof(Sealed));
            word(sealed.value);
            return this->object(sealed.label);
        }
        case Tag::SealKey: return lines(object, sizeof(SealKey));
        default: UNREACHABLE();
    }
}

void Tracer::scan_thunk(const Thunk& thunk) {
    const std::size_t count = captured(thunk, thunk.block);
    lines(thunk, sizeof(Thunk) + count * sizeof(Word));
    if (thunk.state() != Thunk::Done) return words(thunk.captures, count);
    word(thunk.value);
    // With an unknown cell in it the thunk may be run once more.
    if (sets_.has_unknown(thunk.touched)) return words(thunk.captures, count);
    if ((thunk.flags & Thunk::kLetGo) != 0) return;
    auto& mutable_thunk = const_cast<Thunk&>(thunk);
    if (may_be_compared(thunk)) {
        finished_.push_back(&mutable_thunk);
    } else {
        mutable_thunk.flags |= Thunk::kLetGo;
    }
}

void Tracer::scan_text(const StringObj& text) {
    if (!text.is_in_room()) return lines(text, sizeof(StringObj) + text.size);
    lines(text, sizeof(RoomText));
    const TextRoom* room = reinterpret_cast<const RoomText&>(text).room;
    (void)memory(room, sizeof(TextRoom) + room->capacity);
}

void Tracer::scan_array(const Array& array) {
    lines(array, sizeof(Array));
    const ArrayChunk& chunk = *array.chunk;
    // All that was ever put there, as other arrays may show other parts of it.
    if (memory(&chunk, sizeof(ArrayChunk) + chunk.capacity * sizeof(Word)))
        words(chunk.elements, chunk.used);
    for (const PendingList* list = array.pending;
         list != nullptr && memory(list, sizeof(PendingList)); list = list->rest) {
        word(list->contract.contract);
        object(list->contract.label);
    }
    const ArrayMemo* memo = array.memo;
    if (memo != nullptr && memory(memo, sizeof(ArrayMemo) + memo->size * sizeof(Word)))
        words(memo->elements, memo->size);
}

// Of a record whose fields all show their values, and depend on nothing but what the literal
// captured: a merge takes what they show. Its environment may lead to all states before this one.
static bool is_past_environment(const Record& record) {
    if (record.fields == nullptr) return true;
    for (std::size_t slot = 0; slot < record.shape->size; ++slot) {
        const Field& field = record.fields[slot];
        if (field.contracts != nullptr) return false;
        if (field.method == Method::None || field.method == Method::Shared) continue;
        const bool is_shown = field.method == Method::Code && !field.depends_on_self;
        if (!is_shown || !record.slots[slot].exists()) return false;
    }
    return true;
}

void Tracer::scan_record(const Record& record) {
    const std::size_t size = record.shape->size;
    if (record.environment.exists() && is_past_environment(record))
        const_cast<Record&>(record).environment = Word();
    lines(record, sizeof(Record) + size * sizeof(Word));
    shapes_.mark(*record.shape);
    fields(record.fields, size);
    word(record.environment);
    words(record.slots, size);
    const RecordExtension* extension = record.extension;
    if (extension == nullptr || !memory(extension, sizeof(RecordExtension))) return;
    word(extension->sealed_tail);
    object(extension->tail_label);
    const Instance* instance = extension->instance;
    if (instance != nullptr && memory(instance, sizeof(Instance))) object(instance->record);
}

// ---- what has no tag; it may lie in code, and then refers to nothing that is not kept

void Tracer::fields(const Field* fields, std::size_t count) {
    if (fields == nullptr || count == 0 || !heap_.owns(fields)) return;
    if (!memory(fields, count * sizeof(Field))) return;
    for (std::size_t i = 0; i < count; ++i) field(fields[i]);
}

void Tracer::field(const Field& field) {
    word(field.source);
    contracts(field.contracts);
    meta(field.meta);
}

void Tracer::contracts(const ContractList* list) {
    if (list == nullptr || !heap_.owns(list) || !memory(list, sizeof(ContractList))) return;
    if (heap_.owns(list->items.data())) (void)memory(list->items.data(), list->items.size_bytes());
    for (const ContractItem& item : list->items) {
        word(item.environment);
        word(item.value);
        object(item.label);
    }
}

void Tracer::meta(const Meta* meta) {
    if (meta == nullptr || !heap_.owns(meta) || !memory(meta, sizeof(Meta))) return;
    const auto contracts = meta->contracts;
    if (!contracts.empty() && heap_.owns(contracts.data()))
        (void)memory(contracts.data(), contracts.size_bytes());
    if (meta->priority.number == nullptr) return;
    object(reinterpret_cast<const Obj*>(reinterpret_cast<const std::byte*>(meta->priority.number) -
                                        offsetof(RationalObj, value)));
}

void Tracer::variables(const TypeVariables* variables) {
    while (variables != nullptr && memory(variables, sizeof(TypeVariables)))
        variables = variables->outer;
}

void Tracer::counted(const Word* words) {
    if (words == nullptr) return;
    const auto count = static_cast<std::size_t>(words[-1].as_integer());
    if (memory(words - 1, (count + 1) * sizeof(Word))) this->words(words, count);
}

}
