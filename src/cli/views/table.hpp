#pragma once

#include "cli/context.hpp"

#include <string>
#include <vector>

namespace cli {

// Columns of text, as wide as they need to be; the last one is cut at the width of the terminal.
class Table {
public:
    explicit Table(std::vector<std::string> titles) : titles_(std::move(titles)) {}
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    bool empty() const { return rows_.empty(); }
    void print(Context& context) const;

private:
    std::vector<std::string> titles_;
    std::vector<std::vector<std::string>> rows_;
};

}
