#include "lang/eval/contract_support.hpp"

#include "lang/syntax/ast.hpp"

#include <algorithm>
#include <memory>

// What a predicate that says no is told with: the value of each of its parts. They are evaluated
// again, one by one, and only those that the predicate itself evaluated.
namespace lang {

using Role = PredicatePart::Role;

bool Machine::is_predicate(Word contract) {
    // The name that std.contract.from_predicate gives to what it makes.
    static const Symbol kChecker = Symbol::forever("checks_predicate");
    const Word checker = as<CustomContract>(contract)->function;
    if (!is(checker, Tag::Function)) return false;
    const Block& block = *as<Function>(checker)->block;
    return block.name == kChecker && !is_in_program(block.span) && block.captures.size() == 1;
}

// The predicate that such a contract was made of; nothing if it is no function of the program.
static const Function* predicate_of(Machine& machine, Word contract) {
    const auto& checker = *as<Function>(as<CustomContract>(contract)->function);
    Word word;
    if (!machine.at_hand(checker.captures[0], word)) return nullptr;
    while (is(word, Tag::Wrapped)) word = as<Wrapped>(word)->function;
    if (!is(word, Tag::Function)) return nullptr;
    const Function* predicate = as<Function>(word);
    return predicate->block->arity == 1 && machine.is_in_program(predicate->block->span) ? predicate
                                                                                         : nullptr;
}

// The contract of a predicate has answered.
Next Machine::predicate_result(const BlameLabel* label, Word value, Word contract) {
    const Function* predicate = predicate_of(*this, contract);
    if (predicate == nullptr || !is(result_, Tag::Variant) ||
        as<Variant>(result_)->variant_tag.text() != "Error")
        return custom_result(label, value, Mode::Apply);
    parts_.clear();
    told_parts_.clear();
    tell_of(predicate->block->body, false);
    std::ranges::reverse(parts_);
    return next_part(label, Word::of(predicate), value);
}

static bool is_told(const Code* code) {
    return code->op != Op::Constant && code->op != Op::Lambda && code->op != Op::Delay &&
           code->span.exists();
}

// Which parts say why `code` came to `outcome`.
void Machine::tell_of(const Code* code, bool outcome) {
    const auto show = [&](const Code* part) {
        if (part->op == Op::Delay) part = node<BlockCode>(part)->block->body;
        if (is_told(part)) parts_.push_back({part, Role::Shown, outcome, nullptr});
    };
    switch (code->op) {
        case Op::And:
        case Op::Or: {
            const auto& both = *node<BinaryCode>(code);
            if ((code->op == Op::Or) == outcome) {
                // One side was enough; which one, its value tells.
                parts_.push_back({both.left, Role::Side, outcome, &both});
            } else {
                tell_of(both.left, outcome);
                tell_of(both.right, outcome);
            }
            break;
        }
        case Op::Not: tell_of(node<UnaryCode>(code)->operand, !outcome); break;
        case Op::Compare:
        case Op::Equal:
            show(node<BinaryCode>(code)->left);
            show(node<BinaryCode>(code)->right);
            break;
        case Op::Access: show(code); break;
        default: break;
    }
}

Next Machine::next_part(const BlameLabel* label, Word predicate, Word value) {
    if (parts_.empty()) {
        const Next next = contract_broken(label, {}, Mode::Apply);
        for (value::Label& told : told_parts_) error_.labels.push_back(std::move(told));
        return next;
    }
    push_value(value);
    push(
        [](Machine& m, const Frame& frame) {
            return m.part_ready(as<BlameLabel>(frame.a), frame.b, m.stack(m.height() - 1));
        },
        nullptr, Word::of(label), predicate);
    // The part as the body of a function with the same parameter, in the same surroundings.
    const Function& whole = *as<Function>(predicate);
    Block block = *whole.block;
    block.body = parts_.back().code;
    part_blocks_.push_back(std::make_unique<const Block>(block));
    const std::size_t count = whole.block->captures.size();
    auto* part = heap.make<Function>(Tag::Function, count);
    part->block = part_blocks_.back().get();
    std::copy_n(whole.captures, count, part->captures);
    const Word arguments[] = {value};
    return apply(Word::of(part), arguments);
}

Next Machine::part_ready(const BlameLabel* label, Word predicate, Word value) {
    const PredicatePart part = parts_.back();
    parts_.pop_back();
    if (part.role == Role::Shown) {
        if (const std::string text = show(result_); !text.empty())
            told_parts_.push_back({part.code->span, "this is " + text, false});
    } else if (result_.is_bool()) {
        const std::size_t before = parts_.size();
        const bool decided = result_.is_true() == part.outcome;
        tell_of(decided ? part.code : part.both->right, part.outcome);
        std::reverse(parts_.begin() + static_cast<std::ptrdiff_t>(before), parts_.end());
    }
    return next_part(label, predicate, value);
}

}
