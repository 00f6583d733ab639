// Prints a random program with types for a seed: `generate_types SEED`.
//
// Terms are made for a type that is wanted, so the program is well-typed by construction; but for
// about half of them, in which one term is made for another type, or a type is changed. What the
// official typechecker says of them is the reference; this file knows no rules beyond making them.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

enum class Kind { Number, String, Bool, Array, Record, Dict, Enum, Arrow };

struct Type;
using TypePtr = std::shared_ptr<const Type>;
struct Row {
    std::string name;
    TypePtr type;   // null: a tag without argument
};
struct Type {
    Kind kind = Kind::Number;
    TypePtr element;   // of an array or dictionary; what an arrow takes
    TypePtr result;    // of an arrow
    std::vector<Row> rows;
};

struct Variable {
    std::string name;
    TypePtr type;
};

bool same(const Type& a, const Type& b) {
    if (a.kind != b.kind || a.rows.size() != b.rows.size()) return false;
    if (a.element && !same(*a.element, *b.element)) return false;
    if (a.result && !same(*a.result, *b.result)) return false;
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
        const Row &x = a.rows[i], &y = b.rows[i];
        if (x.name != y.name || !x.type != !y.type) return false;
        if (x.type && !same(*x.type, *y.type)) return false;
    }
    return true;
}

std::string text(const Type& type, bool atom = false) {
    switch (type.kind) {
        case Kind::Number: return "Number";
        case Kind::String: return "String";
        case Kind::Bool: return "Bool";
        case Kind::Array: {
            const std::string array = "Array " + text(*type.element, true);
            return atom ? "(" + array + ")" : array;
        }
        case Kind::Dict: return "{ _ : " + text(*type.element) + " }";
        case Kind::Arrow: {
            const std::string from = text(*type.element, type.element->kind == Kind::Arrow);
            const std::string arrow = from + " -> " + text(*type.result);
            return atom ? "(" + arrow + ")" : arrow;
        }
        case Kind::Record:
        case Kind::Enum: break;
    }
    const bool is_record = type.kind == Kind::Record;
    std::string out = is_record ? "{ " : "[| ";
    for (const Row& row : type.rows) {
        if (out.size() > 3) out += ", ";
        out += is_record ? row.name + " : " + text(*row.type)
                         : "'" + row.name + (row.type ? " " + text(*row.type, true) : "");
    }
    return out + (is_record ? " }" : " |]");
}

class Generator {
public:
    explicit Generator(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {
        for (int i = 0; i < 8; ++i) next();
        faulty_ = below(2) == 0;
        fault_at_ = faulty_ ? static_cast<int>(below(14)) : -1;
    }

    std::string program() {
        const TypePtr type = any(2);
        switch (below(6)) {
            case 0: return "(" + term(*type, 4) + ") : " + text(*type) + "\n";
            case 1: {
                const TypePtr other = any(2);
                std::string out = "{\n  a : " + text(*type) + " = " + term(*type, 3) + ",\n";
                bind("a", type);
                out += "  b : " + text(*other) + " = " + term(*other, 4) + ",\n";
                return out + "  c = fun x => (" + term(*type, 3) + " : " + text(*type) + "),\n}\n";
            }
            case 2: {
                const std::string name = fresh();
                std::string out = "let " + name + " : " + text(*type) + " = " + term(*type, 3);
                bind(name, type);
                const TypePtr other = any(1);
                return out + " in\n((" + term(*other, 4) + ") : " + text(*other) + ")\n";
            }
            case 3: {
                const std::string name = fresh();
                std::string out = "let " + name + " | " + text(*type) + " = null in\n";
                bind(name, type);
                const TypePtr other = any(1);
                return out + "((" + term(*other, 4) + ") : " + text(*other) + ")\n";
            }
            case 4: return "(" + term(*type, 5) + ") : _\n";
            default: {
                const TypePtr arrow = function(any(1), type);
                return "let f : " + text(*arrow) + " = " + term(*arrow, 5) + " in f\n";
            }
        }
    }

private:
    std::uint64_t next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        return state_ ^= state_ << 17;
    }
    std::uint64_t below(std::uint64_t n) { return (next() >> 11) % n; }
    std::string fresh() { return "v" + std::to_string(++names_); }
    void bind(std::string name, TypePtr type) {
        scope_.push_back({std::move(name), std::move(type)});
    }

