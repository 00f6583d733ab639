#include "lang/eval/heap.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace lang {

Heap::~Heap() {
    for (RationalObj* rational : rationals_) rational->~RationalObj();
    for (void* block : blocks_) std::free(block);
}

void* Heap::allocate_slow(std::size_t bytes) {
    // Grows with what was used, so that a small program takes little and a large one calls malloc
    // seldom.
    constexpr std::size_t kFirst = 64 * 1024, kLargest = 4 * 1024 * 1024;
    std::size_t size = std::clamp<std::size_t>(total_ / 2, kFirst, kLargest);
    // What is large gets a block of its own, so that the rest of the current one is not lost.
    const bool is_own = bytes > size / 4;
    if (is_own) size = bytes;
    auto* block = static_cast<std::byte*>(std::malloc(size));
    CHECK(block != nullptr);
    blocks_.push_back(block);
    meter.add(size);
    if (is_own) return block;
    total_ += size;
    next_ = block + bytes;
    left_ = size - bytes;
    return block;
}

void* Heap::allocate_zeroed(std::size_t bytes) {
    // calloc of many pages gives them zeroed by the system, and only when they are touched.
    void* block = std::calloc(1, bytes);
    CHECK(block != nullptr);
    blocks_.push_back(block);
    meter.add(bytes);
    return block;
}

static RationalObj* make_rational(void* memory, value::Rational value) {
    return ::new (memory) RationalObj{{Tag::Rational}, std::move(value)};
}

Word Heap::number(value::Rational value) {
    // Small where it fits, so that equal integers are equal words.
    if (std::optional<std::int64_t> small = value.to_int64(); small && Word::fits(*small)) {
        return Word::integer(*small);
    }
    rationals_.push_back(make_rational(allocate(sizeof(RationalObj)), std::move(value)));
    return Word::of(rationals_.back());
}

Word Heap::secret_template(value::SecretTemplate text) {
    meter.add(text.bytes());
    secret_templates_.push_back(std::make_unique<const value::SecretTemplate>(std::move(text)));
    auto* object = make<SecretTemplateObj>(Tag::SecretTemplate);
    object->text = secret_templates_.back().get();
    return Word::of(object);
}

const value::Rational* Heap::rational(value::Rational value) {
    rationals_.push_back(make_rational(allocate(sizeof(RationalObj)), std::move(value)));
    return &rationals_.back()->value;
}

}
