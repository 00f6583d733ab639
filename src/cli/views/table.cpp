#include "cli/views/table.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace cli {

void Table::print(Context& context) const {
    const Terminal& terminal = context.out_terminal();
    std::vector<std::size_t> widths;
    for (const std::string& title : titles_) widths.push_back(base::display_width(title));
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], base::display_width(row[i]));
    }
    auto line = [&](const std::vector<std::string>& cells, bool is_title) {
        std::string out;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            std::string cell = base::escape_controls(cells[i]);
            // The last column is not padded, so lines have no blanks at their ends.
            bool last = i + 1 == cells.size();
            out += last ? cell : base::pad_to_width(cell, widths[i]) + "  ";
        }
        while (out.ends_with(' ')) out.pop_back();
        context.out().line("{}", is_title ? terminal.paint(Color::Dim, out) : out);
    };
    line(titles_, true);
    for (const auto& row : rows_) line(row, false);
}

}
