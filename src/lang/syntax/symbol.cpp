#include "lang/syntax/symbol.hpp"

#include "base/check.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <memory>
#include <mutex>

namespace lang {

namespace {

// `users` is only touched under the interner's lock; text and size never change while it is not 0.
struct Entry {
    const char* text;
    std::uint32_t size;
    std::uint32_t users;
};
constexpr std::uint32_t kForever = 0xFFFFFFFF;

// Names are short, so most need one or two rounds.
std::uint32_t hash_of(std::string_view text) {
    constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;
    std::uint64_t hash = text.size() * kPrime;
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; at += 8, left -= 8) {
        // memcpy, as the text has no alignment; it becomes one load.
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        hash = (std::rotl(hash, 23) ^ word) * kPrime;
    }
    std::uint64_t word = 0;
    if (left > 0) std::memcpy(&word, at, left);
    hash = (std::rotl(hash, 23) ^ word) * kPrime;
    return static_cast<std::uint32_t>(hash >> 32);
}

// Who holds a symbol may read its text without a lock: entries never move, and are published
// before their ids.
class Interner {
public:
    Interner() { new_entry({}, kForever); }   // id 0 is the empty string

    // One more user of this text, or with `forever` one that never goes.
    std::uint32_t acquire(std::string_view text, std::uint32_t hash, bool forever) {
        if (text.empty()) return 0;
        CHECK(text.size() < (std::uint64_t{1} << 32));
        std::lock_guard lock(mutex_);
        const std::uint32_t known = ids_.find(hash, [&](std::uint32_t id) {
            const Entry& entry = storage_at(id);
            return std::string_view(entry.text, entry.size) == text;
        });
        if (known != 0) {
            Entry& entry = storage_at(known);
            if (forever) {
                entry.users = kForever;
            } else if (entry.users != kForever) {
                ++entry.users;
            }
            return known;
        }
        char* copy = new char[text.size()];
        std::memcpy(copy, text.data(), text.size());
        std::uint32_t id = new_entry({copy, text.size()}, forever ? kForever : 1);
        ids_.add(hash, id);
        return id;
    }

    void release(const std::vector<std::uint32_t>& held) {
        std::lock_guard lock(mutex_);
        // One lock for all that an evaluation held, which may be a hundred thousand.
        for (std::uint32_t id : held) {
            Entry& entry = storage_at(id);
            if (entry.users == kForever || --entry.users > 0) continue;
            ids_.remove(hash_of({entry.text, entry.size}), id);
            delete[] entry.text;
            entry = {};
            free_.push_back(id);
        }
    }

    std::string_view text(std::uint32_t id) const {
        // Acquire pairs with the release in new_entry: who has an id got it after its segment was
        // published.
        auto [segment, index] = locate(id);
        const Entry& entry = segments_[segment].load(std::memory_order_acquire)[index];
        return {entry.text, entry.size};
    }

private:
    // Segment n holds 1024 << n entries.
    // Segments that double never move, which is what lets readers go without a lock; 22 of them
    // hold all ids there can be.
    static constexpr unsigned kFirstBits = 10;

    static std::pair<unsigned, std::uint32_t> locate(std::uint32_t id) {
        std::uint32_t shifted = id + (1U << kFirstBits);
        auto segment = static_cast<unsigned>(std::bit_width(shifted)) - 1 - kFirstBits;
        return {segment, shifted - (1U << (kFirstBits + segment))};
    }

    Entry& storage_at(std::uint32_t id) {
        auto [segment, index] = locate(id);
        return storage_[segment][index];
    }

    std::uint32_t new_entry(std::string_view text, std::uint32_t users) {
        std::uint32_t id = 0;
        if (free_.empty()) {
            CHECK(count_ < (1U << 31));
            id = count_++;
            auto [segment, index] = locate(id);
            if (index == 0) {
                storage_[segment].reset(new Entry[std::size_t{1} << (kFirstBits + segment)]());
                segments_[segment].store(storage_[segment].get(), std::memory_order_release);
            }
        } else {
            id = free_.back();
            free_.pop_back();
        }
        storage_at(id) = {text.data(), static_cast<std::uint32_t>(text.size()), users};
        return id;
    }

    std::array<std::atomic<Entry*>, 22> segments_ = {};

    std::mutex mutex_;   // guards what follows
    std::array<std::unique_ptr<Entry[]>, 22> storage_;
    SymbolTable ids_;
    std::vector<std::uint32_t> free_;
    std::uint32_t count_ = 0;
};

Interner& interner() {
    static Interner* const instance = new Interner;   // never destroyed: texts outlive everything
    return *instance;
}

thread_local SymbolOwner* current_owner = nullptr;

// The entry, the node and bucket of the table, what allocation adds; and what its owner keeps.
constexpr std::uint64_t kBytesOfSymbol = 128;

}

Symbol Symbol::of(std::string_view text) {
    if (current_owner) return {current_owner->intern(text)};
    return forever(text);
}

Symbol Symbol::forever(std::string_view text) {
    return {interner().acquire(text, hash_of(text), true)};
}

std::string_view Symbol::text() const { return interner().text(id); }

void SymbolTable::add(std::uint32_t hash, std::uint32_t id) {
    // Free slots are what ends a search.
    if (++size_ * 2 > slots_.size()) {
        std::vector<std::uint64_t> old(slots_.size() * 2);
        old.swap(slots_);
        size_ = 1;
        for (std::uint64_t slot : old) {
            if (slot != 0)
                add(static_cast<std::uint32_t>(slot >> 32), static_cast<std::uint32_t>(slot));
        }
    }
    std::size_t at = hash & mask();
    while (slots_[at] != 0) at = (at + 1) & mask();
    slots_[at] = std::uint64_t{hash} << 32 | id;
}

void SymbolTable::remove(std::uint32_t hash, std::uint32_t id) {
    std::size_t hole = hash & mask();
    while (static_cast<std::uint32_t>(slots_[hole]) != id) hole = (hole + 1) & mask();
    --size_;
    // What stands behind moves up, unless its own place lies behind the hole.
    for (std::size_t at = (hole + 1) & mask(); slots_[at] != 0; at = (at + 1) & mask()) {
        const std::size_t home = (slots_[at] >> 32) & mask();
        if (((at - home) & mask()) < ((at - hole) & mask())) continue;
        slots_[hole] = slots_[at];
        hole = at;
    }
    slots_[hole] = 0;
}

SymbolOwner::SymbolOwner(MemoryMeter& meter) : meter_(meter) {}

SymbolOwner::~SymbolOwner() { interner().release(held_); }

std::uint32_t SymbolOwner::intern(std::string_view text) {
    if (text.empty()) return 0;
    Interner& all = interner();
    const std::uint32_t hash = hash_of(text);
    const std::uint32_t known =
        table_.find(hash, [&](std::uint32_t id) { return all.text(id) == text; });
    if (known != 0) return known;
    const std::uint32_t id = all.acquire(text, hash, false);
    held_.push_back(id);
    meter_.add(kBytesOfSymbol + text.size());
    table_.add(hash, id);
    return id;
}

SymbolScope::SymbolScope(SymbolOwner& owner) : outer_(current_owner) { current_owner = &owner; }

SymbolScope::~SymbolScope() { current_owner = outer_; }

}