    static TypePtr function(TypePtr from, TypePtr to) {
        return std::make_shared<Type>(Type{Kind::Arrow, std::move(from), std::move(to), {}});
    }
    static TypePtr array(TypePtr element) {
        return std::make_shared<Type>(Type{Kind::Array, std::move(element), nullptr, {}});
    }
    static TypePtr simple(Kind kind) { return std::make_shared<Type>(Type{kind, {}, {}, {}}); }

    TypePtr any(int depth) {
        const std::uint64_t pick = below(depth <= 0 ? 3 : 9);
        switch (pick) {
            case 0: return simple(Kind::Number);
            case 1: return simple(Kind::String);
            case 2: return simple(Kind::Bool);
            case 3: return array(any(depth - 1));
            case 4: return std::make_shared<Type>(Type{Kind::Dict, any(depth - 1), nullptr, {}});
            case 5: return function(any(depth - 1), any(depth - 1));
            default: break;
        }
        Type type{pick == 8 ? Kind::Enum : Kind::Record, {}, {}, {}};
        static const char* const names[] = {"port", "name", "size", "tags"};
        static const char* const tags[] = {"On", "Off", "Some", "None"};
        const std::uint64_t first = below(4), count = 1 + below(3);
        for (std::uint64_t i = 0; i < count; ++i) {
            const bool is_enum = type.kind == Kind::Enum;
            type.rows.push_back({is_enum ? tags[(first + i) % 4] : names[(first + i) % 4],
                                 is_enum && below(2) == 0 ? nullptr : any(depth - 1)});
        }
        return std::make_shared<Type>(std::move(type));
    }

    std::string atom(const Type& type, int depth) { return "(" + term(type, depth) + ")"; }

    std::string term(const Type& wanted, int depth) {
        TypePtr other;
        const Type* type = &wanted;
        if (fault_at_-- == 0) {
            other = any(2);
            type = other.get();
        }
        if (depth <= 0) return leaf(*type);
        switch (below(14)) {
            case 0: return conditional(*type, depth);
            case 1: return let(*type, depth, true);
            case 2: return let(*type, depth, false);
            case 3: return apply(*type, depth);
            case 4: return access(*type, depth);
            case 5: return match(*type, depth);
            case 6: return "((" + term(*type, depth - 1) + ") : " + text(*type) + ")";
            case 7: return library(*type, depth);
            case 8: return destructure(*type, depth);
            case 9: return polymorphic(*type, depth);
            case 10:
                return "((" + std::string(below(2) == 0 ? "null" : "1") + ") | " + text(*type) +
                       ")";
            default: return construct(*type, depth);
        }
    }

    std::string leaf(const Type& type) {
        std::vector<const Variable*> fitting;
        for (const Variable& one : scope_) {
            if (same(*one.type, type)) fitting.push_back(&one);
        }
        if (!fitting.empty() && below(3) != 0) return fitting[below(fitting.size())]->name;
        return construct(type, 0);
    }

