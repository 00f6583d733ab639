#pragma once

#include "cli/terminal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

enum class BlockKind : unsigned char { Heading, Paragraph, Item, Code, Table };

// A piece of a manual. Items and paragraphs are one line of text; code and tables keep their lines.
struct Block {
    BlockKind kind;
    std::string text;
    int level = 0;   // of a heading
};

// The part of Markdown that manuals are written in: headings, paragraphs, lists, fenced code,
// tables.
std::vector<Block> parse_markdown(std::string_view text);

std::string render_markdown(std::string_view text, const Terminal& terminal);
// The body of a man page.
std::string render_roff(std::string_view text);
std::string escape_roff(std::string_view text);

}
