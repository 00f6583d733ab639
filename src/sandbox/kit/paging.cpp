#include "sandbox/kit/paging.hpp"

#include "sandbox/kit/api.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace sandbox {
namespace {

std::optional<std::int64_t> number_of(std::string_view text, int base = 10) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

base::Error wrong(const ApiCall& call, std::string_view name, std::string_view what) {
    return call.project.api.words().invalid({{std::string(name), std::string(what)}});
}

base::Result<std::int64_t> size_of(const ApiCall& call, std::string_view name,
                                   const PageSizes& sizes) {
    return std::min(TRY(positive_of(call, name, sizes.usual)), sizes.largest);
}

int compare(const json::Value* a, const json::Value* b) {
    const auto text = [](const json::Value* value) {
        return value == nullptr || value->as_string() == nullptr ? std::string_view()
                                                                 : *value->as_string();
    };
    // Numbers by size: 9 before 10. What is missing counts as an empty text and comes first.
    if (a != nullptr && b != nullptr && a->as_int64() != nullptr && b->as_int64() != nullptr) {
        return *a->as_int64() < *b->as_int64() ? -1 : *a->as_int64() > *b->as_int64() ? 1 : 0;
    }
    return text(a).compare(text(b));
}

}

base::Result<std::int64_t> positive_of(const ApiCall& call, std::string_view name,
                                       std::int64_t fallback) {
    const auto text = call.query.find(name);
    if (!text || text->empty()) return fallback;
    const auto number = number_of(*text);
    if (!number || *number < 1) return wrong(call, name, call.project.api.words().no_positive);
    return *number;
}

void sort_records(std::vector<const Record*>& records, const std::vector<SortKey>& keys) {
    // Stable, so equal ones stay in the order of their ids and pages do not overlap.
    std::stable_sort(records.begin(), records.end(), [&](const Record* a, const Record* b) {
        for (const SortKey& key : keys) {
            const int order = compare(a->find(key.field), b->find(key.field));
            if (order != 0) return key.is_descending ? order > 0 : order < 0;
        }
        return false;
    });
}

base::Result<NumberedPage> page_by_number(const ApiCall& call, std::string_view page,
                                          std::string_view per_page, const PageSizes& sizes,
                                          const std::vector<const Record*>& records) {
    NumberedPage out;
    out.number = TRY(positive_of(call, page, 1));
    out.size = TRY(size_of(call, per_page, sizes));
    out.total = static_cast<std::int64_t>(records.size());
    out.last = std::max<std::int64_t>(1, (out.total + out.size - 1) / out.size);
    // The page may be any number: no product of it before it is known to be small.
    if (out.number > out.last) return out;
    out.records.assign(records.begin() + (out.number - 1) * out.size,
                       records.begin() + std::min(out.total, out.number * out.size));
    return out;
}

// "0" is a good offset, and positive_of() would refuse it.
base::Result<OffsetPage> page_by_offset(const ApiCall& call, std::string_view offset,
                                        std::string_view limit, const PageSizes& sizes,
                                        const std::vector<const Record*>& records) {
    OffsetPage out;
    const auto text = call.query.find(offset);
    if (text != "0") out.offset = TRY(positive_of(call, offset, 0));
    out.limit = TRY(size_of(call, limit, sizes));
    out.total = static_cast<std::int64_t>(records.size());
    const std::int64_t from = std::min(out.offset, out.total);
    out.records.assign(records.begin() + from,
                       records.begin() + from + std::min(out.limit, out.total - from));
    return out;
}

base::Result<TokenPage> page_by_token(const ApiCall& call, std::string_view token,
                                      std::string_view limit, const PageSizes& sizes,
                                      const std::vector<const Record*>& records) {
    constexpr int kHexadecimal = 16;
    constexpr std::string_view kMark = "after-";   // so that nobody takes it for an id
    TokenPage out;
    std::int64_t after = 0;
    if (const auto text = call.query.find(token); text && !text->empty()) {
        const auto id = text->starts_with(kMark)
                            ? number_of(text->substr(kMark.size()), kHexadecimal)
                            : std::nullopt;
        if (!id) return wrong(call, token, call.project.api.words().no_token);
        after = *id;
    }
    const auto size = static_cast<std::size_t>(TRY(size_of(call, limit, sizes)));
    // By the id and not by a position: what was deleted or made since the last page moves nothing.
    for (const Record* record : records) {
        if (id_of(*record) <= after) continue;
        if (out.records.size() == size) {
            out.next = fmt::format("{}{:x}", kMark, id_of(*out.records.back()));
            break;
        }
        out.records.push_back(record);
    }
    return out;
}

}
