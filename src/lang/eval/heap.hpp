#pragma once

#include "lang/eval/objects.hpp"
#include "lang/memory_meter.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace lang {

// The evaluation heap: bump allocation without freeing; everything goes at once. Exceeding the
// limit does not fail the allocation but raises exhausted(), which the machine looks at.
class Heap {
public:
    explicit Heap(std::uint64_t limit) : meter(limit) {}
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
    bool exhausted() const { return meter.is_exceeded(); }
    // Asked before something is made whose size a program may choose.
    bool has_room(std::uint64_t bytes) const { return bytes <= room(); }
    std::uint64_t room() const { return meter.left() + left_; }
    // Of a text of this size, which is put together elsewhere and then copied here.
    bool has_room_for_text(std::uint64_t size) const {
        return size <= kMaxText && has_room(2 * size + sizeof(StringObj));
    }

    // Words that are nothing yet. Many of them cost no time until they are used.
    Word* words(std::size_t count) {
        if (count >= kManyWords) return static_cast<Word*>(allocate_zeroed(count * sizeof(Word)));
        return array<Word>(count);
    }

    // An object whose flexible tail has `words` words, left for the caller to fill.
    template <typename T>
    T* make(Tag tag, std::size_t words = 0) {
        static_assert(std::is_trivially_destructible_v<T>);
        T* object = ::new (allocate(sizeof(T) + words * sizeof(Word))) T();
        object->tag = tag;
        object->count = static_cast<std::uint16_t>(words);
        return object;
    }
    template <typename T>
    T* array(std::size_t size) {
        static_assert(std::is_trivially_destructible_v<T>);
        T* items = static_cast<T*>(allocate(sizeof(T) * size));
        for (std::size_t i = 0; i < size; ++i) ::new (items + i) T();
        return items;
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
    Word secret_template(value::SecretTemplate text);
    // A fixnum when it fits.
    Word number(value::Rational value);
    const value::Rational* rational(value::Rational value);

private:
    static constexpr std::uint64_t kMaxText = 0xFFFFFFFF;   // StringObj::size
    static constexpr std::size_t kManyWords = std::size_t{64} * 1024;

    void* allocate_slow(std::size_t bytes);
    void* allocate_zeroed(std::size_t bytes);

    std::byte* next_ = nullptr;
    std::size_t left_ = 0;
    std::uint64_t total_ = 0;   // of the blocks that grow with it
    std::vector<void*> blocks_;
    std::vector<RationalObj*> rationals_;   // may own memory elsewhere
    std::vector<std::unique_ptr<const value::SecretTemplate>> secret_templates_;
};

}
