#include "lang/eval/contract_support.hpp"

#include <algorithm>
#include <vector>

// Whether two contracts of a field are the same one, so that applying both adds nothing: by how
// they are written and what their names stand for, never by evaluating them. What comes out as
// different is only applied twice, so the search is short; which forms count is what the official
// machine does (tests/lang/dedup).
namespace lang {
namespace {

// An expression with the words that its block captured.
// Terms are compared with what their names stand for: `Foo n` written twice is the same only if
// both see the same Foo and the same n.
struct Term {
    const Code* code;
    const Word* captures;
};

bool is_variable(const Code& code) {
    return code.op == Op::Captured || code.op == Op::EnvironmentWord || code.op == Op::Self;
}

class Comparison {
public:
    bool same(Word a, Word b, bool inside) {
        a = look_through(a);
        b = look_through(b);
        if (a == b) return true;
        if (!a.is_object() || !b.is_object() || left_-- == 0) return false;
        if (is(a, Tag::Type) && is(b, Tag::Type)) {
            const auto& x = *as<TypeObj>(a);
            const auto& y = *as<TypeObj>(b);
            return same_type(*x.code, *y.code, inside, [&](std::uint32_t i, std::uint32_t j) {
                return same(x.captures[i], y.captures[j], true);
            });
        }
        if (is(a, Tag::String) && is(b, Tag::String))
            return as<StringObj>(a)->text() == as<StringObj>(b)->text();
        if (!is(a, Tag::Thunk) || !is(b, Tag::Thunk)) return false;
        return same({as<Thunk>(a)->block->body, as<Thunk>(a)->captures},
                    {as<Thunk>(b)->block->body, as<Thunk>(b)->captures});
    }

private:
    static Word word_of(VarRef variable, const Word* captures) {
        switch (variable.where) {
            case Op::Captured: return captures[variable.index];
            case Op::EnvironmentWord: return as<Environment>(captures[1])->words[variable.index];
            case Op::Self: return captures[0];
            default: return {};   // a local of a block that is not running
        }
    }

    // A name for a name, and a sibling that has its value, are that.
    Word look_through(Word word) {
        while (is(word, Tag::Thunk) && as<Thunk>(word)->block && left_-- > 0) {
            const auto& thunk = *as<Thunk>(word);
            const Code& body = *thunk.block->body;
            Word next;
            if (is_variable(body)) {
                next = word_of({body.op, body.index}, thunk.captures);
            } else if (body.op == Op::SelectThunk && is(thunk.captures[0], Tag::Record)) {
                next = shown(*as<Record>(thunk.captures[0]), thunk.captures[1].as_tag());
            }
            if (!next.exists()) return word;
            word = next;
        }
        return word;
    }

    static Word shown(const Record& record, Symbol name) {
        const std::uint32_t slot = record.shape->find(name);
        return slot == Shape::kAbsent ? Word() : record.slots[slot];
    }

    bool same(Term a, Term b) {
        if (left_-- == 0) return false;
        if (is_variable(*a.code) || is_variable(*b.code)) return same_variable(a, b);
        if (a.code->op != b.code->op) return false;
        switch (a.code->op) {
            case Op::Constant: {
                const Word x = node<ConstantCode>(a.code)->word;
                const Word y = node<ConstantCode>(b.code)->word;
                const bool number = x.is_integer() || is(x, Tag::Rational);
                return !number && same(x, y, true);   // two numerals are two numbers officially
            }
            case Op::Access:
                return node<AccessCode>(a.code)->field == node<AccessCode>(b.code)->field &&
                       same({node<AccessCode>(a.code)->object, a.captures},
                            {node<AccessCode>(b.code)->object, b.captures});
            case Op::SelectThunk:
                return a.captures[0] == b.captures[0] && a.captures[1] == b.captures[1];
            case Op::Apply:
                return same({node<ApplyCode>(a.code)->head, a.captures},
                            {node<ApplyCode>(b.code)->head, b.captures}) &&
                       same_all(node<ApplyCode>(a.code)->arguments, a.captures,
                                node<ApplyCode>(b.code)->arguments, b.captures);
            case Op::ArrayLiteral:
                return same_all(node<ArrayCode>(a.code)->elements, a.captures,
                                node<ArrayCode>(b.code)->elements, b.captures);
            case Op::VariantLiteral:
                return node<VariantCode>(a.code)->tag == node<VariantCode>(b.code)->tag &&
                       same({node<VariantCode>(a.code)->argument, a.captures},
                            {node<VariantCode>(b.code)->argument, b.captures});
            case Op::TypeLiteral: {
                const auto& x = *node<TypeLiteralCode>(a.code);
                const auto& y = *node<TypeLiteralCode>(b.code);
                return same_type(*x.type, *y.type, true, [&](std::uint32_t i, std::uint32_t j) {
                    return same({x.terms[i], a.captures}, {y.terms[j], b.captures});
                });
            }
            case Op::Delay: return same_delayed(a, b);
            default: return false;
        }
    }

