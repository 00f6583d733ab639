#include "lang/text/regex_tree.hpp"

#include <algorithm>

// A tree in the dialect of RE2, without flags: each part says what it means.
namespace lang::text {

using Kind = RegexNode::Kind;

namespace {

// RE2's limit for {n}; the Rust dialect has none but the size.
constexpr unsigned kRe2Repeat = 1000;
// What is short may not become megabytes that RE2 then has to read.
constexpr std::size_t kMaxWritten = 16 * kMaxPatternSize;

class Writer {
public:
    std::string out;

    bool write(const RegexNode& node) {
        if (out.size() > kMaxWritten) return false;
        switch (node.kind) {
            case Kind::Empty: out += "(?:)"; return true;
            case Kind::Set: write_set(node); return true;
            case Kind::Look: out += text_of(node.look); return true;
            case Kind::Group: return between(node.captures ? "(" : "(?:", node, "", ")");
            case Kind::Concat: return between("", node, "", "");
            case Kind::Alternate: return between("(?:", node, "|", ")");
            case Kind::Repeat: return repeat(node);
        }
        return false;
    }

private:
    bool between(std::string_view open, const RegexNode& node, std::string_view separator,
                 std::string_view close) {
        out += open;
        for (const RegexNode& part : node.parts) {
            if (&part != &node.parts.front()) out += separator;
            if (!write(part)) return false;
        }
        out += close;
        return true;
    }

    void write_set(const RegexNode& node) {
        const std::string set = node.set.to_re2(node.negated);
        out += node.any_case ? "(?i:" + set + ")" : set;
    }

    // A half boundary never comes here: RE2 has none.
    static std::string_view text_of(Look look) {
        switch (look) {
            case Look::TextStart: return "\\A";
            case Look::TextEnd: return "\\z";
            case Look::LineStart: return "(?m:^)";
            case Look::LineEnd: return "(?m:$)";
            case Look::NotWordBoundary: return "\\B";
            default: return "\\b";
        }
    }

    // In pieces of what RE2 allows at once: a{2500} becomes (?:a{1000}a{1000}a{500}), and a{0,1500}
    // (?:a{0,1000}a{0,500}).
    bool repeat(const RegexNode& node) {
        Writer inner;
        if (!inner.write(node.parts.front())) return false;
        const std::string atom = "(?:" + inner.out + ")";
        const std::string lazy = node.greedy ? "" : "?";
        const bool is_small = node.low <= kRe2Repeat && node.high.value_or(0) <= kRe2Repeat;
        const auto add = [&](unsigned low, std::optional<unsigned> high) {
            out += atom + "{" + std::to_string(low);
            if (high != low) out += "," + (high ? std::to_string(*high) : std::string());
            out += "}" + lazy;
            return out.size() <= kMaxWritten;
        };
        if (is_small && !node.high && node.low <= 1) {
            out += atom + (node.low == 0 ? "*" : "+") + lazy;
            return true;
        }
        if (is_small) return add(node.low, node.high);
        // A group would be there several times, and its number would be another.
        if (has_captures(node.parts.front())) return false;
        out += "(?:";
        for (unsigned left = node.low; left > 0; left -= std::min(left, kRe2Repeat)) {
            if (!add(std::min(left, kRe2Repeat), std::min(left, kRe2Repeat))) return false;
        }
        if (!node.high) {
            out += atom + "*" + lazy;
        } else {
            for (unsigned left = *node.high - node.low; left > 0;
                 left -= std::min(left, kRe2Repeat)) {
                if (!add(0, std::min(left, kRe2Repeat))) return false;
            }
        }
        out += ")";
        return true;
    }

    static bool has_captures(const RegexNode& node) {
        return node.captures || std::ranges::any_of(node.parts, has_captures);
    }
};

}

base::Result<std::string> to_re2(const RegexTree& tree) {
    Writer writer;
    if (!writer.write(tree.root)) {
        return base::invalid_argument("invalid regular expression: the pattern is too large");
    }
    return std::move(writer.out);
}

}
