#include "state/state.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace state {

// Rows are by address, then generation: the last of an address is its newest.
const Row* Snapshot::find(std::string_view address) const {
    const auto after =
        std::ranges::upper_bound(rows, address, std::ranges::less(),
                                 [](const Row& row) { return std::string_view(row.address); });
    if (after == rows.begin() || std::prev(after)->address != address) return nullptr;
    return &*std::prev(after);
}

const Row* Snapshot::find(std::string_view address, std::uint64_t generation) const {
    const auto same =
        std::ranges::equal_range(rows, address, std::ranges::less(),
                                 [](const Row& row) { return std::string_view(row.address); });
    for (const Row& row : same) {
        if (row.generation == generation) return &row;
    }
    return nullptr;
}

const OpenIntent* Snapshot::find_open(std::string_view address) const {
    const auto found =
        std::ranges::lower_bound(open, address, std::ranges::less(), [](const OpenIntent& intent) {
            return std::string_view(intent.intent.address);
        });
    return found != open.end() && found->intent.address == address ? &*found : nullptr;
}

void Snapshot::move(const value::AddressMove& move) {
    for (Row& row : rows) {
        if (value::is_moved(row.address, move)) {
            std::uint64_t& past = past_generations[row.address];
            past = std::max(past, row.generation);
            row.address = value::moved_address(row.address, move);
        }
        for (std::string& dependency : row.dependencies) {
            if (value::is_moved(dependency, move)) {
                dependency = value::moved_address(dependency, move);
            }
        }
    }
    std::ranges::sort(rows, [](const Row& a, const Row& b) {
        return std::tie(a.address, a.generation) < std::tie(b.address, b.generation);
    });
}

// Generations are never used again, also of what is only an intent yet: a token's owner is told by
// address and generation, and an old thing that turns up must not pass for the new one.
std::uint64_t Snapshot::next_generation(std::string_view address) const {
    std::uint64_t newest = 0;
    if (const Row* row = find(address)) newest = row->generation;
    const auto past = past_generations.find(address);
    if (past != past_generations.end()) newest = std::max(newest, past->second);
    for (const OpenIntent& intent : open) {
        if (intent.intent.address == address) newest = std::max(newest, intent.intent.generation);
    }
    return newest + 1;
}

}
