#include "lang/text/regex_machine.hpp"

#include "lang/text/unicode.hpp"

#include <algorithm>
#include <utility>

namespace lang::text {

using Kind = RegexNode::Kind;

// Words of memory for the ways through an expression, each with the offsets of its groups.
static constexpr std::size_t kMaxWords = std::size_t{4} << 20;
static constexpr std::size_t kMaxCode = 200'000;
// A stop is looked at once in so many characters.
static constexpr std::size_t kStopEvery = 4096;

bool RegexMachine::is_full() const {
    return code_.size() > kMaxCode || code_.size() * (2 * std::size_t{groups_} + 2) > kMaxWords;
}

std::uint32_t RegexMachine::add(Instruction instruction) {
    instruction.next = static_cast<std::uint32_t>(code_.size()) + 1;
    code_.push_back(instruction);
    return static_cast<std::uint32_t>(code_.size()) - 1;
}

std::uint32_t RegexMachine::set_of(const RegexNode& node) {
    const auto [known, is_new] =
        known_sets_.emplace(&node, static_cast<std::uint32_t>(sets_.size()));
    if (!is_new) return known->second;
    CharSet set = node.any_case ? node.set.with_cases() : node.set;
    if (node.negated) set = set.complement();
    Set made;
    for (const CharSet::Range& range : set.ranges()) {
        for (char32_t c = range.first; c <= range.second && c < 128; ++c) made.ascii.set(c);
        if (range.second >= 128)
            made.ranges.push_back({std::max(range.first, char32_t{128}), range.second});
    }
    sets_.push_back(std::move(made));
    return known->second;
}

// What follows an instruction is the one behind it, until a repetition or an alternative says
// otherwise.
bool RegexMachine::emit(const RegexNode& node) {
    if (is_full()) return false;
    switch (node.kind) {
        case Kind::Empty: return true;
        case Kind::Set: add({.op = Instruction::Op::Set, .index = set_of(node)}); return true;
        case Kind::Look:
            add({.op = Instruction::Op::Look, .unicode = node.unicode, .look = node.look});
            return true;
        case Kind::Group: {
            if (!node.captures) return emit(node.parts.front());
            const auto [known, is_new] = known_groups_.emplace(&node, groups_ + 1);
            if (is_new) ++groups_;
            const std::uint32_t slot = 2 * known->second;
            add({.op = Instruction::Op::Save, .index = slot});
            if (!emit(node.parts.front())) return false;
            add({.op = Instruction::Op::Save, .index = slot + 1});
            return true;
        }
        case Kind::Concat:
            return std::ranges::all_of(node.parts,
                                       [&](const RegexNode& part) { return emit(part); });
        case Kind::Alternate: {
            // Each way ends with a jump behind the last: a split of which both ways are the same.
            std::vector<std::uint32_t> ends;
            for (std::size_t i = 0; i < node.parts.size(); ++i) {
                const bool is_last = i + 1 == node.parts.size();
                const std::uint32_t split = is_last ? 0 : add({.op = Instruction::Op::Split});
                if (!emit(node.parts[i])) return false;
                if (is_last) break;
                ends.push_back(add({.op = Instruction::Op::Split}));
                code_[split].other = static_cast<std::uint32_t>(code_.size());
            }
            for (std::uint32_t end : ends)
                code_[end].next = code_[end].other = static_cast<std::uint32_t>(code_.size());
            return true;
        }
        case Kind::Repeat: return emit_repeat(node);
    }
    return false;
}

// A split into the repeated part and what lies behind it, in the order of greed.
bool RegexMachine::emit_repeat(const RegexNode& node) {
    const RegexNode& part = node.parts.front();
    for (unsigned i = 0; i < node.low; ++i) {
        if (!emit(part)) return false;
    }
    std::vector<std::uint32_t> splits;
    const auto leave = [&](std::uint32_t split) {
        const auto behind = static_cast<std::uint32_t>(code_.size());
        (node.greedy ? code_[split].other : code_[split].next) = behind;
    };
    const auto enter = [&] {
        const std::uint32_t split = add({.op = Instruction::Op::Split});
        (node.greedy ? code_[split].next : code_[split].other) = split + 1;
        return split;
    };
    if (!node.high) {
        const std::uint32_t split = enter();
        if (!emit(part)) return false;
        const std::uint32_t back = add({.op = Instruction::Op::Split});
        code_[back].next = code_[back].other = split;
        leave(split);
        return true;
    }
    for (unsigned i = node.low; i < *node.high; ++i) {
        splits.push_back(enter());
        if (!emit(part)) return false;
    }
    for (std::uint32_t split : splits) leave(split);
    return true;
}

base::Result<RegexMachine> RegexMachine::create(const RegexTree& tree) {
    RegexMachine machine;
    if (!machine.emit(tree.root) || machine.is_full()) {
        return base::invalid_argument("invalid regular expression: the pattern is too large");
    }
    machine.add({.op = Instruction::Op::Match});
    machine.known_sets_.clear();
    machine.known_groups_.clear();
    // A group in what is repeated no times is one all the same.
    machine.groups_ = tree.groups;
    return machine;
}

// The ways that have come to one place of the text, first the one that is preferred.
struct Threads {
    Threads(std::size_t code, std::size_t slots) : places(code), slots(slots * code) {}

    bool has(std::uint32_t at) const {
        return places[at] < order.size() && order[places[at]] == at;
    }

    std::vector<std::uint32_t> order;    // instructions
    std::vector<std::uint32_t> places;   // of instructions in `order`, valid if it agrees
    std::vector<std::size_t> slots;      // of each instruction
};

class RegexRun::Impl {
    using Instruction = RegexMachine::Instruction;

public:
    Impl(const RegexMachine& machine, std::string_view text)
        : machine_(machine), text_(text), width_(2 * std::size_t{machine.groups_} + 2),
          now_(machine.code_.size(), width_), next_(machine.code_.size(), width_),
          slots_(width_, RegexRun::npos) {}

