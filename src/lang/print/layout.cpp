#include "lang/print/layout.hpp"

#include "base/text.hpp"

namespace lang::print {

// Whether the group that begins there, and what follows up to the next line, ends by the width.
// It looks no further than a line is wide, so that laying out stays linear however deep the groups
// are.
bool Layout::fits(std::size_t begin, std::size_t column, std::size_t width) const {
    std::size_t depth = 0;
    for (std::size_t i = begin; i < parts_.size(); ++i) {
        const bool inside = depth > 0;
        switch (parts_[i].kind) {
            case Kind::Text: column += base::display_width(parts_[i].text); break;
            case Kind::Line:
                if (!inside) return true;
                ++column;
                break;
            // A new line that must be breaks every group around it.
            case Kind::HardLine: return !inside;
            case Kind::Begin:
                // A later group may break.
                if (inside || i == begin) ++depth;
                break;
            case Kind::End:
                if (inside) --depth;
                break;
            case Kind::Indent: break;
        }
        if (column > width) return false;
    }
    return true;
}

base::Result<std::string> Layout::render(std::size_t width, std::size_t max_bytes) const {
    std::string out;
    std::size_t column = 0;
    std::size_t indent = 0;
    std::vector<bool> flat{false};
    const auto new_line = [&] {
        out += '\n';
        out.append(indent, ' ');
        column = indent;
    };
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const Part& part = parts_[i];
        // Before each part, as an indentation of many levels can make a gigabyte of a few thousand
        // parts.
        if (out.size() + indent > max_bytes) {
            return base::Error(base::Code::Exhausted, "the value is too large to be printed");
        }
        switch (part.kind) {
            case Kind::Text:
                out += part.text;
                column += base::display_width(part.text);
                break;
            case Kind::Line:
                if (flat.back()) {
                    out += ' ';
                    ++column;
                } else {
                    new_line();
                }
                break;
            case Kind::HardLine: new_line(); break;
            // Inside of a group on one line nothing is measured again: it was measured with it.
            case Kind::Begin: flat.push_back(flat.back() || fits(i, column, width)); break;
            case Kind::End: flat.pop_back(); break;
            case Kind::Indent:
                indent = static_cast<std::size_t>(static_cast<long>(indent) + part.indent);
                break;
        }
    }
    return out;
}

}
