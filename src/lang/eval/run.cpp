#include "lang/eval/machine.hpp"

#include "lang/eval/numbers.hpp"
#include "lang/eval/steps.hpp"

#include <algorithm>
#include <array>

// The dispatch loop over Code. A node that needs the value of another pushes a frame with itself
// and runs the other; the frame's continuation takes the result. Everything else is a tail.
namespace lang {

struct Resumes {
    static Next run(Machine& m, const Code* code) {
        m.code_ = code;
        return Next::Run;
    }

    static Next if_condition(Machine& m, const Frame& frame) {
        return branch(m, *node<IfCode>(static_cast<const Code*>(frame.code)), m.result_);
    }
    static Next branch(Machine& m, const IfCode& code, Word condition) {
        if (condition.is_true()) return run(m, code.then_code);
        if (condition.is_false()) return run(m, code.else_code);
        // Which branch is taken is not known, and neither is run: what it would read is no
        // dependency yet.
        if (is(condition, Tag::Unknown)) return m.give(m.unknown(value::ValueType::Dyn));
        if (is(condition, Tag::Sealed))
            return m.blame_sealed(condition, "a sealed value was inspected");
        return m.fail("EvalError::TypeError",
                      "the condition of `if` is " + m.describe(condition) + ", not a boolean",
                      code.condition->span);
    }

    // `false && u` is decided, `u && false` is unknown: left to right.
    static Next logic_left(Machine& m, const Frame& frame) {
        return logic(m, *node<BinaryCode>(static_cast<const Code*>(frame.code)), m.result_);
    }
    static Next logic(Machine& m, const BinaryCode& code, Word left) {
        if (!left.is_bool()) {
            if (is(left, Tag::Unknown)) return m.give(m.unknown(value::ValueType::Bool));
            if (is(left, Tag::Sealed)) return m.blame_sealed(left, "a sealed value was inspected");
            return wrong_operand(m, code, left, "boolean", 1);
        }
        if (left.is_true() == (code.op == Op::Or)) return m.give(left);
        return run(m, code.right);   // whatever it is: the official machine does not look either
    }
    static Next not_operand(Machine& m, const Frame& frame) {
        auto& code = *node<UnaryCode>(static_cast<const Code*>(frame.code));
        if (m.result_.is_bool()) return m.give(Word::boolean(m.result_.is_false()));
        if (is(m.result_, Tag::Unknown)) return m.give(m.unknown(value::ValueType::Bool));
        if (is(m.result_, Tag::Sealed))
            return m.blame_sealed(m.result_, "a sealed value was inspected");
        return m.fail("EvalError::UnaryPrimopTypeError",
                      "`!` wants a boolean, but this is " + m.describe(m.result_),
                      code.operand->span);
    }

    static Next left_operand(Machine& m, const Frame& frame) {
        auto& code = *node<BinaryCode>(static_cast<const Code*>(frame.code));
        Word left = m.result_, right;
        if (m.at_hand(code.right, right)) return compute(m, code, left, right);
        m.push(right_operand, &code, left);
        return run(m, code.right);
    }
    static Next right_operand(Machine& m, const Frame& frame) {
        return compute(m, *node<BinaryCode>(static_cast<const Code*>(frame.code)), frame.a,
                       m.result_);
    }

    static Next compute(Machine& m, const BinaryCode& code, Word left, Word right) {
        m.current_ = &code;
        switch (code.op) {
            case Op::Arithmetic: return arithmetic(m, code, left, right);
            case Op::Compare: return comparison(m, code, left, right);
            case Op::Equal: {
                if (code.small == static_cast<std::uint8_t>(ast::BinaryOp::Equal))
                    return m.equal(left, right, code.span);
                m.push(negate);
                return m.equal(left, right, code.span);
            }
            case Op::Merge:
                return m.merge(left, right, code.op_span, {{}, code.left->span, code.op_span});
            case Op::ConcatStrings: return concat_strings(m, code, left, right);
            case Op::ConcatArrays: return concat_arrays(m, code, left, right);
            case Op::DynAccess: return dynamic_access(m, code, left, right);
            default: UNREACHABLE();
        }
    }
    static Next negate(Machine& m, const Frame&) {
        if (m.result_.is_bool()) return m.give(Word::boolean(m.result_.is_false()));
        return Next::Return;   // unknown
    }

