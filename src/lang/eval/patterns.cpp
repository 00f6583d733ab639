#include "lang/eval/machine.hpp"

#include "lang/eval/numbers.hpp"

#include <algorithm>

// Tests of patterns. The tested slot holds an evaluated word (Op::Force came before).
namespace lang {

static bool equals_constant(Word value, Word constant) {
    if (value == constant) return true;
    if (is_number(value) && is_number(constant))
        return Number(value).get() == Number(constant).get();
    return is(value, Tag::String) && is(constant, Tag::String) &&
           as<StringObj>(value)->text() == as<StringObj>(constant)->text();
}

static bool contains(std::span<const Symbol> names, Symbol name) {
    return std::ranges::find(names, name) != names.end();
}

// The fields of `record` that the pattern did not name, as a record of their own.
static Word rest_of(Machine& machine, Record& record, std::span<const Symbol> names) {
    std::vector<Symbol> left;
    std::vector<Field> kept;
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        if (contains(names, record.shape->symbols[slot])) continue;
        left.push_back(record.shape->symbols[slot]);
        kept.push_back(machine.full_field(record, slot));
    }
    auto* fields = machine.heap.array<Field>(kept.size());
    std::ranges::copy(kept, fields);
    Record* rest = machine.make_record_with(machine.shapes.intern(left), {fields, kept.size()});
    // What was not named may include names that are not known yet.
    rest->flags |= record.flags & (Record::kUnknownNames | Record::kOpen);
    return Word::of(rest);
}

Next Machine::run_pattern(const PatternCode& code) {
    Word* locals = &task_->values[task_->base];
    Word value = locals[code.index];
    const Code* then = code.next;
    switch (code.op) {
        case Op::Goto: break;
        case Op::Bind: locals[code.target] = value; break;
        case Op::TestConstant:
            if (is(value, Tag::SecretTemplate) && is(code.constant, Tag::String))
                return refuse_secret("a pattern");
            if (!equals_constant(value, code.constant)) then = code.otherwise;
            break;
        case Op::TestTag:
            if (code.has_argument) {
                if (is(value, Tag::Variant) && as<Variant>(value)->variant_tag == code.name) {
                    locals[code.target] = as<Variant>(value)->argument;
                } else {
                    then = code.otherwise;
                }
            } else if (value != Word::tag(code.name)) {
                then = code.otherwise;
            }
            break;
        case Op::TestRecord:
            if (!is(value, Tag::Record)) then = code.otherwise;
            break;
        case Op::TestField: {
            auto* record = as<Record>(value);
            std::uint32_t slot = record->shape->find(code.name);
            if (slot != Shape::kAbsent && has_value(*record, slot)) {
                locals[code.target] = field(*record, slot);
            } else if (record->flags & Record::kUnknownNames) {
                return give(unknown(value::ValueType::Dyn));
            } else if (code.fallback) {
                Word made = delay(code.fallback);
                task_->values[task_->base + code.target] = made;
            } else {
                then = code.otherwise;
            }
            break;
        }
        case Op::TestClosed: {
            auto* record = as<Record>(value);
            if (record->flags & Record::kUnknownNames) return give(unknown(value::ValueType::Dyn));
            for (std::uint32_t slot = 0; slot < record->shape->size; ++slot) {
                if (!contains(code.names, record->shape->symbols[slot]) &&
                    !is_empty_optional(*record, slot))
                    then = code.otherwise;
            }
            break;
        }
        case Op::TestArray: {
            bool fits = is(value, Tag::Array) && (code.open ? as<Array>(value)->size >= code.size
                                                            : as<Array>(value)->size == code.size);
            if (!fits) {
                then = code.otherwise;
                break;
            }
            for (std::uint32_t i = 0; i < code.size; ++i)
                locals[code.target + i] = element(*as<Array>(value), i);
            break;
        }
        case Op::BindRest:
            locals[code.target] = is(value, Tag::Record)
                                      ? rest_of(*this, *as<Record>(value), code.names)
                                      : slice(*as<Array>(value), code.size, as<Array>(value)->size);
            break;
        default: UNREACHABLE();
    }
    code_ = then;
    return Next::Run;
}

}