    std::string construct(const Type& type, int depth) {
        switch (type.kind) {
            case Kind::Number:
                if (depth > 0 && below(2) == 0)
                    return "(" + term(type, depth - 1) + ") + (" + term(type, depth - 1) + ")";
                return std::to_string(below(100));
            case Kind::String:
                if (depth > 0 && below(2) == 0) return "\"x%{" + term(type, depth - 1) + "}\"";
                return "\"s" + std::to_string(below(10)) + "\"";
            case Kind::Bool:
                if (depth > 0 && below(2) == 0)
                    return "(" + term(*simple(Kind::Number), depth - 1) + ") < (" +
                           term(*simple(Kind::Number), depth - 1) + ")";
                return below(2) == 0 ? "true" : "false";
            case Kind::Array: {
                std::string out = "[";
                const std::uint64_t count = below(3);
                for (std::uint64_t i = 0; i < count; ++i)
                    out += (i > 0 ? ", " : "") + term(*type.element, depth - 1);
                return out + "]";
            }
            case Kind::Dict: {
                std::string out = "{ ";
                static const char* const keys[] = {"k1 = ", "k2 = ", "\"%{\"k3\"}\" = "};
                const std::uint64_t count = below(4);
                for (std::uint64_t i = 0; i < count; ++i)
                    out += keys[i] + term(*type.element, depth - 1) + ", ";
                return out + "}";
            }
            case Kind::Enum: {
                const Row& row = type.rows[below(type.rows.size())];
                if (!row.type) return "'" + row.name;
                return "('" + row.name + " " + atom(*row.type, depth - 1) + ")";
            }
            case Kind::Arrow: return lambda(type, depth);
            case Kind::Record: break;
        }
        std::string out = "{ ";
        for (const Row& row : type.rows)
            out += row.name + " = " + term(*row.type, depth - 1) + ", ";
        return out + "}";
    }

    std::string lambda(const Type& type, int depth) {
        const std::size_t before = scope_.size();
        const Type& from = *type.element;
        std::string out = "(fun ";
        if (from.kind == Kind::Record && below(2) == 0) {
            out += "{ ";
            const bool is_open = below(2) == 0;
            for (const Row& row : from.rows) {
                if (is_open && below(2) == 0) continue;
                const std::string name = fresh();
                out += row.name + " = " + name + ", ";
                bind(name, row.type);
            }
            out += is_open ? ".. }" : "}";
        } else {
            const std::string name = fresh();
            out += name;
            bind(name, type.element);
        }
        out += " => " + term(*type.result, depth - 1) + ")";
        scope_.resize(before);
        return out;
    }

    std::string conditional(const Type& type, int depth) {
        return "(if " + term(*simple(Kind::Bool), depth - 1) + " then " + term(type, depth - 1) +
               " else " + term(type, depth - 1) + ")";
    }

    std::string let(const Type& type, int depth, bool annotated) {
        const std::size_t before = scope_.size();
        const std::string name = fresh();
        const TypePtr own = any(1);
        std::string out = below(4) == 0 ? "(let rec " : "(let ";
        out +=
            name + (annotated ? " : " + text(*own) : "") + " = " + term(*own, depth - 1) + " in ";
        bind(name, own);
        out += term(type, depth - 1) + ")";
        scope_.resize(before);
        return out;
    }

    std::string apply(const Type& type, int depth) {
        const TypePtr from = any(1);
        const TypePtr arrow = function(from, std::make_shared<Type>(type));
        return atom(*arrow, depth - 1) + " " + atom(*from, depth - 1);
    }

    std::string access(const Type& type, int depth) {
        if (below(3) == 0) {
            const Type dict{Kind::Dict, std::make_shared<Type>(type), {}, {}};
            return atom(dict, depth - 1) + ".\"%{" + term(*simple(Kind::String), depth - 2) + "}\"";
        }
        Type record{Kind::Record, {}, {}, {{"port", std::make_shared<Type>(type)}}};
        if (below(2) == 0) record.rows.push_back({"name", any(1)});
        return atom(record, depth - 1) + ".port";
    }

    std::string match(const Type& type, int depth) {
        const std::size_t before = scope_.size();
        Type tags{Kind::Enum, {}, {}, {}};
        static const char* const names[] = {"On", "Off", "Some"};
        const std::uint64_t count = 1 + below(3);
        for (std::uint64_t i = 0; i < count; ++i)
            tags.rows.push_back({names[i], below(2) == 0 ? nullptr : any(1)});
        std::string out = atom(tags, depth - 1) + " |> match { ";
        const bool is_open = below(3) == 0;
        for (std::size_t i = is_open ? 1 : 0; i < tags.rows.size(); ++i) {
            const Row& row = tags.rows[i];
            const std::string name = fresh();
            out += "'" + row.name + (row.type ? " " + name : "");
            if (row.type) bind(name, row.type);
            if (below(5) == 0) out += " if " + term(*simple(Kind::Bool), depth - 2);
            out += " => " + term(type, depth - 1) + ", ";
            scope_.resize(before);
        }
        if (is_open) out += "_ => " + term(type, depth - 1);
        return "(" + out + " })";
    }

