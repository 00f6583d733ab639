#include "cli/markdown.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {

namespace {

// Only what our manuals use: headings, paragraphs, lists, code, tables.
class BlockReader {
public:
    void read(std::string_view line) {
        if (line.starts_with("```")) {
            end_block();
            in_code_ = !in_code_;
            if (in_code_) blocks_.push_back({BlockKind::Code, "", 0});
            return;
        }
        // Before anything else: within code nothing is a mark.
        if (in_code_) {
            blocks_.back().text += std::string(line) + "\n";
            return;
        }
        const std::string_view text = base::trim(line);
        if (text.empty()) {
            end_block();
        } else if (text.starts_with('#')) {
            end_block();
            const std::size_t level = std::min(text.find_first_not_of('#'), text.size());
            blocks_.push_back({BlockKind::Heading, std::string(base::trim(text.substr(level))),
                               static_cast<int>(level)});
        } else if (text.starts_with('|')) {
            add_table_line(text);
        } else if (text.starts_with("- ") || text.starts_with("* ")) {
            begin(BlockKind::Item, text.substr(2));
        } else if (open_) {
            // Line breaks of the source are no breaks: the terminal is as wide as it is.
            blocks_.back().text += " " + std::string(text);
        } else {
            begin(BlockKind::Paragraph, text);
        }
    }

    std::vector<Block> take() { return std::move(blocks_); }

private:
    void begin(BlockKind kind, std::string_view text) {
        blocks_.push_back({kind, std::string(base::trim(text)), 0});
        open_ = true;
    }
    void end_block() { open_ = false; }
    void add_table_line(std::string_view text) {
        const bool ruler = text.find_first_not_of("|-: ") == std::string_view::npos;
        // A ruler is the line of dashes beneath a table's head.
        if (blocks_.empty() || blocks_.back().kind != BlockKind::Table || open_) {
            blocks_.push_back({BlockKind::Table, "", 0});
        }
        open_ = false;
        if (!ruler) blocks_.back().text += std::string(text) + "\n";
    }

    std::vector<Block> blocks_;
    bool open_ = false;   // the last block takes further lines
    bool in_code_ = false;
};

// Calls `piece(kind, text)` for plain text (' '), code ('`') and strong text ('*').
template <typename F>
void for_each_piece(std::string_view text, F piece) {
    while (!text.empty()) {
        // The first mark wins; one without its partner is text.
        const std::size_t code = text.find('`');
        const std::size_t strong = text.find("**");
        const std::size_t start = std::min(code, strong);
        const std::string_view mark = code < strong ? "`" : "**";
        const std::size_t end =
            start == text.npos ? text.npos : text.find(mark, start + mark.size());
        if (end == text.npos) break;
        piece(' ', text.substr(0, start));
        piece(mark[0], text.substr(start + mark.size(), end - start - mark.size()));
        text.remove_prefix(end + mark.size());
    }
    piece(' ', text);
}

std::string styled(std::string_view text, const Terminal& terminal) {
    std::string out;
    for_each_piece(text, [&](char kind, std::string_view piece) {
        if (kind == ' ') {
            out += piece;
        } else if (kind == '`') {
            // Without colours the backquotes stay, for they tell where a command begins and ends.
            out += terminal.color ? terminal.paint(Color::Cyan, piece) : fmt::format("`{}`", piece);
        } else {
            out += terminal.paint(Color::Bold, piece);
        }
    });
    return out;
}

void add_indented(std::string& out, const std::vector<std::string>& lines, std::string_view first,
                  std::string_view others) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out.append(i == 0 ? first : others).append(lines[i]).append("\n");
    }
}

std::vector<std::vector<std::string_view>> table_cells(std::string_view table) {
    std::vector<std::vector<std::string_view>> rows;
    for (const std::string_view line : base::split_lines(table)) {
        std::vector<std::string_view> cells = base::split(line, '|');
        // A line begins and ends with a bar, which makes an empty cell at either end.
        cells.erase(cells.begin());
        if (!cells.empty() && base::trim(cells.back()).empty()) cells.pop_back();
        for (std::string_view& cell : cells) cell = base::trim(cell);
        rows.push_back(std::move(cells));
    }
    return rows;
}

