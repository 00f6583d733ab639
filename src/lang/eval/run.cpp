#include "lang/eval/machine.hpp"

#include "lang/eval/numbers.hpp"

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
            return operand_error(m, code, left, "boolean", 1);
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

    static Next operand_error(Machine& m, const BinaryCode& code, Word operand,
                              std::string_view wanted, int position) {
        const Code* side = position == 1 ? code.left : code.right;
        // As the user wrote it: `<=` and not the name of a node.
        std::string op(m.sources.text(code.op_span));
        if (op.empty() || op.size() > 3) op = "this operator";
        value::Diagnostic diagnostic;
        diagnostic.kind = "EvalError::NAryPrimopTypeError";
        diagnostic.message = op + " wants a " + std::string(wanted) + " on its " +
                             (position == 1 ? "left" : "right") + ", but this is " +
                             m.describe(operand);
        diagnostic.labels.push_back({side->span, "this is " + m.describe(operand), true});
        return m.fail(std::move(diagnostic));
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
            case Op::Merge: return m.merge(left, right, code.op_span);
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

    // Operands that are no numbers (strings, arrays): unknown, sealed, or an error.
    static value::ValueType type_of(Tag tag) {
        switch (tag) {
            case Tag::String: return value::ValueType::String;
            case Tag::Rational: return value::ValueType::Number;
            case Tag::Array: return value::ValueType::Array;
            default: return value::ValueType::Dyn;
        }
    }

    static std::optional<Next> unusual(Machine& m, const BinaryCode& code, Word left, Word right,
                                       Tag wanted, std::string_view name, value::ValueType result) {
        // Seals first, in either place: an error whatever the other side is.
        for (Word side : {left, right}) {
            if (is(side, Tag::Sealed)) {
                return m.blame_sealed(side,
                                      "a value sealed by a polymorphic contract was inspected");
            }
        }
        auto fits = [&](Word word) {
            if (is(word, wanted) || (wanted == Tag::Rational && word.is_integer())) return true;
            if (!is(word, Tag::Unknown)) return false;
            auto type = static_cast<value::ValueType>(as<UnknownObj>(word)->type);
            return type == value::ValueType::Dyn || type == type_of(wanted);
        };
        if (!fits(left)) return operand_error(m, code, left, name, 1);
        if (!fits(right)) return operand_error(m, code, right, name, 2);
        if (!is(left, Tag::Unknown) && !is(right, Tag::Unknown)) return std::nullopt;
        if (wanted != Tag::String) return m.give(m.unknown(result));
        // Of a text with unknown parts messages show the known ones: "web-(known after apply)".
        return m.give(m.unknown_text(std::string(shown_text(left)).append(shown_text(right))));
    }

    static Next arithmetic(Machine& m, const BinaryCode& code, Word left, Word right) {
        auto op = static_cast<ast::BinaryOp>(code.small);
        // Words of 61 bits: a sum of two cannot overflow 64, a product can.
        if (left.is_integer() && right.is_integer()) {
            std::int64_t a = left.as_integer(), b = right.as_integer(), result = 0;
            bool done = false;
            switch (op) {
                case ast::BinaryOp::Add:
                    result = a + b;
                    done = true;
                    break;
                case ast::BinaryOp::Subtract:
                    result = a - b;
                    done = true;
                    break;
                case ast::BinaryOp::Multiply: done = !__builtin_mul_overflow(a, b, &result); break;
                case ast::BinaryOp::Modulo:
                    if (b != 0) {
                        result = a % b;
                        done = true;
                    }
                    break;
                case ast::BinaryOp::Divide:
                    // Only where it comes out whole; else the exact fraction, by Rational.
                    if (b != 0 && a % b == 0) {
                        result = a / b;
                        done = true;
                    }
                    break;
                default: break;
            }
            if (done && Word::fits(result)) return m.give(Word::integer(result));
        }
        if (auto next =
                unusual(m, code, left, right, Tag::Rational, "number", value::ValueType::Number))
            return *next;
        Number a(left), b(right);
        value::Rational result;
        switch (op) {
            case ast::BinaryOp::Add: result = a.get() + b.get(); break;
            case ast::BinaryOp::Subtract: result = a.get() - b.get(); break;
            case ast::BinaryOp::Multiply: result = a.get() * b.get(); break;
            case ast::BinaryOp::Divide:
            case ast::BinaryOp::Modulo:
                if (b.get().is_zero())
                    return m.fail("EvalError::Other", "division by zero", code.right->span);
                result = op == ast::BinaryOp::Divide ? a.get() / b.get() : a.get() % b.get();
                break;
            default: UNREACHABLE();
        }
        // Numbers are exact and grow: without a bound `std.number.pow` in a loop would eat the
        // memory, one number at a time.
        if (result.is_too_large())
            return m.fail("EvalError::Other", "this number is too large to compute with",
                          code.span);
        return m.give(m.heap.number(std::move(result)));
    }

    static Next comparison(Machine& m, const BinaryCode& code, Word left, Word right) {
        auto op = static_cast<ast::BinaryOp>(code.small);
        int order = 0;
        if (left.is_integer() && right.is_integer()) {
            order = left.as_integer() < right.as_integer() ? -1
                                                           : left.as_integer() > right.as_integer();
        } else {
            if (auto next =
                    unusual(m, code, left, right, Tag::Rational, "number", value::ValueType::Bool))
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

    static Next concat_strings(Machine& m, const BinaryCode& code, Word left, Word right) {
        if (!is(left, Tag::String) || !is(right, Tag::String)) {
            if (auto next =
                    unusual(m, code, left, right, Tag::String, "string", value::ValueType::String))
                return *next;
        }
        std::string_view a = as<StringObj>(left)->text(), b = as<StringObj>(right)->text();
        // Before it is made, as sizes double with each step of a fold.
        if (!m.heap.has_room_for_text(a.size() + b.size())) return m.no_room();
        StringObj* text = m.heap.string_buffer(a.size() + b.size());
        std::memcpy(text->data, a.data(), a.size());
        std::memcpy(text->data + a.size(), b.data(), b.size());
        return m.give(Word::of(text));
    }

    static Next concat_arrays(Machine& m, const BinaryCode& code, Word left, Word right) {
        if (!is(left, Tag::Array) || !is(right, Tag::Array)) {
            if (auto next =
                    unusual(m, code, left, right, Tag::Array, "array", value::ValueType::Array))
                return *next;
        }
        auto &a = *as<Array>(left), &b = *as<Array>(right);
        if (!m.heap.has_room((std::uint64_t{a.size} + b.size) * sizeof(Word))) return m.no_room();
        return m.give(m.concat(a, b));
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
        for (const Code* argument : code.arguments) m.push_value(m.delay(argument));
        m.argument_count_ = code.arguments.size();
        m.result_ = function;
        return Next::Apply;
    }

    // frame.number: the part whose hole is evaluated. Results so far lie on the stack.
    static Next interpolation_hole(Machine& m, const Frame& frame) {
        auto& code = *node<InterpolateCode>(static_cast<const Code*>(frame.code));
        Word text = m.result_;
        if (!is(text, Tag::String) && !is(text, Tag::Unknown)) {
            if (is(text, Tag::Sealed)) return m.blame_sealed(text, "a sealed value was inspected");
            auto shown = to_text(text);
            if (!shown) {
                return m.fail("EvalError::TypeError",
                              "only strings, numbers, booleans, null and enum tags can stand in a "
                              "string, but this is " +
                                  m.describe(text),
                              code.parts[frame.number].hole->span);
            }
            text = m.heap.string(*shown);
        }
        m.push_value(text);
        return interpolate(m, code, frame.number + 1);
    }
    static Next interpolate(Machine& m, const InterpolateCode& code, std::uint32_t part) {
        for (; part < code.parts.size(); ++part) {
            const Code* hole = code.parts[part].hole;
            if (!hole) continue;
            Word value;
            if (m.at_hand(hole, value) && is(value, Tag::String)) {
                m.push_value(value);
                continue;
            }
            m.push(interpolation_hole, &code, {}, {}, part);
            return run(m, hole);
        }
        return join(m, code);
    }
    static Next join(Machine& m, const InterpolateCode& code) {
        std::size_t holes = 0;
        for (auto& part : code.parts) holes += part.hole != nullptr;
        std::size_t at = m.height() - holes;
        std::string text;
        bool known = true;
        for (auto& part : code.parts) {
            if (!part.hole) {
                text += part.text;
                continue;
            }
            Word value = m.stack(at++);
            known = known && is(value, Tag::String);
            std::string_view piece = shown_text(value);
            if (!m.heap.has_room_for_text(text.size() + piece.size())) return m.no_room();
            if (part.indent == 0) {
                text += piece;
                continue;
            }
            // The lines of what is put in are indented as far as the hole is, in multiline strings
            // (the manual's "indentation-aware interpolation"); the first stands where the hole
            // stood.
            for (std::size_t from = 0; from <= piece.size();) {
                std::size_t end = piece.find('\n', from);
                if (end == std::string_view::npos) {
                    text += piece.substr(from);
                    break;
                }
                text += piece.substr(from, end + 1 - from);
                text.append(part.indent, ' ');
                from = end + 1;
            }
        }
        return m.give(known ? m.heap.string(text) : m.unknown_text(text));
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
};

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
            // First pass: the objects, so that each has its address. What they capture of each
            // other is filled in by the second.
            case Op::LetRec: {
                // Closures of the group capture each other: first all objects, then the captures.
                auto& let = *node<LetRecCode>(code);
                auto* slots = &task_->values[task_->base + let.index];
                for (std::size_t i = 0; i < let.closures.size(); ++i)
                    slots[i] = make_closure(*let.closures[i]);
                for (std::size_t i = 0; i < let.closures.size(); ++i) {
                    auto& captures = let.closures[i]->block->captures;
                    Word* words = is(slots[i], Tag::Function) ? as<Function>(slots[i])->captures
                                                              : as<Thunk>(slots[i])->captures;
                    for (std::size_t k = 0; k < captures.size(); ++k) {
                        Code from{captures[k].where, 0, captures[k].index, {}};
                        words[k] = variable(&from);
                    }
                }
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
                return Resumes::interpolate(*this, *node<InterpolateCode>(code), 0);
            case Op::Annotate: return run_annotate(*node<AnnotateCode>(code));
            case Op::Import: {
                auto& import = *node<ImportCode>(code);
                CHECK(import.loaded.exists());
                return force(import.loaded);
            }
            case Op::Raise: {
                auto& raise = *node<RaiseCode>(code);
                if (raise.what == RaiseCode::What::Invalid)
                    return fail("EvalError::ParseError", "this part could not be parsed",
                                raise.span);
                Word value;
                at_hand(task_->values[task_->base + raise.slot], value);
                bool match = raise.what != RaiseCode::What::FailedDestructuring;
                bool tags = raise.what == RaiseCode::What::NonExhaustiveTags;
                return fail(!match           ? "EvalError::FailedDestructuring"
                            : !tags          ? "EvalError::NonExhaustiveMatch"
                            : value.is_tag() ? "EvalError::NonExhaustiveEnumMatch"
                                             : "EvalError::NAryPrimopTypeError",
                            match ? "no branch of this match fits the value, which is " +
                                        describe(value)
                                  : "the value does not have the shape of this pattern: it is " +
                                        describe(value),
                            raise.span);
            }
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

Next Machine::run_machine_thunk(const Code& code) {
    const Word* captures = task_->captures;
    switch (code.op) {
        case Op::ApplyThunk: {
            // The captures belong to the thunk under the topmost update frame.
            // How many arguments there are is known by the thunk alone; code of this kind is
            // shared by all.
            auto* thunk = as<Thunk>(task_->frames[task_->depth - 1].a);
            return apply(captures[0], {captures + 1, static_cast<std::size_t>(thunk->count - 1)});
        }
        case Op::ContractThunk:
            return apply_contract(captures[0], as<BlameLabel>(captures[1]), captures[2],
                                  Mode::Apply);
        case Op::MarkThunk: return run_mark(*as<Thunk>(task_->frames[task_->depth - 1].a));
        case Op::MergeThunk: {
            auto* record = as<Record>(captures[0]);
            auto* methods = as<MergedMethods>(captures[1]);
            return merge_methods(*record, *methods);
        }
        case Op::SelectThunk: {
            // No place of its own: the span that counts is that of the name, which the thunk
            // carries.
            static const Code kPlace{};
            current_ = &kPlace;
            Span span{static_cast<Pos>(captures[2].as_integer()),
                      static_cast<Pos>(captures[3].as_integer())};
            Word object;
            static const AccessCode kSibling{{Op::Access, 1, 0, {}}, nullptr, {}, {}};
            if (at_hand(captures[0], object))
                return access(object, captures[1].as_tag(), span, &kSibling, false);
            return fail("EvalError::InternalError", "a record literal is not there yet", span);
        }
        default: UNREACHABLE();
    }
}

}
