#include "lang/syntax/symbol.hpp"

#include "base/check.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>

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
std::uint64_t hash_of(std::string_view text) {
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
    return hash ^ (hash >> 32);
}

struct TextHash {
    std::size_t operator()(std::string_view text) const { return hash_of(text); }
};

// Who holds a symbol may read its text without a lock: entries never move, and are published
// before their ids.
class Interner {
public:
    Interner() { new_entry({}, kForever); }   // id 0 is the empty string

    // One more user of this text, or with `forever` one that never goes.
    std::uint32_t acquire(std::string_view text, bool forever) {
        if (text.empty()) return 0;
        CHECK(text.size() < (std::uint64_t{1} << 32));
        std::lock_guard lock(mutex_);
        if (auto found = ids_.find(text); found != ids_.end()) {
            Entry& entry = storage_at(found->second);
            if (forever) {
                entry.users = kForever;
            } else if (entry.users != kForever) {
                ++entry.users;
            }
            return found->second;
        }
        char* copy = new char[text.size()];
        std::memcpy(copy, text.data(), text.size());
        std::uint32_t id = new_entry({copy, text.size()}, forever ? kForever : 1);
        ids_.emplace(std::string_view(copy, text.size()), id);
        return id;
    }

    void release(const std::vector<std::uint32_t>& held) {
        std::lock_guard lock(mutex_);
        // One lock for all that an evaluation held, which may be a hundred thousand.
        for (std::uint32_t id : held) {
            Entry& entry = storage_at(id);
            if (entry.users == kForever || --entry.users > 0) continue;
            // First out of the table, whose key is the text that is freed next.
            ids_.erase({entry.text, entry.size});
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
    std::unordered_map<std::string_view, std::uint32_t, TextHash> ids_;
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

Symbol Symbol::forever(std::string_view text) { return {interner().acquire(text, true)}; }

std::string_view Symbol::text() const { return interner().text(id); }

SymbolOwner::SymbolOwner(MemoryMeter& meter) : meter_(meter), slots_(std::size_t{1} << 10) {}

SymbolOwner::~SymbolOwner() { interner().release(held_); }

std::uint32_t SymbolOwner::intern(std::string_view text) {
    if (text.empty()) return 0;
    Interner& all = interner();
    const std::uint64_t hash = hash_of(text);
    const std::uint64_t upper = hash >> 32 << 32;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
        // The upper halves differ: another text, and its characters need not be fetched. Equal
        // ones still may differ.
        if ((slots_[at] ^ upper) >> 32 != 0) continue;
        const auto id = static_cast<std::uint32_t>(slots_[at]);
        if (all.text(id) == text) return id;
    }
    const std::uint32_t id = all.acquire(text, false);
    held_.push_back(id);
    meter_.add(kBytesOfSymbol + text.size());
    // Half full at the most: free slots are what ends a search.
    if (held_.size() * 2 > slots_.size()) {
        grow();
    } else {
        place(hash, id);
    }
    return id;
}

void SymbolOwner::place(std::uint64_t hash, std::uint32_t id) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = (hash >> 32 << 32) | id;
}

void SymbolOwner::grow() {
    slots_.assign(slots_.size() * 2, 0);
    // Slots keep the upper half of a hash only, and places come from the lower one. Hashing again
    // is rare.
    for (std::uint32_t id : held_) place(hash_of(Symbol{id}.text()), id);
}

SymbolScope::SymbolScope(SymbolOwner& owner) : outer_(current_owner) { current_owner = &owner; }

SymbolScope::~SymbolScope() { current_owner = outer_; }

}
