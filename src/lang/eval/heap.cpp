#include "lang/eval/heap.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <sys/mman.h>

namespace lang {

// Of what is free, kept for what comes next rather than given back to the system.
static constexpr std::size_t kMostFree = std::size_t{4} << 20;
// Limits are added to.
static constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;

Heap::Heap(std::uint64_t limit) : meter(std::min(limit, kNoLimit)) { set_trigger(); }

static void unmap(void* memory, std::size_t size) { CHECK(::munmap(memory, size) == 0); }

Heap::~Heap() {
    for (RationalObj* rational : rationals_) rational->~RationalObj();
    for (const auto* list : {&blocks_, &large_, &free_}) {
        for (HeapBlock* block : *list) unmap(block, block->mapped());
    }
    for (const auto& [size, blocks] : free_large_) {
        for (HeapBlock* block : blocks) unmap(block, size);
    }
    if (segment_left_ > 0) unmap(segment_, segment_left_);
}

// ---- memory of the system

// Zeroed by the system, page by page when they are touched; at a multiple of a block's size.
static std::byte* map_aligned(std::size_t size) {
    const std::size_t all = size + HeapBlock::kSize;
    void* memory = ::mmap(nullptr, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    auto* begin = static_cast<std::byte*>(memory);
    auto* aligned = reinterpret_cast<std::byte*>(HeapBlock::of(begin + HeapBlock::kSize - 1));
    if (aligned != begin) unmap(begin, static_cast<std::size_t>(aligned - begin));
    std::byte* end = aligned + size;
    if (end != begin + all) unmap(end, static_cast<std::size_t>(begin + all - end));
    return aligned;
}

void Heap::add_block(HeapBlock& block) {
    block.is_kept = is_keeping_;
    (block.is_large ? large_ : blocks_).push_back(&block);
    if ((blocks_.size() + large_.size() + free_.size()) * 2 > index_.size()) return index_blocks();
    const std::uint64_t number = reinterpret_cast<std::uintptr_t>(&block) / HeapBlock::kSize;
    const std::size_t mask = index_.size() - 1;
    std::size_t at = number * 0x9E3779B97F4A7C15ULL >> 32 & mask;
    while (index_[at] != 0 && index_[at] != number) at = (at + 1) & mask;
    index_[at] = number;
}

void Heap::index_blocks() {
    std::size_t size = 64;
    while (size < (blocks_.size() + large_.size() + free_.size()) * 4) size *= 2;
    index_.assign(size, 0);
    for (const auto* list : {&blocks_, &large_}) {
        for (const HeapBlock* block : *list) {
            const std::uint64_t number = reinterpret_cast<std::uintptr_t>(block) / HeapBlock::kSize;
            std::size_t at = number * 0x9E3779B97F4A7C15ULL >> 32 & (size - 1);
            while (index_[at] != 0) at = (at + 1) & (size - 1);
            index_[at] = number;
        }
    }
}

bool Heap::owns(const void* object) const {
    if (index_.empty()) return false;
    const std::uint64_t number = reinterpret_cast<std::uintptr_t>(object) / HeapBlock::kSize;
    const std::size_t mask = index_.size() - 1;
    for (std::size_t at = number * 0x9E3779B97F4A7C15ULL >> 32 & mask; index_[at] != 0;
         at = (at + 1) & mask) {
        if (index_[at] == number) return true;
    }
    return false;
}

HeapBlock* Heap::take_block() {
    HeapBlock* block = nullptr;
    if (!free_.empty()) {
        block = free_.back();
        free_.pop_back();
    } else {
        // Grows with what was used, so that a small program takes little and a large one calls the
        // system seldom.
        constexpr std::size_t kFirst = 4 * HeapBlock::kSize, kLargest = 64 * HeapBlock::kSize;
        if (segment_left_ == 0) {
            segment_size_ = std::clamp(segment_size_ * 2, kFirst, kLargest);
            segment_ = map_aligned(segment_size_);
            segment_left_ = segment_size_;
        }
        block = ::new (segment_) HeapBlock;
        segment_ += HeapBlock::kSize;
        segment_left_ -= HeapBlock::kSize;
        block->size = HeapBlock::kSize;
        block->is_large = false;
    }
    add_block(*block);
    count(HeapBlock::kSize);
    return block;
}

// ---- allocation

void Heap::count(std::size_t bytes) {
    meter.add(bytes);
    held_ += bytes;
}

void* Heap::allocate_in_block(std::size_t bytes, Gap& gap) {
    if (bytes > gap.left) {
        HeapBlock* block = take_block();
        gap = {block->at(kFirstLine), block->size - kFirstLine * HeapBlock::kLine};
    }
    void* result = gap.next;
    gap.next += bytes;
    gap.left -= bytes;
    return result;
}

bool Heap::take_hole(std::size_t bytes) {
    while (!with_holes_.empty()) {
        HeapBlock& block = *with_holes_.back();
        const std::size_t begin = block.find_line(hole_line_, false);
        if (begin == HeapBlock::kLines) {
            with_holes_.pop_back();
            hole_line_ = kFirstLine;
            continue;
        }
        const std::size_t end = block.find_line(begin, true);
        hole_line_ = end;
        const std::size_t size = (end - begin) * HeapBlock::kLine;
        // What is too small now is looked at again after the next collection.
        if (size < bytes) continue;
        next_ = block.at(begin);
        left_ = size;
        count(size);
        return true;
    }
    return false;
}

void* Heap::allocate_slow(std::size_t bytes) {
    // Longer than this, a block of its own, or a place in one of those that were empty: holes are
    // mostly short, and all that are passed over would be lost.
    constexpr std::size_t kLarge = HeapBlock::kSize / 4, kMedium = 8 * HeapBlock::kLine;
    if (bytes > kLarge) return allocate_large(bytes, false);
    if (bytes > kMedium && !is_keeping_ && !with_holes_.empty())
        return allocate_in_block(bytes, medium_);
    Gap gap;
    if (is_keeping_ || !take_hole(bytes)) {
        void* result = allocate_in_block(bytes, gap);
        next_ = gap.next;
        left_ = gap.left;
        return result;
    }
    void* result = next_;
    next_ += bytes;
    left_ -= bytes;
    return result;
}

void* Heap::allocate_large(std::size_t bytes, bool zeroed) {
    const std::size_t size = kFirstLine * HeapBlock::kLine + bytes;
    const std::size_t mapped = (size + HeapBlock::kSize - 1) / HeapBlock::kSize * HeapBlock::kSize;
    HeapBlock* block = nullptr;
    if (auto same = free_large_.find(mapped);
        !zeroed && same != free_large_.end() && !same->second.empty()) {
        block = same->second.back();
        same->second.pop_back();
        free_large_bytes_ -= mapped;
    } else {
        // Of the last part only what is used is taken from the system, as it is never touched.
        block = ::new (map_aligned(mapped)) HeapBlock;
    }
    block->size = size;
    block->is_large = true;
    add_block(*block);
    count(size);
    return block->at(kFirstLine);
}

void* Heap::allocate_zeroed(std::size_t bytes) { return allocate_large(bytes, true); }

void Heap::give_back_large(HeapBlock* block) {
    const std::size_t mapped = block->mapped();
    // In tests whoever still uses it is to be found out.
    if (often_ != 0 || free_large_bytes_ + mapped > kMostFree) return unmap(block, mapped);
    free_large_bytes_ += mapped;
    free_large_[mapped].push_back(block);
}

void Heap::set_keeping(bool keeps) {
    if (keeps == is_keeping_) return;
    is_keeping_ = keeps;
    const Gap now{next_, left_};
    next_ = other_.next;
    left_ = other_.left;
    other_ = now;
    if (keeps) {
        before_keeping_ = meter.used();
        return;
    }
    if (meter.used() > before_keeping_) {
        at_collection_ += meter.used() - before_keeping_;
        set_trigger();
    }
}

// ---- limits

// Of what was made since the last collection nobody knows what is garbage: as much as a fourth of
// the limit may be. The machine looks when it can; operations on their way cannot.
std::uint64_t Heap::slack() const {
    const std::uint64_t made = is_keeping_ ? before_keeping_ : meter.used();
    return made > at_collection_ ? std::min(made - at_collection_, meter.limit() / 4) : 0;
}

std::uint64_t Heap::room() const {
    const std::uint64_t most = meter.limit() + slack();
    return (most > meter.used() ? most - meter.used() : 0) + left_;
}

void Heap::set_trigger() {
    // Doubling: what collections cost stays in proportion to what is made. Never more than `slack`
    // allows for.
    constexpr std::uint64_t kLeast = std::uint64_t{2} << 20, kUnderLimit = std::uint64_t{1} << 20;
    const std::uint64_t wanted = std::max(kLeast, at_collection_);
    const std::uint64_t allowed = std::max(meter.limit() / 4, kUnderLimit);
    trigger_ =
        often_ != 0 ? 0 : std::min(at_collection_ + std::min(wanted, allowed), meter.limit());
}

// ---- collection

bool Heap::skips_collection() {
    if (often_ == 0 || meter.is_exceeded()) return false;
    if (++often_skipped_ < often_period_) return true;
    often_skipped_ = 0;
    if (++often_done_ % often_ == 0) often_period_ *= 2;
    return false;
}

void Heap::clear_marks() {
    for (const auto* list : {&blocks_, &large_}) {
        for (HeapBlock* block : *list) {
            std::ranges::fill(block->marks, 0);
            std::ranges::fill(block->lines, 0);
        }
    }
}

// Numbers and texts with memory elsewhere.
void Heap::sweep_numbers() {
    const auto is_dead = [](const void* object) {
        const HeapBlock* block = HeapBlock::of(object);
        return !block->is_kept && !block->is_marked(object);
    };
    std::erase_if(rationals_, [&](RationalObj* rational) {
        if (!is_dead(rational)) return false;
        meter.release(rational->touched);
        rational->~RationalObj();
        return true;
    });
    std::erase_if(secret_templates_, [&](const auto& entry) {
        if (!is_dead(entry.first)) return false;
        meter.release(entry.second->bytes());
        return true;
    });
}

void Heap::sweep() {
    CHECK(!is_keeping_);
    sweep_numbers();
    std::uint64_t held = 0;
    std::erase_if(large_, [&](HeapBlock* block) {
        const bool is_dead = !block->is_kept && !block->is_marked(block->at(kFirstLine));
        if (is_dead) {
            give_back_large(block);
        } else {
            held += block->size;
        }
        return is_dead;
    });
    with_holes_.clear();
    std::erase_if(blocks_, [&](HeapBlock* block) {
        if (block->is_kept) {
            held += block->size;
            return false;
        }
        const std::size_t marked = block->marked_lines();
        if (often_ != 0) {
            for (std::size_t line = kFirstLine; line < HeapBlock::kLines; ++line) {
                const bool is_free = block->find_line(line, false) == line;
                if (is_free) std::memset(block->at(line), 0xA5, HeapBlock::kLine);
            }
        }
        if (marked == 0) {
            free_.push_back(block);
            return true;
        }
        held += (marked + kFirstLine) * HeapBlock::kLine;
        if (marked + kFirstLine < HeapBlock::kLines) with_holes_.push_back(block);
        return false;
    });
    hole_line_ = kFirstLine;
    // To be used again before the next collection; more than that goes back to the system.
    const std::size_t wanted = std::max<std::uint64_t>(held, kMostFree) / HeapBlock::kSize;
    while (free_.size() > wanted) {
        unmap(free_.back(), HeapBlock::kSize);
        free_.pop_back();
    }
    index_blocks();
    medium_ = {};
    const Gap none;
    next_ = none.next;
    left_ = none.left;
    meter.release(held_);
    held_ = held;
    meter.add(held_);
}

// ---- objects

Word Heap::number(value::Rational value) {
    // Small where it fits, so that equal integers are equal words.
    if (std::optional<std::int64_t> small = value.to_int64(); small && Word::fits(*small)) {
        return Word::integer(*small);
    }
    return Word::of(make_rational(std::move(value)));
}

RationalObj* Heap::make_rational(value::Rational value) {
    auto* object =
        ::new (allocate(sizeof(RationalObj))) RationalObj{{Tag::Rational}, std::move(value)};
    object->touched = static_cast<std::uint32_t>(object->value.owned_bytes() + sizeof(object));
    meter.add(object->touched);
    rationals_.push_back(object);
    return object;
}

Word Heap::rough_number(value::Rational value) {
    RationalObj* object = make_rational(std::move(value));
    object->flags = RationalObj::kRough;
    return Word::of(object);
}

const value::Rational* Heap::rational(value::Rational value) {
    return &make_rational(std::move(value))->value;
}

Word Heap::secret_template(value::SecretTemplate text) {
    meter.add(text.bytes());
    auto* object = make<SecretTemplateObj>(Tag::SecretTemplate);
    secret_templates_.emplace_back(object,
                                   std::make_unique<const value::SecretTemplate>(std::move(text)));
    object->text = secret_templates_.back().second.get();
    return Word::of(object);
}

}