    static Next arithmetic(Machine& m, const BinaryCode& code, Word left, Word right) {
        auto op = static_cast<ast::BinaryOp>(code.small);
        if (left.is_integer() && right.is_integer()) {
            std::int64_t result = 0;
            if (integer_arithmetic(op, left.as_integer(), right.as_integer(), result))
                return m.give(Word::integer(result));
        }
        return exact_arithmetic(m, code, left, right);
    }

    static Next comparison(Machine& m, const BinaryCode& code, Word left, Word right) {
        auto op = static_cast<ast::BinaryOp>(code.small);
        int order = 0;
        if (left.is_integer() && right.is_integer()) {
            order = left.as_integer() < right.as_integer() ? -1
                                                           : left.as_integer() > right.as_integer();
        } else {
            if (auto next = unusual_operands(m, code, left, right, Tag::Rational, "number",
                                             value::ValueType::Bool))
                return *next;
            auto compared = Number(left).get() <=> Number(right).get();
            order = compared < 0 ? -1 : compared > 0;
        }
        bool result = op == ast::BinaryOp::Less        ? order < 0
                      : op == ast::BinaryOp::LessEqual ? order <= 0
                      : op == ast::BinaryOp::Greater   ? order > 0
                                                       : order >= 0;
        return m.give(Word::boolean(result));
    }

    static Next dynamic_access(Machine& m, const BinaryCode& code, Word name, Word object) {
        if (is(name, Tag::Unknown)) return m.give(m.unknown(value::ValueType::Dyn));
        if (is(name, Tag::Sealed)) return m.blame_sealed(name, "a sealed value was inspected");
        if (!is(name, Tag::String)) {
            return m.fail("EvalError::NAryPrimopTypeError",
                          "a field name must be a string, but this is " + m.describe(name),
                          code.left->span);
        }
        return m.access(object, Symbol::of(as<StringObj>(name)->text()), code.op_span);
    }

    static Next access_object(Machine& m, const Frame& frame) {
        auto& code = *node<AccessCode>(static_cast<const Code*>(frame.code));
        return m.access(m.result_, code.field, code.span, &code);
    }

    static Next apply_head(Machine& m, const Frame& frame) {
        return apply(m, *node<ApplyCode>(static_cast<const Code*>(frame.code)), m.result_);
    }
    static Next apply(Machine& m, const ApplyCode& code, Word function) {
        m.current_ = &code;
        for (const Code* argument : code.arguments)
            m.push_value(m.delay_argument(argument, function));
        m.argument_count_ = code.arguments.size();
        m.result_ = function;
        return Next::Apply;
    }

    static Next pattern_forced(Machine& m, const Frame& frame) {
        auto& code = *node<PatternCode>(static_cast<const Code*>(frame.code));
        return forced(m, code, m.result_);
    }
    static Next forced(Machine& m, const PatternCode& code, Word value) {
        if (is(value, Tag::Unknown)) return m.give(m.unknown(value::ValueType::Dyn));
        if (is(value, Tag::Sealed)) return m.blame_sealed(value, "a sealed value was inspected");
        m.task_->values[m.task_->base + code.index] = value;
        return run(m, code.next);
    }

    // Closures of the group capture each other: first all objects, so that each has its address,
    // then what they capture.
    static void bind_group(Machine& m, const LetRecCode& let) {
        auto* slots = &m.task_->values[m.task_->base + let.index];
        for (std::size_t i = 0; i < let.closures.size(); ++i)
            slots[i] = m.make_closure(*let.closures[i]);
        for (std::size_t i = 0; i < let.closures.size(); ++i) {
            auto& captures = let.closures[i]->block->captures;
            Word* words = is(slots[i], Tag::Function) ? as<Function>(slots[i])->captures
                                                      : as<Thunk>(slots[i])->captures;
            for (std::size_t k = 0; k < captures.size(); ++k) {
                Code from{captures[k].where, 0, captures[k].index, {}};
                words[k] = m.variable(&from);
            }
        }
    }

