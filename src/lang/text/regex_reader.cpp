#include "lang/text/regex_reader.hpp"

#include <utility>

// What repeats, groups and flags say.
namespace lang::text {

using Kind = RegexNode::Kind;

// A limit of ours: each repetition is a piece of a compiled program.
static constexpr unsigned kMaxRepeat = 100'000;
// Sets grow a pattern: what is short may not become megabytes.
static constexpr std::size_t kMaxRanges = 200'000;
// All that reads a tree recurses as deep as it is high: some hundred kilobytes of stack.
static constexpr unsigned kMaxHeight = 1100;

static RegexNode of_parts(Kind kind, std::vector<RegexNode> parts) {
    if (parts.size() == 1 && kind != Kind::Group) return std::move(parts.front());
    RegexNode node;
    node.kind = parts.empty() ? Kind::Empty : kind;
    for (const RegexNode& part : parts) node.height = std::max(node.height, part.height + 1);
    node.parts = std::move(parts);
    return node;
}

base::Result<RegexTree> RegexReader::run() {
    if (pattern_.size() > kMaxPatternSize) {
        return base::Error(base::Code::Exhausted, "the regular expression is too long");
    }
    tree_.root = TRY(alternatives(0));
    if (at_ < pattern_.size()) return error(at_, "unopened group");
    return std::move(tree_);
}

void RegexReader::skip_ignored() {
    while (flags_.ignore_space && !at_end()) {
        auto [character, size] = decode(pattern_, at_);
        if (character == '#') {
            at_ = std::min(pattern_.find('\n', at_), pattern_.size());
        } else if (is_white_space(character)) {
            at_ += size;
        } else {
            return;
        }
    }
}

base::Result<RegexNode> RegexReader::alternatives(std::size_t depth) {
    // This and the classes recurse, and they only: 250 levels are some kilobytes of stack.
    if (depth > kMaxPatternDepth) return error(at_, "groups nested too deeply");
    std::vector<RegexNode> all;
    std::vector<RegexNode> row;
    for (;;) {
        skip_ignored();
        if (at_end() || peek() == ')') break;
        if (take("|")) {
            all.push_back(of_parts(Kind::Concat, std::exchange(row, {})));
        } else {
            row.push_back(TRY(repeated(depth)));
        }
    }
    all.push_back(of_parts(Kind::Concat, std::move(row)));
    RegexNode node = of_parts(Kind::Alternate, std::move(all));
    if (node.height > kMaxHeight) return error(at_, "nested too deeply");
    return node;
}

// An atom and the repetitions behind it.
base::Result<RegexNode> RegexReader::repeated(std::size_t depth) {
    const std::size_t begin = at_;
    bool can_repeat = true;
    RegexNode node = TRY(atom(depth, can_repeat));
    for (;;) {
        skip_ignored();
        const char c = peek();
        if (at_end() || (c != '*' && c != '+' && c != '?' && c != '{')) return node;
        if (!can_repeat) return error(begin, "nothing to repeat");
        RegexNode outer;
        outer.kind = Kind::Repeat;
        if (c == '{') {
            const Count count = TRY(counted());
            outer.low = count.low;
            outer.high = count.high;
        } else {
            ++at_;
            outer.low = c == '+' ? 1 : 0;
            if (c == '?') outer.high = 1;
        }
        outer.greedy = take("?") == flags_.swap_greed;
        outer.height = node.height + 1;
        if (outer.height > kMaxHeight) return error(at_, "nested too deeply");
        outer.parts.push_back(std::move(node));
        node = std::move(outer);
    }
}

base::Result<unsigned> RegexReader::repeat_number() {
    std::size_t begin = at_;
    unsigned value = 0;
    for (; peek() >= '0' && peek() <= '9'; ++at_) {
        value = std::min(value * 10 + static_cast<unsigned>(peek() - '0'), kMaxRepeat + 1);
    }
    if (at_ == begin) return error(begin, "expected a number of repetitions");
    if (value > kMaxRepeat) return error(begin, "too many repetitions");
    return value;
}

base::Result<RegexReader::Count> RegexReader::counted() {
    std::size_t begin = at_++;
    Count count;
    count.low = TRY(repeat_number());
    count.high = count.low;
    if (take(",")) {
        count.high.reset();
        if (peek() != '}') count.high = TRY(repeat_number());
    }
    if (!take("}")) return error(begin, "unclosed counted repetition");
    if (count.high && *count.high < count.low) return error(begin, "invalid repetition range");
    return count;
}

// Without the flag u a set is one of bytes, and texts hold whole characters.
base::Result<void> RegexReader::check_bytes(const CharSet& set, bool negated) const {
    if (flags_.unicode || (!negated && !set.has_beyond_ascii())) return {};
    return error(at_, "without the flag u this matches what is no character");
}

base::Result<RegexNode> RegexReader::one_of(CharSet set, bool negated) {
    ranges_ += set.size();
    if (ranges_ > kMaxRanges) return error(at_, "the pattern is too large");
    RegexNode node;
    node.kind = Kind::Set;
    node.set = std::move(set);
    node.negated = negated;
    node.any_case = flags_.ignore_case;
    return node;
}

RegexNode RegexReader::look_at(Look look) {
    RegexNode node;
    node.kind = Kind::Look;
    node.look = look;
    node.unicode = flags_.unicode;
    if (look >= Look::WordBoundary && flags_.unicode) tree_.has_unicode_boundary = true;
    if (look >= Look::WordStart || look == Look::CrlfLineStart || look == Look::CrlfLineEnd)
        tree_.is_beyond_re2 = true;
    return node;
}

RegexNode RegexReader::line_edge(bool is_start) {
    if (!flags_.multi_line) return look_at(is_start ? Look::TextStart : Look::TextEnd);
    if (flags_.crlf) return look_at(is_start ? Look::CrlfLineStart : Look::CrlfLineEnd);
    return look_at(is_start ? Look::LineStart : Look::LineEnd);
}

base::Result<RegexNode> RegexReader::atom(std::size_t depth, bool& can_repeat) {
    const std::size_t begin = at_;
    CharSet set;
    switch (peek()) {
        case '(': return group(depth, can_repeat);
        case '[': {
            bool negated = false;
            set = TRY(bracket(depth, negated));
            TRY(check_bytes(set, negated));
            return one_of(std::move(set), negated);
        }
        case '\\': {
            Escaped escaped = TRY(escape());
            if (escaped.kind == Escaped::Kind::Assertion) return look_at(escaped.look);
            if (escaped.kind == Escaped::Kind::Set) {
                TRY(check_bytes(escaped.set, escaped.negated));
                return one_of(std::move(escaped.set), escaped.negated);
            }
            set.add(escaped.character, escaped.character);
            return one_of(std::move(set), false);
        }
        case '*':
        case '+':
        case '?':
        case '{': return error(begin, "nothing to repeat");
        case '.':
            ++at_;
            TRY(check_bytes(set, true));
            if (!flags_.dot_all) set.add('\n', '\n');
            if (!flags_.dot_all && flags_.crlf) set.add('\r', '\r');
            return one_of(std::move(set), true);
        case '^':
        case '$': return line_edge(pattern_[at_++] == '^');
        default: {
            const char32_t character = next();
            set.add(character, character);
            return one_of(std::move(set), false);
        }
    }
}

base::Result<RegexNode> RegexReader::group(std::size_t depth, bool& can_repeat) {
    const std::size_t begin = at_++;
    // Flags set inside a group end with it.
    const Flags outer = flags_;
    // They would need time that is not linear in the text.
    if (looking_at("?=") || looking_at("?!") || looking_at("?<=") || looking_at("?<!")) {
        return error(begin, "look-around is not supported");
    }
    RegexNode node;
    if (take("?P<") || take("?<")) {
        TRY(group_name());
        node.captures = true;
    } else if (take("?")) {
        TRY(group_flags());
        if (take(")")) {   // for the rest of the group around
            can_repeat = false;
            return node;
        }
        ++at_;
    } else {
        node.captures = true;
    }
    if (node.captures) ++tree_.groups;
    RegexNode body = TRY(alternatives(depth + 1));
    if (!take(")")) return error(begin, "unclosed group");
    flags_ = outer;
    node.kind = Kind::Group;
    node.height = body.height + 1;
    node.parts.push_back(std::move(body));
    return node;
}

base::Result<void> RegexReader::group_name() {
    std::size_t begin = at_;
    while (is_ascii_word(static_cast<unsigned char>(peek()))) ++at_;
    std::string name(pattern_.substr(begin, at_ - begin));
    if (name.empty() || (name[0] >= '0' && name[0] <= '9') || !take(">")) {
        return error(begin, "invalid name of a group");
    }
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
        return error(begin, "two groups of one name");
    }
    names_.push_back(name);
    return {};
}

// Up to the colon or bracket behind the flags.
base::Result<void> RegexReader::group_flags() {
    const std::size_t begin = at_;
    bool negated = false;
    for (; peek() != ':' && peek() != ')'; ++at_) {
        switch (peek()) {
            case '-':
                if (negated) return error(at_, "repeated negation of flags");
                negated = true;
                break;
            case 'i': flags_.ignore_case = !negated; break;
            case 's': flags_.dot_all = !negated; break;
            case 'm': flags_.multi_line = !negated; break;
            case 'U': flags_.swap_greed = !negated; break;
            case 'u': flags_.unicode = !negated; break;
            case 'x': flags_.ignore_space = !negated; break;
            case 'R': flags_.crlf = !negated; break;
            default: return error(at_end() ? begin : at_, "unknown flag of a group");
        }
    }
    if (peek() == ')' && at_ == begin) return error(at_, "nothing to repeat");
    if (pattern_[at_ - 1] == '-') return error(at_, "a negation of no flags");
    return {};
}

base::Result<RegexTree> read_regex(std::string_view pattern) { return RegexReader(pattern).run(); }

}
