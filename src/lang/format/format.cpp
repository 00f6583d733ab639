#include "lang/format/format.hpp"

#include "lang/format/layout_rules.hpp"
#include "lang/syntax/lexer.hpp"

#include <algorithm>
#include <iterator>

namespace lang::format {

namespace {

Pieces pieces_of(const Source& source, const ParseLimits& limits) {
    std::vector<value::Diagnostic> ignored;   // the parser has told of them
    return take_apart(source, Lexer(source, ignored, limits.stop).run());
}

bool is_same(const Pieces& a, const Pieces& b) {
    const auto same = [](const auto& one, const auto& two) { return one.text == two.text; };
    return std::ranges::equal(a.list, b.list, same) &&
           std::ranges::equal(a.comments, b.comments, same);
}

}

std::optional<std::string> format(const Source& source, std::vector<value::Diagnostic>& diagnostics,
                                  const ParseLimits& limits) {
    {
        Arena arena;
        ParseResult parsed = parse(source, arena, limits);
        if (!parsed.ok()) {
            std::ranges::move(parsed.diagnostics, std::back_inserter(diagnostics));
            return std::nullopt;
        }
    }
    const Pieces pieces = pieces_of(source, limits);
    const Tree tree = build_tree(pieces.list);
    if (tree.root != kNone) {
        Source result{source.name, Rules(pieces, tree).run(), source.base, {}};
        // A formatter that loses something would be worse than none: what comes out has to consist
        // of the same tokens and comments.
        if (is_same(pieces, pieces_of(result, limits))) return std::move(result.text);
    }
    value::Diagnostic& found = diagnostics.emplace_back();
    found.kind = "InternalError";
    found.message =
        "this program cannot be formatted: the formatter would have changed its meaning";
    found.labels.push_back({{source.base, source.base + 1}, "", true});
    return std::nullopt;
}

std::string without_comments(const Source& source) {
    std::string result;
    const char* at = source.text.data();
    for (const Comment& comment : pieces_of(source, {}).comments) {
        result.append(at, comment.text.data());
        at = comment.text.data() + comment.text.size();
    }
    return result.append(at, source.text.data() + source.text.size());
}

}