    std::string destructure(const Type& type, int depth) {
        const std::size_t before = scope_.size();
        const std::string name = fresh(), more = fresh();
        const TypePtr own = any(1), other = any(1);
        const Type record{Kind::Record, {}, {}, {{"port", own}, {"name", other}}};
        const Type rest{Kind::Record, {}, {}, {{"name", other}}};
        std::string out = "(let { port = " + name;
        const std::uint64_t form = below(3);
        if (form == 0) out += ", name = " + more + " }";
        if (form == 1) out += ", .." + more + " }";
        if (form == 2) out += ", .. }";
        out += " = " + term(record, depth - 1) + " in ";
        bind(name, own);
        if (form == 0) bind(more, other);
        if (form == 1) bind(more, std::make_shared<Type>(rest));
        out += term(type, depth - 1) + ")";
        scope_.resize(before);
        return out;
    }

    std::string polymorphic(const Type& type, int depth) {
        const std::string name = fresh();
        const TypePtr own = std::make_shared<Type>(type);
        switch (below(4)) {
            case 0:
                return "(let " + name + " : forall a. a -> a = fun x => x in " + name + " " +
                       atom(type, depth - 1) + ")";
            case 1: {
                const Type record{Kind::Record, {}, {}, {{"port", own}, {"name", any(1)}}};
                return "(let " + name +
                       " : forall r a. { port : a; r } -> a = fun x => x.port in " + name + " " +
                       atom(record, depth - 1) + ")";
            }
            case 2:
                return "(let " + name + " : (forall a. a -> a) -> " + text(type) +
                       " = fun g => g " + atom(type, depth - 1) + " in " + name + " (fun y => y))";
            default: {
                const TypePtr other = any(1);
                return "(let " + name + " : forall a b. a -> b -> a = fun x y => x in " + name +
                       " " + atom(type, depth - 1) + " " + atom(*other, depth - 1) + ")";
            }
        }
    }

    std::string library(const Type& type, int depth) {
        const TypePtr own = std::make_shared<Type>(type);
        const TypePtr other = any(1);
        if (type.kind == Kind::Array && below(2) == 0) {
            return "std.array.map " + atom(*function(other, type.element), depth - 1) + " " +
                   atom(*array(other), depth - 1);
        }
        if (type.kind == Kind::Dict && below(2) == 0) {
            const Type from{Kind::Dict, other, {}, {}};
            return "std.record.map_values " + atom(*function(other, type.element), depth - 1) +
                   " " + atom(from, depth - 1);
        }
        if (type.kind == Kind::Number && below(2) == 0)
            return "std.array.length " + atom(*array(other), depth - 1);
        switch (below(4)) {
            case 0: return "std.array.at 0 " + atom(*array(own), depth - 1);
            case 1: {
                const TypePtr step = function(own, function(other, own));
                return "std.array.fold_left " + atom(*step, depth - 1) + " " +
                       atom(type, depth - 1) + " " + atom(*array(other), depth - 1);
            }
            case 2: {
                const Type dict{Kind::Dict, own, {}, {}};
                return "std.record.get " + atom(*simple(Kind::String), depth - 2) + " " +
                       atom(dict, depth - 1);
            }
            default:
                return "std.function.const " + atom(type, depth - 1) + " " +
                       atom(*other, depth - 1);
        }
    }

    std::uint64_t state_;
    int names_ = 0;
    bool faulty_ = false;
    int fault_at_ = -1;
    std::vector<Variable> scope_;
};

}

int main(int count, char** words) {
    if (count != 2) {
        std::fprintf(stderr, "usage: generate_types SEED\n");
        return 2;
    }
    std::fputs(Generator(std::strtoull(words[1], nullptr, 10)).program().c_str(), stdout);
    return 0;
}
