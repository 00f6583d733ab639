#include "lang/types/print.hpp"

#include "lang/syntax/quoting.hpp"

namespace lang::types {

// What is longer is of no use in a message, and a type may be as large as the file.
constexpr std::size_t kMaxText = 4'000;
constexpr int kMaxDepth = 100;

// One printer for a message: a variable has the same name in both of its types.
std::string TypePrinter::operator()(TypeId id) {
    out_.clear();
    type(id, Place::Top);
    return out_;
}

void TypePrinter::variable(TypeId id) {
    const Type& at = store_[id];
    // Named in the program; others get names by their kind, as the official messages do.
    if (at.c != 0) {
        out_ += Symbol{at.c}.text();
        return;
    }
    std::string& name = names_[id];
    if (name.empty()) {
        name = at.sort == Sort::Type ? "_" : at.sort == Sort::RecordRows ? "_rrows_" : "_erows_";
        const std::size_t number = names_.size() - 1;
        name += static_cast<char>('a' + number % 26);
        if (number >= 26) name += std::to_string(number / 26);
    }
    out_ += name;
}

void TypePrinter::row(const Type& row) {
    if (row.sort == Sort::EnumRows) {
        out_ += quote_tag(Symbol{row.a}.text());
        if (row.b == 0) return;
        out_ += ' ';
        return type(row.b, Place::Argument);
    }
    out_ += quote_field(Symbol{row.a}.text());
    out_ += " : ";
    type(row.b, Place::Top);
}

void TypePrinter::rows(TypeId id) {
    bool is_first = true;
    TypeId at = unifier_.root(id);
    for (; store_[at].tag == Tag::RowExtend; at = unifier_.root(store_[at].c)) {
        if (!is_first) out_ += ", ";
        is_first = false;
        if (out_.size() > kMaxText) {
            out_ += "…";
            return;
        }
        row(Type(store_[at]));
    }
    const Type tail = store_[at];
    if (tail.tag == Tag::RowEmpty) return;
    out_ += "; ";
    if (tail.tag == Tag::RowDyn) {
        out_ += "Dyn";
    } else if (tail.tag == Tag::Variable) {
        variable(at);
    } else {
        out_ += Symbol{tail.a}.text();
    }
}

void TypePrinter::forall(TypeId id, Place place) {
    if (place != Place::Top) out_ += '(';
    out_ += "forall";
    for (; store_[id].tag == Tag::Forall; id = unifier_.root(store_[id].b)) {
        out_ += ' ';
        out_ += Symbol{store_[store_[id].a].a}.text();
    }
    out_ += ". ";
    type(id, Place::Top);
    if (place != Place::Top) out_ += ')';
}

void TypePrinter::type(TypeId id, Place place) {
    id = unifier_.root(id);
    const Type at = store_[id];
    // A type may hold itself by way of inference, and a message must end all the same.
    if (out_.size() > kMaxText || depth_ > kMaxDepth) {
        out_ += "…";
        return;
    }
    ++depth_;
    switch (at.tag) {
        case Tag::Dyn: out_ += "Dyn"; break;
        case Tag::Number: out_ += "Number"; break;
        case Tag::Bool: out_ += "Bool"; break;
        case Tag::String: out_ += "String"; break;
        case Tag::Key: out_ += "Symbol"; break;
        case Tag::Wildcard: out_ += place == Place::Argument ? "(_)" : "_"; break;
        case Tag::Variable: variable(id); break;
        case Tag::Constant:
        case Tag::Bound: out_ += Symbol{at.a}.text(); break;
        case Tag::Contract: {
            const std::string text = contracts_.text_of(at.a);
            // A contract is a term: as an argument it needs brackets, unless it has its own.
            const bool is_simple = text.find_first_of(" \n\t") == text.npos || text[0] == '{';
            out_ += place == Place::Argument && !is_simple ? "(" + text + ")" : text;
            break;
        }
        case Tag::Array:
            if (place == Place::Argument) out_ += '(';
            out_ += "Array ";
            type(at.a, Place::Argument);
            if (place == Place::Argument) out_ += ')';
            break;
        case Tag::Arrow:
            if (place != Place::Top) out_ += '(';
            type(at.a, Place::Domain);
            out_ += " -> ";
            // What comes after an arrow needs no brackets, but for a `forall`.
            type(at.b, store_[unifier_.root(at.b)].tag == Tag::Forall ? Place::Domain : Place::Top);
            if (place != Place::Top) out_ += ')';
            break;
        case Tag::Forall: forall(id, place); break;
        case Tag::Dict:
            out_ += place == Place::Argument ? "({ _ " : "{ _ ";
            out_ += at.flag ? "| " : ": ";
            type(at.a, Place::Top);
            out_ += place == Place::Argument ? " })" : " }";
            break;
        case Tag::Record:
            out_ += "{ ";
            rows(at.a);
            out_ += " }";
            break;
        case Tag::Enum:
            out_ += "[| ";
            rows(at.a);
            out_ += " |]";
            break;
        default: out_ += "_"; break;
    }
    --depth_;
}

}
