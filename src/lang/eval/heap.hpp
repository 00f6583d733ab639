#pragma once

#include "lang/eval/heap_block.hpp"
#include "lang/eval/objects.hpp"
#include "lang/memory_meter.hpp"

#include <cstddef>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace lang {

// The evaluation heap: bump allocation in blocks, and between what is left in blocks after the
// Collector went over them. Exceeding the limit does not fail the allocation but raises
// exhausted(), which the machine looks at.
//
// What is made while nothing is evaluated (code, data that is read, what callers put together)
// is kept for ever, as C++ may hold it: see Keeping. What an evaluation makes lives as long as it
// can be reached from there, from its stacks, or from what was kept by name (keep).
class Heap {
public:
    explicit Heap(std::uint64_t limit);
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;
    ~Heap();

    // Of this heap and of whatever else the evaluation holds.
    MemoryMeter meter;

    void* allocate(std::size_t bytes) {
        bytes = (bytes + 7) & ~std::size_t{7};
        if (bytes > left_) return allocate_slow(bytes);
        void* result = next_;
        next_ += bytes;
        left_ -= bytes;
        return result;
    }
    // Of what a program may hold, with room for garbage that is still there (see slack).
    bool exhausted() const { return meter.used() > meter.limit() && is_beyond_slack(0); }
    // Asked before something is made whose size a program may choose.
    bool has_room(std::uint64_t bytes) const { return bytes <= room(); }
    std::uint64_t room() const;
    // Of a text of this size, which is put together elsewhere and then copied here.
    bool has_room_for_text(std::uint64_t size) const {
        return size <= kMaxText && has_room(2 * size + sizeof(StringObj));
    }

    // Words that are nothing yet. Many of them cost no time until they are used.
    Word* words(std::size_t count) {
        if (count >= kManyWords) return static_cast<Word*>(allocate_zeroed(count * sizeof(Word)));
        return array<Word>(count);
    }
    // Words behind one that says how many they are; null for none.
    Word* counted_words(std::size_t count) {
        if (count == 0) return nullptr;
        Word* all = array<Word>(count + 1);
        all[0] = Word::integer(static_cast<std::int64_t>(count));
        return all + 1;
    }

    // An object whose flexible tail has `words` words, left for the caller to fill.
    template <typename T>
    T* make(Tag tag, std::size_t words = 0) {
        static_assert(std::is_trivially_destructible_v<T>);
        T* object = ::new (allocate(sizeof(T) + words * sizeof(Word))) T();
        object->tag = tag;
        object->count = static_cast<std::uint16_t>(words < Obj::kMany ? words : Obj::kMany);
        if (is_keeping_) [[unlikely]]
            kept_.push_back(object);
        return object;
    }
    template <typename T>
    T* array(std::size_t size) {
        static_assert(std::is_trivially_destructible_v<T>);
        T* items = static_cast<T*>(allocate(sizeof(T) * size));
        for (std::size_t i = 0; i < size; ++i) ::new (items + i) T();
        return items;
    }
    // The state of an operation that calls the program: derived from Scratch.
    template <typename T>
    T* scratch(void (*trace)(const Scratch&, Tracer&)) {
        T* state = make<T>(Tag::Scratch);
        state->trace = trace;
        state->bytes = sizeof(T);
        return state;
    }

    Word string(std::string_view text) {
        auto* object = string_buffer(text.size());
        std::memcpy(object->data, text.data(), text.size());
        return Word::of(object);
    }
    StringObj* string_buffer(std::size_t size) {
        auto* object = static_cast<StringObj*>(allocate(sizeof(StringObj) + size));
        object->tag = Tag::String;
        object->flags = 0;
        object->count = 0;
        object->touched = 0;
        object->size = static_cast<std::uint32_t>(size);
        return object;
    }
    // Amortised linear for texts that grow in a loop, at either end.
    Word concat(const StringObj& left, const StringObj& right);
    Word secret_template(value::SecretTemplate text);
    // A fixnum when it fits.
    Word number(value::Rational value);
    Word rough_number(value::Rational value);   // see Rational::divide_roughly
    const value::Rational* rational(value::Rational value);

    bool is_keeping() const { return is_keeping_; }

