#include "engine/plan/list_edits.hpp"

#include "provider/same_value.hpp"

#include <algorithm>
#include <cstdint>

namespace engine {
namespace {

using value::Value;

// 4 MB of table. Longer lists, where they differ, are told as all removed and all added.
constexpr std::size_t kMaxCells = 1'000'000;
// Of so many that differ each is compared with each, to find what was changed or moved.
constexpr std::size_t kMaxPaired = 300;

class Lists {
public:
    Lists(const Value::Array& before, const Value::Array& after, const provider::FieldType* element)
        : before_(before), after_(after), element_(element) {}

    std::vector<ListEdit> edits(bool any_order) {
        any_order ? match_anywhere() : match_in_order();
        if (removed_.size() <= kMaxPaired && added_.size() <= kMaxPaired) {
            if (!any_order) pair([&](std::size_t b, std::size_t a) { return is_same(b, a); }, true);
            pair([&](std::size_t b, std::size_t a) { return are_alike(before_[b], after_[a]); },
                 false);
            if (!any_order && before_.size() == after_.size()) pair_by_place();
        }
        for (const std::size_t at : removed_) edits_.push_back({.before = at, .after = {}});
        for (const std::size_t at : added_) edits_.push_back({.before = {}, .after = at});
        // By place, and what was removed before what stands there now.
        std::ranges::stable_sort(edits_, {}, [](const ListEdit& edit) {
            return std::pair(edit.after ? *edit.after : *edit.before, edit.after.has_value());
        });
        return std::move(edits_);
    }

private:
    bool is_same(std::size_t b, std::size_t a) const {
        return element_ != nullptr ? provider::is_same_value(*element_, before_[b], after_[a])
                                   : before_[b].same_as(after_[a]);
    }

    // At least half of the fields of both.
    static bool are_alike(const Value& before, const Value& after) {
        const Value::Record* members = before.as_record();
        const Value::Record* others = after.as_record();
        if (members == nullptr || others == nullptr || before.is_secret() || after.is_secret())
            return false;
        std::size_t equal = 0;
        for (const auto& [name, value] : *members) {
            const Value* other = after.find(name);
            equal += other != nullptr && other->same_as(value) ? 1 : 0;
        }
        return equal > 0 && 2 * equal >= std::max(members->size(), others->size());
    }

    // The longest common subsequence of what lies between equal beginnings and ends.
    void match_in_order() {
        std::size_t first = 0;
        std::size_t b_end = before_.size();
        std::size_t a_end = after_.size();
        while (first < b_end && first < a_end && is_same(first, first)) ++first;
        while (b_end > first && a_end > first && is_same(b_end - 1, a_end - 1)) --b_end, --a_end;
        const std::size_t rows = b_end - first;
        const std::size_t columns = a_end - first;
        const bool is_compared = (rows + 1) * (columns + 1) <= kMaxCells;
        std::vector<std::uint32_t> common(is_compared ? (rows + 1) * (columns + 1) : 0, 0);
        const auto at = [&](std::size_t b, std::size_t a) -> std::uint32_t& {
            return common[b * (columns + 1) + a];
        };
        for (std::size_t b = rows; is_compared && b-- > 0;) {
            for (std::size_t a = columns; a-- > 0;) {
                at(b, a) = is_same(first + b, first + a) ? at(b + 1, a + 1) + 1
                                                         : std::max(at(b + 1, a), at(b, a + 1));
            }
        }
        std::size_t b = 0;
        std::size_t a = 0;
        while (b < rows || a < columns) {
            if (is_compared && b < rows && a < columns && is_same(first + b, first + a)) {
                ++b, ++a;
            } else if (b < rows && (!is_compared || a == columns || at(b + 1, a) >= at(b, a + 1))) {
                removed_.push_back(first + b++);
            } else {
                added_.push_back(first + a++);
            }
        }
    }

    void match_anywhere() {
        std::vector<bool> is_matched(after_.size(), false);
        for (std::size_t b = 0; b < before_.size(); ++b) {
            // Most stand where they stood.
            std::size_t a = b < after_.size() && !is_matched[b] && is_same(b, b) ? b : 0;
            while (a < after_.size() && (is_matched[a] || !is_same(b, a))) ++a;
            if (a < after_.size()) {
                is_matched[a] = true;
            } else {
                removed_.push_back(b);
            }
        }
        for (std::size_t a = 0; a < after_.size(); ++a) {
            if (!is_matched[a]) added_.push_back(a);
        }
    }

    template <typename Fits>
    void pair(Fits fits, bool is_move) {
        std::erase_if(removed_, [&](std::size_t b) {
            const auto found =
                std::ranges::find_if(added_, [&](std::size_t a) { return fits(b, a); });
            if (found == added_.end()) return false;
            edits_.push_back({.before = b, .after = *found, .is_moved = is_move});
            added_.erase(found);
            return true;
        });
    }

    void pair_by_place() {
        pair([](std::size_t b, std::size_t a) { return a == b; }, false);
    }

    const Value::Array& before_;
    const Value::Array& after_;
    const provider::FieldType* element_;
    std::vector<std::size_t> removed_;   // places before, ascending
    std::vector<std::size_t> added_;     // places now, ascending
    std::vector<ListEdit> edits_;
};

}

std::vector<ListEdit> list_edits(const Value::Array& before, const Value::Array& after,
                                 const provider::FieldType* element, bool any_order) {
    return Lists(before, after, element).edits(any_order);
}

}