    bool same_variable(Term a, Term b) {
        Word words[2];
        const Term* terms[] = {&a, &b};
        for (int i = 0; i < 2; ++i) {
            const Code& code = *terms[i]->code;
            if (!is_variable(code)) continue;
            words[i] = word_of({code.op, code.index}, terms[i]->captures);
            if (!words[i].exists()) return false;
        }
        if (words[0].exists() && words[1].exists()) return same(words[0], words[1], true);
        // A name on one side: what it was bound to beside what is written.
        for (int i = 0; i < 2; ++i) {
            if (!words[i].exists()) continue;
            const Word bound = look_through(words[i]);
            if (!is(bound, Tag::Thunk)) return false;
            const Term unfolded{as<Thunk>(bound)->block->body, as<Thunk>(bound)->captures};
            return same(unfolded, *terms[1 - i]);
        }
        return false;
    }

    bool same_delayed(Term a, Term b) {
        std::vector<Word> captured[2];
        const Block* blocks[2];
        const Term* terms[] = {&a, &b};
        for (int i = 0; i < 2; ++i) {
            blocks[i] = node<BlockCode>(terms[i]->code)->block;
            for (const VarRef variable : blocks[i]->captures) {
                captured[i].push_back(word_of(variable, terms[i]->captures));
                if (!captured[i].back().exists()) return false;
            }
        }
        return same({blocks[0]->body, captured[0].data()}, {blocks[1]->body, captured[1].data()});
    }

    bool same_all(std::span<const Code* const> a, const Word* of_a, std::span<const Code* const> b,
                  const Word* of_b) {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (!same({a[i], of_a}, {b[i], of_b})) return false;
        }
        return true;
    }

    // Rows and functions count only `inside` other expressions; open rows and variables never.
    template <typename SameTerm>
    bool same_type(const TypeCode& a, const TypeCode& b, bool inside, const SameTerm& same_term) {
        if (a.kind != b.kind || left_-- == 0) return false;
        auto part = [&](const TypeCode* x, const TypeCode* y) {
            return x && y ? same_type(*x, *y, inside, same_term) : x == y;
        };
        switch (a.kind) {
            case TypeKind::Dyn:
            case TypeKind::Number:
            case TypeKind::Bool:
            case TypeKind::String: return true;
            case TypeKind::Array: return part(a.first, b.first);
            case TypeKind::Term: return same_term(a.term, b.term);
            case TypeKind::Arrow:
            case TypeKind::Dict:
            case TypeKind::DictContract:
                return inside && part(a.first, b.first) && part(a.second, b.second);
            case TypeKind::Record:
            case TypeKind::Enum:
                return inside && a.tail == ast::Tail::Closed && b.tail == ast::Tail::Closed &&
                       std::ranges::equal(a.row_names, b.row_names) &&
                       std::ranges::equal(a.row_types, b.row_types, part);
            case TypeKind::Forall:
            case TypeKind::Variable: return false;
        }
        UNREACHABLE();
    }

    // Beyond this the two count as different, which is never wrong, only slower.
    int left_ = 64;   // steps; bounds the recursion too
};

}

bool same_contract(const ContractItem& a, const ContractItem& b) {
    // Contracts that still depend on their record are the same only if they are one and the same.
    if (a.code || b.code) return a.code == b.code && a.environment == b.environment;
    return Comparison().same(a.value, b.value, false);
}

bool same_contract(Word a, Word b) { return Comparison{}.same(a, b, true); }

}