    std::optional<std::vector<std::size_t>> match(std::size_t from, const std::stop_token& stop) {
        std::optional<std::vector<std::size_t>> found;
        now_.order.clear();
        std::size_t count = 0;
        for (std::size_t at = from;; at += size_) {
            if (++count % kStopEvery == 0 && stop.stop_requested()) return std::nullopt;
            see(at);
            for (std::uint32_t place : std::exchange(steps_, {})) {
                const std::size_t* slots = &next_.slots[place * width_];
                slots_.assign(slots, slots + width_);
                follow(now_, machine_.code_[place].next, at);
            }
            // What begins here is tried last.
            if (!found) {
                slots_.assign(width_, RegexRun::npos);
                slots_[0] = at;
                follow(now_, 0, at);
            }
            for (std::uint32_t place : now_.order) {
                const Instruction& code = machine_.code_[place];
                if (code.op == Instruction::Op::Match) {
                    const std::size_t* slots = &now_.slots[place * width_];
                    found.emplace(slots, slots + width_);
                    (*found)[1] = at;
                    break;   // the ways behind this one are worse
                }
                if (code.op == Instruction::Op::Set && size_ > 0 &&
                    machine_.sets_[code.index].has(character_))
                    steps_.push_back(place);
            }
            if (size_ == 0 || (found && steps_.empty())) return found;
            std::swap(now_, next_);
            now_.order.clear();
        }
    }

private:
    // The characters around a place.
    void see(std::size_t at) {
        at_ = at;
        size_ = 0;
        if (at < text_.size()) {
            const Decoded decoded = decode(text_, at);
            character_ = decoded.character;
            size_ = decoded.size;
        }
        if (at > 0) {
            std::size_t begin = at - 1;
            while (begin > 0 && (static_cast<unsigned char>(text_[begin]) & 0xC0) == 0x80) --begin;
            before_ = decode(text_, begin).character;
        }
    }

    static bool is_word(char32_t c, bool unicode) {
        static const std::vector<CharSet::Range> words = CharSet::word(true).ranges();
        if (c < 128 || !unicode) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   c == '_';
        }
        return holds(words, c);
    }

    bool sees(const Instruction& code) const {
        const bool starts = at_ == 0;
        const bool ends = at_ == text_.size();
        const auto is = [](bool edge, char32_t c, char32_t asked) { return !edge && c == asked; };
        switch (code.look) {
            case Look::TextStart: return starts;
            case Look::TextEnd: return ends;
            case Look::LineStart: return starts || before_ == '\n';
            case Look::LineEnd: return ends || character_ == '\n';
            // Not between the two of "\r\n".
            case Look::CrlfLineStart:
                return starts || before_ == '\n' ||
                       (before_ == '\r' && !is(ends, character_, '\n'));
            case Look::CrlfLineEnd:
                return ends || character_ == '\r' ||
                       (character_ == '\n' && !is(starts, before_, '\r'));
            default: break;
        }
        const bool before = !starts && is_word(before_, code.unicode);
        const bool behind = !ends && is_word(character_, code.unicode);
        switch (code.look) {
            case Look::WordBoundary: return before != behind;
            case Look::NotWordBoundary: return before == behind;
            case Look::WordStart: return !before && behind;
            case Look::WordEnd: return before && !behind;
            case Look::WordStartHalf: return !before;
            default: return !behind;
        }
    }

    // Adds an instruction and what it leads to without a character, with what is in slots_.
    void follow(Threads& threads, std::uint32_t first, std::size_t at) {
        struct Task {
            std::uint32_t place;
            std::uint32_t slot;   // what has to be put back, if `restores`
            std::size_t value;
            bool restores;
        };
        std::vector<Task> tasks = {{first, 0, 0, false}};
        while (!tasks.empty()) {
            const Task task = tasks.back();
            tasks.pop_back();
            if (task.restores) {
                slots_[task.slot] = task.value;
                continue;
            }
            for (std::uint32_t place = task.place; !threads.has(place);) {
                threads.places[place] = static_cast<std::uint32_t>(threads.order.size());
                threads.order.push_back(place);
                const Instruction& code = machine_.code_[place];
                if (code.op == Instruction::Op::Set || code.op == Instruction::Op::Match) {
                    std::copy(slots_.begin(), slots_.end(), &threads.slots[place * width_]);
                    break;
                }
                if (code.op == Instruction::Op::Look && !sees(code)) break;
                if (code.op == Instruction::Op::Save) {
                    tasks.push_back({0, code.index, slots_[code.index], true});
                    slots_[code.index] = at;
                } else if (code.op == Instruction::Op::Split && code.other != code.next) {
                    tasks.push_back({code.other, 0, 0, false});
                }
                place = code.next;
            }
        }
    }

    const RegexMachine& machine_;
    std::string_view text_;
    std::size_t width_;
    Threads now_;
    Threads next_;
    std::vector<std::size_t> slots_;
    std::vector<std::uint32_t> steps_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;   // of the character behind, 0 at the end
    char32_t character_ = 0;
    char32_t before_ = 0;
};

RegexRun::RegexRun(const RegexMachine& machine, std::string_view text)
    : impl_(std::make_unique<Impl>(machine, text)) {}
RegexRun::~RegexRun() = default;

std::optional<std::vector<std::size_t>> RegexRun::match(std::size_t from,
                                                        const std::stop_token& stop) {
    return impl_->match(from, stop);
}

}
