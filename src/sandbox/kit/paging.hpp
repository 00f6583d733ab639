#pragma once

#include "base/result.hpp"
#include "sandbox/kit/api_call.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Lists in order and in parts: the three ways of asking for a part. How an answer says which part
// it is, is the vendor's.
namespace sandbox {

struct PageSizes {
    std::int64_t usual = 25;
    std::int64_t largest = 50;   // asking for more is asking for this many
};

// A positive integer of the query.
base::Result<std::int64_t> positive_of(const ApiCall& call, std::string_view name,
                                       std::int64_t fallback);

struct SortKey {
    std::string field;
    bool is_descending = false;
};
// Numbers by size, everything else by its text; null first. Equal ones stay as they are.
void sort_records(std::vector<const Record*>& records, const std::vector<SortKey>& keys);

// "?page=2&per_page=50".
struct NumberedPage {
    std::vector<const Record*> records;
    std::int64_t number = 1;
    std::int64_t size = 0;
    std::int64_t last = 1;
    std::int64_t total = 0;
};
base::Result<NumberedPage> page_by_number(const ApiCall& call, std::string_view page,
                                          std::string_view per_page, const PageSizes& sizes,
                                          const std::vector<const Record*>& records);

// "?offset=50&limit=50".
struct OffsetPage {
    std::vector<const Record*> records;
    std::int64_t offset = 0;
    std::int64_t limit = 0;
    std::int64_t total = 0;
};
base::Result<OffsetPage> page_by_offset(const ApiCall& call, std::string_view offset,
                                        std::string_view limit, const PageSizes& sizes,
                                        const std::vector<const Record*>& records);

// "?token=…&limit=50": a text of the last answer, behind whose records the next part begins, also
// when some of them have gone meanwhile. Records are by id.
struct TokenPage {
    std::vector<const Record*> records;
    std::string next;   // the token; empty: this was the last part
};
base::Result<TokenPage> page_by_token(const ApiCall& call, std::string_view token,
                                      std::string_view limit, const PageSizes& sizes,
                                      const std::vector<const Record*>& records);

}