    // ---- for the collector
    // Objects that live for ever, whether reachable or not.
    const std::vector<const Obj*>& kept() const { return kept_; }
    void keep(Word word) {
        if (word.is_object()) kept_.push_back(word.object());
    }
    // Whether it lies in this heap, and not in code.
    bool owns(const void* object) const;
    void clear_marks();
    // Gives back what is not marked.
    void sweep();
    // Whether so much was made that looking for what is garbage pays off.
    bool wants_collection() const { return meter.used() > trigger_; }
    // Too little is left to go on with: collections would follow each other.
    bool is_full() const { return meter.used() > meter.limit() - meter.limit() / 32; }
    // After a sweep, and after all else that counts was given back.
    void end_collection() {
        at_collection_ = meter.used();
        set_trigger();
    }
    // For tests: so many collections wherever one may be, then as many at each second such place,
    // at each fourth, and so on; and what was freed is overwritten.
    void collect_often(std::uint32_t each = 25) {
        often_ = each;
        set_trigger();
    }
    bool skips_collection();

    // While one lives, what is made is kept for ever. Heaps begin like that; Evaluating ends it.
    class Keeping {
    public:
        explicit Keeping(Heap& heap) : Keeping(heap, true) {}
        ~Keeping() { heap_.set_keeping(before_); }
        Keeping(const Keeping&) = delete;
        Keeping& operator=(const Keeping&) = delete;

    protected:
        Keeping(Heap& heap, bool keeps) : heap_(heap), before_(heap.is_keeping_) {
            heap.set_keeping(keeps);
        }

    private:
        Heap& heap_;
        bool before_;
    };
    class Evaluating : public Keeping {
    public:
        explicit Evaluating(Heap& heap) : Keeping(heap, false) {}
    };

private:
    static constexpr std::uint64_t kMaxText = 0xFFFFFFFF;   // StringObj::size
    static constexpr std::size_t kManyWords = std::size_t{64} * 1024;

    // Where nothing is left, an array of no elements still has an address.
    alignas(8) static inline std::byte nothing_[8];
    struct Gap {
        std::byte* next = nothing_;
        std::size_t left = 0;
    };

    void* allocate_slow(std::size_t bytes);
    void* allocate_zeroed(std::size_t bytes);
    void* allocate_large(std::size_t bytes, bool zeroed);
    void give_back_large(HeapBlock* block);
    void* allocate_in_block(std::size_t bytes, Gap& gap);
    bool take_hole(std::size_t bytes);
    HeapBlock* take_block();
    void add_block(HeapBlock& block);
    void set_keeping(bool keeps);
    void count(std::size_t bytes);
    std::uint64_t slack() const;
    bool is_beyond_slack(std::uint64_t bytes) const {
        return meter.used() + bytes > meter.limit() + slack();
    }
    void set_trigger();
    void sweep_numbers();
    void index_blocks();
    RationalObj* make_rational(value::Rational value);
    StringObj* text_in_room(TextRoom* room, std::uint32_t begin, std::size_t size);
    Word move_to_room(std::string_view left, std::string_view right);

    std::byte* next_ = nothing_;
    std::size_t left_ = 0;
    bool is_keeping_ = true;
    std::uint32_t often_ = 0;   // see collect_often; 0: as the trigger says
    std::uint32_t often_done_ = 0, often_skipped_ = 0, often_period_ = 1;
    Gap other_;    // of kept objects, or, while those are made, of the others
    Gap medium_;   // for what is longer than most holes
    std::vector<HeapBlock*> blocks_, large_, free_;
    // By their size: a program that makes large objects in a loop makes them of what it dropped.
    std::map<std::size_t, std::vector<HeapBlock*>> free_large_;
    std::size_t free_large_bytes_ = 0;
    std::vector<HeapBlock*> with_holes_;   // of blocks_, those not looked at yet from hole_line_ on
    std::size_t hole_line_ = 0;
    std::byte* segment_ = nullptr;   // of the system, to be cut into blocks
    std::size_t segment_left_ = 0;
    std::size_t segment_size_ = 0;
    std::vector<std::uint64_t> index_;   // open addressing, of blocks by their number; 0 is free
    std::uint64_t held_ = 0;             // of the meter, by this heap
    std::uint64_t at_collection_ =
        0;   // of the meter, after the last one; with what was kept since
    std::uint64_t before_keeping_ = 0;   // of the meter
    std::uint64_t trigger_ = 0;
    std::vector<const Obj*> kept_;
    std::vector<RationalObj*> rationals_;   // may own memory elsewhere
    std::vector<std::pair<SecretTemplateObj*, std::unique_ptr<const value::SecretTemplate>>>
        secret_templates_;
};

}
