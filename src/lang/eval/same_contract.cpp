#include "lang/eval/contract_support.hpp"

#include <algorithm>
#include <vector>

// Whether two contracts of a field are the same one, so that applying both adds nothing: by how
// they are written and what their names stand for, never by evaluating them. What comes out as
// different is only applied twice, so the search is short; which forms count is what the official
// machine does (tests/lang/dedup).
namespace lang {
namespace {

// A word, and how many finished thunks were looked through on the way to it.
struct Placed {
    Word word;
    int depth = 0;
};

// An expression with the words that its block captured.
// Terms are compared with what their names stand for: `Foo n` written twice is the same only if
// both see the same Foo and the same n.
struct Term {
    const Code* code;
    const Word* captures;
    int depth = 0;   // of what was captured
};

// What can be no contract.
bool is_data(Word value) {
    if (!value.is_object()) return true;
    const Tag tag = value.object()->tag;
    return tag == Tag::String || tag == Tag::Rational || tag == Tag::Array || tag == Tag::Variant;
}

bool is_variable(const Code& code) {
    return code.op == Op::Captured || code.op == Op::EnvironmentWord || code.op == Op::Self;
}

bool is_finished(const Thunk& thunk) { return thunk.state() == Thunk::Done; }

// Whether what was captured is there, and counts.
bool is_open(const Thunk& thunk, int depth) {
    return !is_finished(thunk) || ((thunk.flags & Thunk::kLetGo) == 0 &&
                                   depth < kMostFinishedThunks && may_be_compared(thunk));
}

Term term_of(const Thunk& thunk, int depth) {
    return {thunk.block->body, thunk.captures, depth + (is_finished(thunk) ? 1 : 0)};
}

class Comparison {
public:
    bool same(Placed a, Placed b, bool inside) {
        if (a.word == b.word) return true;
        a = look_through(a);
        b = look_through(b);
        if (a.word == b.word) return true;
        if (!a.word.is_object() || !b.word.is_object() || left_-- == 0) return false;
        if (is(a.word, Tag::Type) && is(b.word, Tag::Type)) {
            const auto& x = *as<TypeObj>(a.word);
            const auto& y = *as<TypeObj>(b.word);
            return same_type(*x.code, *y.code, inside, [&](std::uint32_t i, std::uint32_t j) {
                return same(Placed{x.captures[i], a.depth}, Placed{y.captures[j], b.depth}, true);
            });
        }
        if (is(a.word, Tag::String) && is(b.word, Tag::String))
            return as<StringObj>(a.word)->text() == as<StringObj>(b.word)->text();
        if (!is(a.word, Tag::Thunk) || !is(b.word, Tag::Thunk)) return false;
        const Thunk &x = *as<Thunk>(a.word), &y = *as<Thunk>(b.word);
        if (!is_open(x, a.depth) || !is_open(y, b.depth)) return false;
        return same(term_of(x, a.depth), term_of(y, b.depth));
    }

private:
    static Placed word_of(VarRef variable, const Term& term) {
        const Word* captures = term.captures;
        switch (variable.where) {
            case Op::Captured: return {captures[variable.index], term.depth};
            case Op::EnvironmentWord:
                return {as<Environment>(captures[1])->words[variable.index], term.depth};
            case Op::Self: return {captures[0], term.depth};
            default: return {};   // a local of a block that is not running
        }
    }

    // A name for a name, and a sibling that has its value, are that. What is evaluated to
    // something that is no contract is its value.
    Placed look_through(Placed at) {
        while (is(at.word, Tag::Thunk) && left_-- > 0) {
            const auto& thunk = *as<Thunk>(at.word);
            if (is_finished(thunk) && is_data(thunk.value)) return {thunk.value, at.depth};
            if (!is_open(thunk, at.depth)) return at;
            const Term term = term_of(thunk, at.depth);
            Placed next;
            if (is_variable(*term.code)) {
                next = word_of({term.code->op, term.code->index}, term);
            } else if (term.code->op == Op::SelectThunk && is(term.captures[0], Tag::Record)) {
                next = {shown(*as<Record>(term.captures[0]), term.captures[1].as_tag()),
                        term.depth};
            }
            if (!next.word.exists()) return at;
            at = next;
        }
        return at;
    }

    static Word shown(const Record& record, Symbol name) {
        const std::uint32_t slot = record.shape->find(name);
        return slot == Shape::kAbsent ? Word() : record.slots[slot];
    }

