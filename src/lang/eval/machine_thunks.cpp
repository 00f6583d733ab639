#include "lang/eval/machine.hpp"

// Thunks that the machine makes for itself: their code is an operation on their captures.
namespace lang {

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
