#include "lang/syntax/symbol.hpp"

#include "base/check.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

namespace lang {

namespace {

struct Entry {
    const char* text;
    std::uint32_t size;
};

// Open addressing. A slot holds the upper half of the hash and the id; 0 is free, as id 0 never
// lies in a table. A table is replaced by a larger one and then only ever read.
struct Table {
    explicit Table(std::size_t capacity)
        : mask(capacity - 1), slots(new std::atomic<std::uint64_t>[capacity]()) {}

    std::size_t mask;
    std::unique_ptr<std::atomic<std::uint64_t>[]> slots;
};

std::uint64_t hash_of(std::string_view text) {
    constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;
    std::uint64_t hash = text.size() * kPrime;
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        hash = (std::rotl(hash, 23) ^ word) * kPrime;
    }
    std::uint64_t word = 0;
    if (left > 0) std::memcpy(&word, at, left);
    hash = (std::rotl(hash, 23) ^ word) * kPrime;
    return hash ^ (hash >> 32);
}

// Readers take no lock: they see a table and entries that were published before their ids.
class Interner {
public:
    Interner() {
        tables_.push_back(std::make_unique<Table>(std::size_t{1} << 13));
        table_.store(tables_.back().get(), std::memory_order_release);
        add_entry({});   // id 0 is the empty string
    }

    std::uint32_t intern(std::string_view text) {
        if (text.empty()) return 0;
        CHECK(text.size() < (std::uint64_t{1} << 32));
        std::uint64_t hash = hash_of(text);
        std::uint32_t id = find(*table_.load(std::memory_order_acquire), text, hash);
        return id != 0 ? id : insert(text, hash);
    }

    std::string_view text(std::uint32_t id) const {
        const Entry& entry = entry_at(id);
        return {entry.text, entry.size};
    }

private:
    // Segment n holds 1024 << n entries; entries never move.
    static constexpr unsigned kFirstBits = 10;

    static std::pair<unsigned, std::uint32_t> locate(std::uint32_t id) {
        std::uint32_t shifted = id + (1U << kFirstBits);
        auto segment = static_cast<unsigned>(std::bit_width(shifted)) - 1 - kFirstBits;
        return {segment, shifted - (1U << (kFirstBits + segment))};
    }

    const Entry& entry_at(std::uint32_t id) const {
        auto [segment, index] = locate(id);
        return segments_[segment].load(std::memory_order_acquire)[index];
    }

    std::uint32_t find(const Table& table, std::string_view text, std::uint64_t hash) const {
        std::uint64_t upper = hash >> 32 << 32;
        for (std::size_t at = hash & table.mask;; at = (at + 1) & table.mask) {
            std::uint64_t slot = table.slots[at].load(std::memory_order_acquire);
            if (slot == 0) return 0;
            if ((slot ^ upper) >> 32 != 0) continue;
            auto id = static_cast<std::uint32_t>(slot);
            const Entry& entry = entry_at(id);
            if (entry.size == text.size() &&
                std::memcmp(entry.text, text.data(), entry.size) == 0) {
                return id;
            }
        }
    }

    std::uint32_t insert(std::string_view text, std::uint64_t hash) {
        std::lock_guard lock(mutex_);
        Table* table = tables_.back().get();
        if (std::uint32_t id = find(*table, text, hash)) return id;
        if ((count_ + 1) * 2 > table->mask) table = grow();
        char* copy = allocate(text.size());
        std::memcpy(copy, text.data(), text.size());
        std::uint32_t id = add_entry({copy, text.size()});
        place(*table, hash, id);
        return id;
    }

    static void place(Table& table, std::uint64_t hash, std::uint32_t id) {
        std::size_t at = hash & table.mask;
        while (table.slots[at].load(std::memory_order_relaxed) != 0) at = (at + 1) & table.mask;
        table.slots[at].store((hash >> 32 << 32) | id, std::memory_order_release);
    }

    std::uint32_t add_entry(std::string_view text) {
        CHECK(count_ < (1U << 31));
        auto id = static_cast<std::uint32_t>(count_++);
        auto [segment, index] = locate(id);
        if (index == 0) {
            storage_[segment].reset(new Entry[std::size_t{1} << (kFirstBits + segment)]());
            segments_[segment].store(storage_[segment].get(), std::memory_order_release);
        }
        storage_[segment][index] = {text.data(), static_cast<std::uint32_t>(text.size())};
        return id;
    }

    Table* grow() {
        Table* old = tables_.back().get();
        auto larger = std::make_unique<Table>((old->mask + 1) * 2);
        for (std::uint32_t id = 1; id < count_; ++id) place(*larger, hash_of(text(id)), id);
        tables_.push_back(std::move(larger));   // readers may still be in the old one
        table_.store(tables_.back().get(), std::memory_order_release);
        return tables_.back().get();
    }

    char* allocate(std::size_t size) {
        if (size > left_) {
            std::size_t block = size > kBlock / 4 ? size : kBlock;
            blocks_.push_back(std::make_unique<char[]>(block));
            if (block == size) return blocks_.back().get();
            next_ = blocks_.back().get();
            left_ = block;
        }
        char* result = next_;
        next_ += size;
        left_ -= size;
        return result;
    }

    static constexpr std::size_t kBlock = 64 * 1024;

    std::atomic<Table*> table_ = nullptr;
    std::array<std::atomic<Entry*>, 22> segments_ = {};

    std::mutex mutex_;   // guards what follows and all writes
    std::vector<std::unique_ptr<Table>> tables_;
    std::array<std::unique_ptr<Entry[]>, 22> storage_;
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t count_ = 0;
};

Interner& interner() {
    static Interner* const instance = new Interner;   // never destroyed: texts outlive everything
    return *instance;
}

}

Symbol Symbol::of(std::string_view text) { return {interner().intern(text)}; }

std::string_view Symbol::text() const { return interner().text(id); }

}