    bool same(const Term& a, const Term& b) {
        if (left_-- == 0) return false;
        if (is_variable(*a.code) || is_variable(*b.code)) return same_variable(a, b);
        if (a.code->op != b.code->op) return false;
        const auto with = [](const Term& term, const Code* code) {
            return Term{code, term.captures, term.depth};
        };
        switch (a.code->op) {
            case Op::Constant: {
                const Word x = node<ConstantCode>(a.code)->word;
                const Word y = node<ConstantCode>(b.code)->word;
                const bool number = x.is_integer() || is(x, Tag::Rational);
                // Two numerals are two numbers officially.
                return !number && same(Placed{x}, Placed{y}, true);
            }
            case Op::Access:
                return node<AccessCode>(a.code)->field == node<AccessCode>(b.code)->field &&
                       same(with(a, node<AccessCode>(a.code)->object),
                            with(b, node<AccessCode>(b.code)->object));
            case Op::SelectThunk:
                return a.captures[0] == b.captures[0] && a.captures[1] == b.captures[1];
            case Op::Apply:
                return same(with(a, node<ApplyCode>(a.code)->head),
                            with(b, node<ApplyCode>(b.code)->head)) &&
                       same_all(node<ApplyCode>(a.code)->arguments, a,
                                node<ApplyCode>(b.code)->arguments, b);
            case Op::ArrayLiteral:
                return same_all(node<ArrayCode>(a.code)->elements, a,
                                node<ArrayCode>(b.code)->elements, b);
            case Op::VariantLiteral:
                return node<VariantCode>(a.code)->tag == node<VariantCode>(b.code)->tag &&
                       same(with(a, node<VariantCode>(a.code)->argument),
                            with(b, node<VariantCode>(b.code)->argument));
            case Op::TypeLiteral: {
                const auto& x = *node<TypeLiteralCode>(a.code);
                const auto& y = *node<TypeLiteralCode>(b.code);
                return same_type(*x.type, *y.type, true, [&](std::uint32_t i, std::uint32_t j) {
                    return same(with(a, x.terms[i]), with(b, y.terms[j]));
                });
            }
            case Op::Delay: return same_delayed(a, b);
            default: return false;
        }
    }

    bool same_variable(const Term& a, const Term& b) {
        Placed words[2];
        const Term* terms[] = {&a, &b};
        for (int i = 0; i < 2; ++i) {
            const Code& code = *terms[i]->code;
            if (!is_variable(code)) continue;
            words[i] = word_of({code.op, code.index}, *terms[i]);
            if (!words[i].word.exists()) return false;
        }
        if (words[0].word.exists() && words[1].word.exists()) return same(words[0], words[1], true);
        // A name on one side: what it was bound to beside what is written.
        for (int i = 0; i < 2; ++i) {
            if (!words[i].word.exists()) continue;
            const Placed bound = look_through(words[i]);
            if (!is(bound.word, Tag::Thunk)) return false;
            const Thunk& thunk = *as<Thunk>(bound.word);
            return is_open(thunk, bound.depth) && same(term_of(thunk, bound.depth), *terms[1 - i]);
        }
        return false;
    }

    bool same_delayed(const Term& a, const Term& b) {
        std::vector<Word> captured[2];
        const Block* blocks[2];
        const Term* terms[] = {&a, &b};
        for (int i = 0; i < 2; ++i) {
            blocks[i] = node<BlockCode>(terms[i]->code)->block;
            for (const VarRef variable : blocks[i]->captures) {
                captured[i].push_back(word_of(variable, *terms[i]).word);
                if (!captured[i].back().exists()) return false;
            }
        }
        return same(Term{blocks[0]->body, captured[0].data(), a.depth},
                    Term{blocks[1]->body, captured[1].data(), b.depth});
    }

    bool same_all(std::span<const Code* const> a, const Term& of_a, std::span<const Code* const> b,
                  const Term& of_b) {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (!same(Term{a[i], of_a.captures, of_a.depth}, Term{b[i], of_b.captures, of_b.depth}))
                return false;
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

// Of the others the comparison looks at the value, or at nothing.
bool may_be_compared(const Thunk& finished) {
    switch (finished.block->body->op) {
        case Op::Constant:
        case Op::Captured:
        case Op::EnvironmentWord:
        case Op::Self:
        case Op::Access:
        case Op::SelectThunk:
        case Op::Apply:
        case Op::TypeLiteral:
        case Op::Delay: return !is_data(finished.value);
        default: return false;
    }
}

bool same_contract(const ContractItem& a, const ContractItem& b) {
    // Contracts that still depend on their record are the same only if they are one and the same.
    if (a.code || b.code) return a.code == b.code && a.environment == b.environment;
    return Comparison().same(Placed{a.value}, Placed{b.value}, false);
}

bool same_contract(Word a, Word b) { return Comparison().same(Placed{a}, Placed{b}, true); }

}
