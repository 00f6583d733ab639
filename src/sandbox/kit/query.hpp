#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandbox {

// The parameters after the question mark, decoded, in order.
class Query {
public:
    // InvalidArgument when the escapes are none.
    static base::Result<Query> parse(std::string_view text);

    std::optional<std::string_view> find(std::string_view name) const;
    std::vector<std::string_view> all(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

}