std::string render_table(std::string_view table, const Terminal& terminal) {
    const auto rows = table_cells(table);
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        if (widths.size() < row.size()) widths.resize(row.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            // Measured as it will be shown: marks go, colours take no room.
            widths[i] = std::max(widths[i], base::display_width(styled(row[i], terminal)));
        }
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line = "   ";
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string cell = styled(row[i], terminal);
            line += " " + (i + 1 < row.size() ? base::pad_to_width(cell, widths[i] + 1) : cell);
        }
        out += line + "\n";
    }
    return out;
}

std::string roff_pieces(std::string_view text) {
    std::string out;
    for_each_piece(text, [&](char kind, std::string_view piece) {
        out += kind == ' ' ? escape_roff(piece) : "\\fB" + escape_roff(piece) + "\\fR";
    });
    // A line that begins with a dot or quote would be a request.
    return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string roff_lines(std::string_view text) {
    // As it is, without filling: code and tables live by their columns.
    std::string out = ".PP\n.nf\n.RS 4\n";
    for (const std::string_view line : base::split_lines(text)) {
        const std::string escaped = escape_roff(line);
        out +=
            (escaped.starts_with('.') || escaped.starts_with('\'') ? "\\&" : "") + escaped + "\n";
    }
    return out + ".RE\n.fi\n";
}

}

std::vector<Block> parse_markdown(std::string_view text) {
    BlockReader reader;
    for (const std::string_view line : base::split_lines(text)) reader.read(line);
    return reader.take();
}

std::string render_markdown(std::string_view text, const Terminal& terminal) {
    const std::size_t width = std::clamp<std::size_t>(terminal.width, 40, 100);
    std::string out;
    BlockKind before = BlockKind::Heading;
    for (const Block& block : parse_markdown(text)) {
        // Items stand close together, blocks apart, and what follows a heading belongs to it.
        const bool list_goes_on = block.kind == BlockKind::Item && before == BlockKind::Item;
        if (!out.empty() && !list_goes_on && before != BlockKind::Heading) out += "\n";
        switch (block.kind) {
            case BlockKind::Heading: out += terminal.paint(Color::Bold, block.text) + "\n"; break;
            case BlockKind::Paragraph:
                add_indented(out, base::wrap(styled(block.text, terminal), width - 4), "    ",
                             "    ");
                break;
            case BlockKind::Item:
                add_indented(out, base::wrap(styled(block.text, terminal), width - 6), "    - ",
                             "      ");
                break;
            case BlockKind::Code:
                for (const std::string_view line : base::split_lines(block.text)) {
                    out += line.empty() ? "\n" : fmt::format("        {}\n", line);
                }
                break;
            case BlockKind::Table: out += render_table(block.text, terminal); break;
        }
        before = block.kind;
    }
    return out;
}

std::string escape_roff(std::string_view text) {
    // A plain "-" is a hyphen to roff, which a terminal may draw as another character; options are
    // copied from man pages.
    return base::replace_all(base::replace_all(text, "\\", "\\e"), "-", "\\-");
}

std::string render_roff(std::string_view text) {
    std::string out;
    for (const Block& block : parse_markdown(text)) {
        switch (block.kind) {
            case BlockKind::Heading:
                out += (block.level <= 2 ? ".SH " : ".SS ") + escape_roff(block.text) + "\n";
                break;
            case BlockKind::Paragraph: out += ".PP\n" + roff_pieces(block.text) + "\n"; break;
            case BlockKind::Item: out += ".IP \\(bu 2\n" + roff_pieces(block.text) + "\n"; break;
            case BlockKind::Code:
            case BlockKind::Table: out += roff_lines(block.text); break;
        }
    }
    return out;
}

}
