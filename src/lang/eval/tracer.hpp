#pragma once

#include "lang/eval/heap.hpp"
#include "lang/eval/shape.hpp"
#include "lang/eval/touched.hpp"

#include <vector>

namespace lang {

struct Task;

// Marks what can be reached. Roots are told to it first, then finish() follows them.
class Tracer {
public:
    Tracer(Heap& heap, Shapes& shapes, const TouchedSets& sets)
        : heap_(heap), shapes_(shapes), sets_(sets) {}

    void word(Word word) {
        if (word.is_object()) object(word.object());
    }
    void object(const Obj* object) {
        if (object != nullptr && HeapBlock::of(object)->mark(object)) open_.push_back(object);
    }
    void words(const Word* words, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) word(words[i]);
    }
    // Words that an operation keeps beside its objects.
    void array(const Word* words, std::size_t count) {
        if (words != nullptr && memory(words, count * sizeof(Word))) this->words(words, count);
    }
    // The words that a block of code captured: those of a thunk or function.
    void captures(const Word* captures);
    void task(const Task& task);

    // Follows everything that was told.
    void finish();

private:
    void drain();
    // Of something without a tag: whether it is met first.
    bool memory(const void* begin, std::size_t bytes);
    void lines(const Obj& object, std::size_t bytes) {
        HeapBlock::of(&object)->mark_lines(&object, bytes);
    }
    void scan(const Obj& object);
    void scan_contract(const Obj& object);
    void scan_thunk(const Thunk& thunk);
    void scan_text(const StringObj& text);
    void scan_array(const Array& array);
    void scan_record(const Record& record);
    void fields(const Field* fields, std::size_t count);
    void field(const Field& field);
    void contracts(const ContractList* list);
    void meta(const Meta* meta);
    void variables(const TypeVariables* variables);
    void counted(const Word* words);

    Heap& heap_;
    Shapes& shapes_;
    const TouchedSets& sets_;
    std::vector<const Obj*> open_;
    std::vector<Thunk*> finished_;   // whose captures may still be compared with others
};

}
