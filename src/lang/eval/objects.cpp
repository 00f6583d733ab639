#include "lang/eval/machine.hpp"
#include "lang/eval/numbers.hpp"

#include <algorithm>

// Making objects, and reading arrays.
namespace lang {

static const Code kApplyCode{Op::ApplyThunk, 0, 0, {}};
static const Block kApplyBlock{.body = &kApplyCode};

Word Machine::make_thunk(const Block& block, std::initializer_list<Word> captures) {
    auto* thunk = heap.make<Thunk>(Tag::Thunk, captures.size());
    thunk->block = &block;
    std::ranges::copy(captures, thunk->captures);
    return Word::of(thunk);
}

Word Machine::delay_apply(Word function, std::initializer_list<Word> arguments) {
    auto* thunk = heap.make<Thunk>(Tag::Thunk, arguments.size() + 1);
    thunk->block = &kApplyBlock;
    thunk->captures[0] = function;
    std::ranges::copy(arguments, thunk->captures + 1);
    return Word::of(thunk);
}

Word Machine::make_variant(Symbol tag, Word argument) {
    auto* variant = heap.make<Variant>(Tag::Variant);
    variant->variant_tag = tag;
    variant->argument = argument;
    return Word::of(variant);
}

Array* Machine::make_array(std::size_t size) {
    auto* array = heap.make<Array>(Tag::Array);
    array->size = static_cast<std::uint32_t>(size);
    static_assert(sizeof(ArrayChunk) == sizeof(Word));
    auto* chunk = reinterpret_cast<ArrayChunk*>(heap.words(size + 1));
    chunk->used = chunk->capacity = array->size;
    array->chunk = chunk;
    return array;
}

Word Machine::empty_array() { return Word::of(make_array(0)); }

ArrayMemo* Machine::make_memo(const Array& array) {
    static_assert(sizeof(ArrayMemo) == sizeof(Word));
    auto* memo = reinterpret_cast<ArrayMemo*>(heap.words(std::size_t{array.size} + 1));
    memo->first = array.offset;
    memo->size = array.size;
    return memo;
}

Word Machine::element(Array& array, std::size_t index) {
    Word raw = raw_element(array, index);
    if (!array.pending) return raw;
    if (!array.memo) array.memo = make_memo(array);
    Word& memo = array.memo->elements[array.offset + index - array.memo->first];
    if (memo.exists()) return memo;
    std::vector<const PendingContract*> contracts;
    // The list has the newest first, contracts apply oldest first.
    for (const PendingList* list = array.pending; list; list = list->rest)
        contracts.push_back(&list->contract);
    for (std::size_t i = contracts.size(); i-- > 0;) {
        raw = delay_contract(contracts[i]->contract, contracts[i]->label, raw);
    }
    return memo = raw;
}

// A sum, difference, product or rest of small integers that are there: to work it out costs less
// than to remember it, it cannot fail and cannot go on for ever. So what a loop hands on to its
// next turn grows no chain of what is still to be done. A result has no place in the program, which
// a delayed argument has: so only for functions of the program's own, which look at it themselves
// and are where it is used; and not for what is written as a number, `-1`.
Word Machine::delay_argument(const Code* code, Word function) {
    if (code->op == Op::Delay && is(function, Tag::Function) &&
        !as<Function>(function)->block->is_library) {
        constexpr int kSteps = 3;
        const Block& block = *node<BlockCode>(code)->block;
        std::int64_t number = 0;
        if (block.body->op == Op::Arithmetic && !block.captures.empty() &&
            is_at_hand(block.body, block, kSteps, number))
            return Word::integer(number);
    }
    return delay(code);
}

// `made`: the block that would be delayed.
bool Machine::is_at_hand(const Code* code, const Block& made, int steps, std::int64_t& number) {
    if (code->op == Op::Arithmetic && steps > 0) {
        auto& binary = *node<BinaryCode>(code);
        std::int64_t left = 0, right = 0;
        return is_at_hand(binary.left, made, steps - 1, left) &&
               is_at_hand(binary.right, made, steps - 1, right) &&
               integer_arithmetic(static_cast<ast::BinaryOp>(code->small), left, right, number);
    }
    Word word;
    if (code->op == Op::Constant) {
        word = node<ConstantCode>(code)->word;
    } else if (code->op == Op::Captured) {
        Code from{made.captures[code->index].where, 0, made.captures[code->index].index, {}};
        word = variable(&from);
    } else {
        return false;
    }
    // What read a cell may change: it stays a thunk, which keeps the set.
    if (is(word, Tag::Thunk)) {
        const Thunk* thunk = as<Thunk>(word);
        if (thunk->state() != Thunk::Done || thunk->touched != 0) return false;
        word = thunk->value;
    }
    number = word.as_integer();
    return word.is_integer();
}

Word Machine::make_closure(const BlockCode& code) {
    const Block& block = *code.block;
    std::size_t size = block.captures.size();
    Word* captures = nullptr;
    Word made;
    if (code.op == Op::Lambda) {
        auto* function = heap.make<Function>(Tag::Function, size);
        function->block = &block;
        captures = function->captures;
        made = Word::of(function);
    } else {
        auto* thunk = heap.make<Thunk>(Tag::Thunk, size);
        thunk->block = &block;
        captures = thunk->captures;
        made = Word::of(thunk);
    }
    for (std::size_t i = 0; i < size; ++i) {
        // Captures of the block are words of the block that makes it: copied, as objects never
        // change.
        Code from{block.captures[i].where, 0, block.captures[i].index, {}};
        captures[i] = variable(&from);
    }
    return made;
}

Word Machine::make_literal(const RecordCode& code) {
    std::size_t size = code.shape->size;
    auto* record = heap.make<Record>(Tag::Record, size);
    record->flags = code.flags;
    record->shape = code.shape;
    record->fields = code.fields.data();
    record->span = code.span;
    if (!code.environment.empty()) {
        auto* environment = heap.make<Environment>(Tag::Environment, code.environment.size());
        environment->touched = static_cast<std::uint32_t>(code.environment.size());
        for (std::size_t i = 0; i < code.environment.size(); ++i) {
            Code from{code.environment[i].where, 0, code.environment[i].index, {}};
            environment->words[i] = variable(&from);
        }
        record->environment = Word::of(environment);
    }
    // Constants are there from the start; all other slots are made when they are asked for.
    std::copy(code.initial.begin(), code.initial.end(), record->slots);
    return Word::of(record);
}

Word Machine::delay(const Code* code) {
    switch (code->op) {
        case Op::Constant:
        case Op::Local:
        case Op::Captured:
        case Op::EnvironmentWord:
        case Op::Self: return variable(code);
        case Op::Delay:
        case Op::Lambda: return make_closure(*node<BlockCode>(code));
        case Op::ArrayLiteral: {
            auto& literal = *node<ArrayCode>(code);
            Array* array = make_array(literal.elements.size());
            for (std::size_t i = 0; i < literal.elements.size(); ++i)
                array->chunk->elements[i] = delay(literal.elements[i]);
            return Word::of(array);
        }
        case Op::VariantLiteral: {
            auto& literal = *node<VariantCode>(code);
            return make_variant(literal.tag, delay(literal.argument));
        }
        case Op::RecordLiteral: return make_literal(*node<RecordCode>(code));
        case Op::TypeLiteral: {
            auto& literal = *node<TypeLiteralCode>(code);
            auto* object = heap.make<TypeObj>(Tag::Type);
            object->code = literal.type;
            Word* captures = heap.counted_words(literal.terms.size());
            for (std::size_t i = 0; i < literal.terms.size(); ++i)
                captures[i] = delay(literal.terms[i]);
            object->captures = captures;
            return Word::of(object);
        }
        case Op::Access: {
            // A field of an enclosing record literal: its slot if it is there already. Making it
            // here could go round in circles.
            auto& access = *node<AccessCode>(code);
            Word object;
            if (at_hand(access.object, object) && is(object, Tag::Record)) {
                auto* record = as<Record>(object);
                // Only if it is made already: to make it would instantiate that field's own
                // delayed code, and so on around the record.
                std::uint32_t slot = record->shape->find(access.field);
                if (slot != Shape::kAbsent && record->slots[slot].exists())
                    return record->slots[slot];
            }
            static const Code kSelect{Op::SelectThunk, 0, 0, {}};
            static const Block kSelectBlock{.body = &kSelect};
            return make_thunk(kSelectBlock,
                              {variable(access.object), Word::tag(access.field),
                               Word::integer(access.span.begin), Word::integer(access.span.end)});
        }
        default: UNREACHABLE();
    }
}

}