    static Next raise(Machine& m, const RaiseCode& raise) {
        // Of a type whose tail no `forall` binds, `slot` is the variable's name.
        if (raise.what == RaiseCode::What::Invalid && raise.slot != 0) {
            return m.fail("EvalError::UnboundIdentifier",
                          "no `forall` around this type binds its tail `" +
                              std::string(Symbol{raise.slot}.text()) + "`",
                          raise.span);
        }
        if (raise.what == RaiseCode::What::Invalid)
            return m.fail("EvalError::ParseError", "this part could not be parsed", raise.span);
        Word value;
        m.at_hand(m.task_->values[m.task_->base + raise.slot], value);
        bool match = raise.what != RaiseCode::What::FailedDestructuring;
        bool tags = raise.what == RaiseCode::What::NonExhaustiveTags;
        return m.fail(!match           ? "EvalError::FailedDestructuring"
                      : !tags          ? "EvalError::NonExhaustiveMatch"
                      : value.is_tag() ? "EvalError::NonExhaustiveEnumMatch"
                                       : "EvalError::NAryPrimopTypeError",
                      match ? "no branch of this match fits the value, which is " + m.show(value)
                            : "the value does not have the shape of this pattern: it is " +
                                  m.show(value),
                      raise.span);
    }
};

// Longer than a function should be: a switch with a case for each kind of node, short ones in full.
// In one function it is one jump table, and what is under way stays in registers.
Next Machine::run() {
    for (;;) {
        const Code* code = code_;
        switch (code->op) {
            case Op::Constant:
            case Op::Local:
            case Op::Captured:
            case Op::EnvironmentWord:
            case Op::Self:
                result_ = variable(code);
                if (!is(result_, Tag::Thunk)) return Next::Return;
                current_ = code;
                return force_result();
            case Op::Delay: result_ = delay(code); return Next::Force;
            case Op::Lambda:
            case Op::ArrayLiteral:
            case Op::RecordLiteral:
            case Op::TypeLiteral:
            case Op::VariantLiteral: return give(delay(code));
            case Op::DynamicRecord: return build_dynamic(*node<RecordCode>(code));
            case Op::Let: {
                auto& let = *node<LetCode>(code);
                Word value = delay(let.value);
                task_->values[task_->base + let.index] = value;
                code_ = let.next;
                continue;
            }
            case Op::LetRec: {
                auto& let = *node<LetRecCode>(code);
                Resumes::bind_group(*this, let);
                code_ = let.next;
                continue;
            }
            case Op::Apply: {
                auto& apply = *node<ApplyCode>(code);
                Word function;
                if (at_hand(apply.head, function)) return Resumes::apply(*this, apply, function);
                push(Resumes::apply_head, code);
                code_ = apply.head;
                continue;
            }
            case Op::Native: return run_native(*node<NativeCode>(code));
            case Op::If: {
                auto& choice = *node<IfCode>(code);
                Word condition;
                if (at_hand(choice.condition, condition))
                    return Resumes::branch(*this, choice, condition);
                push(Resumes::if_condition, code);
                code_ = choice.condition;
                continue;
            }
            case Op::And:
            case Op::Or: {
                auto& binary = *node<BinaryCode>(code);
                Word left;
                if (at_hand(binary.left, left)) return Resumes::logic(*this, binary, left);
                push(Resumes::logic_left, code);
                code_ = binary.left;
                continue;
            }
            case Op::Not:
                push(Resumes::not_operand, code);
                code_ = node<UnaryCode>(code)->operand;
                continue;
            case Op::Access: {
                auto& get = *node<AccessCode>(code);
                Word object;
                if (at_hand(get.object, object)) {
                    current_ = code;
                    return access(object, get.field, get.span, &get);
                }
                push(Resumes::access_object, code);
                code_ = get.object;
                continue;
            }
            case Op::DynAccess:
            case Op::Arithmetic:
            case Op::Compare:
            case Op::Equal:
            case Op::Merge:
            case Op::ConcatStrings:
            case Op::ConcatArrays: {
                auto& binary = *node<BinaryCode>(code);
                Word left, right;
                if (!at_hand(binary.left, left)) {
                    push(Resumes::left_operand, code);
                    code_ = binary.left;
                    continue;
                }
                if (!at_hand(binary.right, right)) {
                    push(Resumes::right_operand, code, left);
                    code_ = binary.right;
                    continue;
                }
                return Resumes::compute(*this, binary, left, right);
            }
            case Op::Interpolate:
                return Interpolation::from(*this, *node<InterpolateCode>(code), 0);
            case Op::Annotate: return run_annotate(*node<AnnotateCode>(code));
            case Op::Import: {
                auto& import = *node<ImportCode>(code);
                CHECK(import.loaded.exists());
                return force(import.loaded);
            }
            case Op::Raise: return Resumes::raise(*this, *node<RaiseCode>(code));
            case Op::Force: {
                auto& test = *node<PatternCode>(code);
                Word slot = task_->values[task_->base + test.index], value;
                if (at_hand(slot, value)) return Resumes::forced(*this, test, value);
                push(Resumes::pattern_forced, code);
                return force(slot);
            }
            case Op::TestTag:
            case Op::TestConstant:
            case Op::TestRecord:
            case Op::TestField:
            case Op::TestClosed:
            case Op::TestArray:
            case Op::BindRest:
            case Op::Bind:
            case Op::Goto: {
                Next next = run_pattern(*node<PatternCode>(code));
                if (next != Next::Run) return next;
                continue;
            }
            case Op::ApplyThunk:
            case Op::ContractThunk:
            case Op::MergeThunk:
            case Op::SelectThunk:
            case Op::CellThunk:
            case Op::MarkThunk: return run_machine_thunk(*code);
            case Op::BuiltinName: UNREACHABLE();
        }
    }
}

const Code* waiting_operand(const Frame& frame) {
    if (frame.resume == Resumes::left_operand)
        return node<BinaryCode>(static_cast<const Code*>(frame.code))->left;
    if (frame.resume == Resumes::right_operand)
        return node<BinaryCode>(static_cast<const Code*>(frame.code))->right;
    return nullptr;
}

// These take what they are applied to at once; with less they are no function that could be handed
// on.
static bool is_whole(std::string_view name) {
    static constexpr std::array<std::string_view, 7> kWhole = {
        "array/generate", "array/map", "deep_seq", "enum/make_variant",
        "record/map",     "seq",       "trace"};
    return std::ranges::find(kWhole, name) != kWhole.end();
}

bool Machine::is_applied() const {
    if (task_->depth == 0) return false;
    const Resume resume = task_->frames[task_->depth - 1].resume;
    return resume == Resumes::apply_head || resume == resume_apply_more;
}

// What is there is evaluated and looked at first; null stands for the rest, which no one reads.
Next Machine::run_too_few(const NativeCode& code) {
    push(
        [](Machine& m, const Frame& frame) {
            const auto& code = *static_cast<const NativeCode*>(frame.code);
            return m.fail("EvalError::NotEnoughArgs",
                          "%" + std::string(code.native->name) + "% wants " +
                              std::to_string(code.native->arity) + " arguments, but got " +
                              std::to_string(code.arguments.size()),
                          code.span);
        },
        &code);
    for (const Code* argument : code.arguments) push_value(delay(argument));
    for (std::size_t i = code.arguments.size(); i < code.native->arity; ++i)
        push_value(Word::null());
    return apply_native(*code.native);
}

Next Machine::run_native(const NativeCode& code) {
    current_ = &code;
    const Native& native = *code.native;
    if (code.arguments.size() < native.arity) {
        if (code.arguments.size() < native.strict) {
            return fail("EvalError::NotEnoughArgs",
                        "%" + std::string(native.name) + "% wants " + std::to_string(native.arity) +
                            " arguments, but got " + std::to_string(code.arguments.size()),
                        code.span);
        }
        if (is_whole(native.name) && !is_applied()) return run_too_few(code);
        // Strict arguments have to be there to be evaluated; the others may come later.
        auto* partial = heap.make<Partial>(Tag::Partial, code.arguments.size());
        auto* function = heap.make<NativeFunction>(Tag::NativeFunction);
        function->native = &native;
        partial->function = Word::of(function);
        for (std::size_t i = 0; i < code.arguments.size(); ++i)
            partial->arguments[i] = delay(code.arguments[i]);
        return give(Word::of(partial));
    }
    // As in apply_result: with nothing left to do in this block its locals are dropped, so that a
    // native in tail position costs no stack.
    std::size_t bottom = task_->depth > 0 ? task_->frames[task_->depth - 1].top : 0;
    std::size_t first = height();
    for (const Code* argument : code.arguments) push_value(delay(argument));
    if (first > bottom) {
        for (std::size_t i = 0; i < native.arity; ++i) stack(bottom + i) = stack(first + i);
        task_->height = bottom + native.arity;
    }
    return apply_native(native);
}

Next Machine::run_annotate(const AnnotateCode& code) {
    Word value = delay(code.term);
    // All but the last as thunks, the last one at once: the value is wanted now.
    std::size_t last = code.contracts.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
        value = delay_contract(delay(code.contracts[i].contract), code.contracts[i].label, value);
    }
    return apply_contract(delay(code.contracts[last].contract), code.contracts[last].label, value,
                          Mode::Apply);
}

}
