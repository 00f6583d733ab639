// Prints a random Nickel program for a seed: `generate SEED`.
//
// Programs are typed while they are made (by this file, not by Nickel), so that most of them have a
// value: whatever is forced exists, merges do not conflict, recursion counts down. Nearly
// half of them hold one deliberate fault; one only, since which of several errors is found first is
// not a property of the language. Every name is fresh, except fields of one record type in several
// literals, which hide each other as Nickel's scoping says.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

enum class Kind { Number, String, Bool, Array, Record };

struct Field;

struct Type {
    Kind kind = Kind::Number;
    std::shared_ptr<Type> element;   // Array
    std::vector<Field> fields;       // Record

    std::string key() const;
};

struct Field {
    std::string name;
    Type type;
};

std::string Type::key() const {
    switch (kind) {
        case Kind::Number: return "Number";
        case Kind::String: return "String";
        case Kind::Bool: return "Bool";
        case Kind::Array: return "Array (" + element->key() + ")";
        case Kind::Record: break;
    }
    std::string text = "{";
    for (const auto& [name, type] : fields) text += " " + name + " | " + type.key() + ",";
    return text + " }";
}

struct Variable {
    std::string name;
    Type type;
    bool usable = true;   // false: a field that hides outer names but must not be read here
};

class Random {
public:
    // Mixed first, or the streams of neighbouring seeds would be one stream shifted.
    explicit Random(std::uint64_t seed) : state_(mix(seed + 0x632BE59BD9B4E019u)) {}

    std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15u); }
    int below(int bound) { return static_cast<int>(next() % static_cast<std::uint64_t>(bound)); }
    bool chance(int percent) { return below(100) < percent; }
    const char* pick(const std::vector<const char*>& from) {
        return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
    }

private:
    static std::uint64_t mix(std::uint64_t value) {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
        return value ^ (value >> 31);
    }

    std::uint64_t state_;
};

class Generator {
public:
    explicit Generator(std::uint64_t seed)
        : random_(seed), faults_left_(random_.chance(45) ? 1 : 0) {}

    std::string program() {
        std::string text;
        const int bindings = 2 + random_.below(4);
        for (int i = 0; i < bindings; ++i) text += binding();
        Type result = record_type(2, 3 + random_.below(4));
        return text + layered(result, 4) + "\n";
    }

private:
    std::string fresh(const char* prefix) { return prefix + std::to_string(++names_); }

    // --- types ---

    Type simple_type() { return Type{static_cast<Kind>(random_.below(3)), nullptr, {}}; }

    Type any_type(int depth) {
        if (depth <= 0 || random_.chance(60)) return simple_type();
        if (random_.chance(50)) return array_of(any_type(depth - 1));
        return record_type(depth - 1, 1 + random_.below(3));
    }

    static Type array_of(Type element) {
        return Type{Kind::Array, std::make_shared<Type>(std::move(element)), {}};
    }

    Type record_type(int depth, int size) {
        Type type{Kind::Record, nullptr, {}};
        for (int i = 0; i < size; ++i) type.fields.push_back({fresh("f"), any_type(depth)});
        return type;
    }

    // A contract that the type fulfils, in one of several spellings.
    std::string contract(const Type& type) {
        if (random_.chance(15)) return "Dyn";
        if (type.kind == Kind::Array) return "Array (" + contract(*type.element) + ")";
        if (type.kind == Kind::Record) return record_contract(type);
        if (random_.chance(15)) return "std.contract.from_predicate (fun x => x == x)";
        if (random_.chance(10)) return "std.contract.any_of [" + type.key() + ", Bool]";
        return type.key();
    }

    std::string record_contract(const Type& type) {
        std::string text = "{";
        bool open = random_.chance(40);
        for (const auto& [name, field] : type.fields) {
            if (open && random_.chance(30)) continue;
            text += " " + name + " | " + contract(field) + ",";
        }
        return text + (open ? " .. }" : " }");
    }

    // --- scope ---

    // Expressions in scope that have this type: variables and fields of record variables.
    std::vector<std::string> candidates(const Type& type) {
        std::vector<std::string> found;
        std::set<std::string> seen;
        const std::string wanted = type.key();
        for (auto it = scope_.rbegin(); it != scope_.rend(); ++it) {
            if (!seen.insert(it->name).second || !it->usable) continue;
            if (it->type.key() == wanted) found.push_back(it->name);
            for (const auto& [name, field] : it->type.fields)
                if (field.key() == wanted) found.push_back(it->name + "." + name);
        }
        return found;
    }

    // Runs `make` with more variables in scope.
    template <typename Make>
    std::string within(std::vector<Variable> more, Make make) {
        const std::size_t before = scope_.size();
        for (Variable& variable : more) scope_.push_back(std::move(variable));
        std::string text = make();
        scope_.resize(before);
        return text;
    }

    // --- expressions; each yields an atom or a parenthesised text ---

    std::string expression(const Type& type, int depth) {
        if (faults_left_ > 0 && random_.chance(5)) return fault();
        if (depth > 0 && random_.chance(25)) return wrapped(type, depth);
        const auto found = candidates(type);
        if (!found.empty() && random_.chance(depth > 0 ? 35 : 70))
            return found[static_cast<std::size_t>(random_.below(static_cast<int>(found.size())))];
        switch (type.kind) {
            case Kind::Number: return number(depth);
            case Kind::String: return string(depth);
            case Kind::Bool: return boolean(depth);
            case Kind::Array: return array(type, depth);
            case Kind::Record: return layered(type, depth - 1);
        }
        return "null";
    }

    Type number_type() const { return Type{Kind::Number, nullptr, {}}; }
    Type string_type() const { return Type{Kind::String, nullptr, {}}; }
    Type bool_type() const { return Type{Kind::Bool, nullptr, {}}; }

    // Forms that exist for every type.
    std::string wrapped(const Type& type, int depth) {
        const int less = depth - 1;
        switch (random_.below(9)) {
            case 0:
                return "(if " + expression(bool_type(), less) + " then " + expression(type, less) +
                       " else " + expression(type, less) + ")";
            case 1: return let_in(type, less);
            case 2: return "(" + expression(type, less) + " | " + contract(type) + ")";
            case 3: return applied(type, less);
            case 4: return matched(type, less);
            case 5: return destructured(type, less);
            case 6:
                return "(std.seq " + expression(any_type(1), less) + " " + expression(type, less) +
                       ")";
            case 7: return element_of(type, less);
            default:
                return "(" + expression(type, less) + " |> " +
                       random_.pick(
                           {"std.function.id", "(fun same => same)", "match { it => it }"}) +
                       ")";
        }
    }

    std::string let_in(const Type& type, int depth) {
        const Type bound = any_type(1);
        const std::string name = fresh("v");
        const std::string value = expression(bound, depth);
        const std::string annotation = random_.chance(30) ? " | " + contract(bound) : "";
        return "(let " + name + annotation + " = " + value + " in " +
               within({{name, bound}}, [&] { return expression(type, depth); }) + ")";
    }

    std::string applied(const Type& type, int depth) {
        const Type argument = any_type(1);
        const std::string name = fresh("p");
        std::string function = "(fun " + name + " => " +
                               within({{name, argument}}, [&] { return expression(type, depth); }) +
                               ")";
        if (random_.chance(30))
            function =
                "(" + function + " | (" + contract(argument) + ") -> (" + contract(type) + "))";
        return "(" + function + " " + expression(argument, depth) + ")";
    }

    std::string matched(const Type& type, int depth) {
        const std::string payload = fresh("m");
        const auto use = [&] {
            return within({{payload, number_type()}}, [&] { return expression(type, depth); });
        };
        switch (random_.below(4)) {
            case 0:
                return "(" + expression(number_type(), depth) + " |> match { 0 => " +
                       expression(type, depth) + ", " + payload + " if " + payload + " > 10 => " +
                       use() + ", _ => " + expression(type, depth) + " })";
            case 1:
                return std::string("(") + random_.pick({"'A", "'B", "'C", "'D"}) +
                       " |> match { 'A or 'B => " + expression(type, depth) + ", 'C => " +
                       expression(type, depth) + ", _ => " + expression(type, depth) + " })";
            case 2:
                return std::string("(") + random_.pick({"'One", "'Two"}) + " " +
                       expression(number_type(), depth) + " |> match { 'One " + payload + " => " +
                       use() + ", 'Two " + payload + " => " + use() + " })";
            default:
                return "(" + expression(array_of(number_type()), depth) + " |> match { [] => " +
                       expression(type, depth) + ", [" + payload + ", ..] => " + use() + " })";
        }
    }

    std::string destructured(const Type& type, int depth) {
        const Type record = record_type(1, 1 + random_.below(3));
        std::vector<Variable> bound;
        std::string pattern = "{ ";
        for (const auto& [name, field] : record.fields) {
            if (random_.chance(25)) continue;
            const std::string local = fresh("d");
            pattern += name + " = " + local + ", ";
            bound.push_back({local, field});
        }
        pattern += random_.chance(30) ? ".." + fresh("rest") + " }" : ".. }";
        const std::string value = layered(record, depth);
        return "(let " + pattern + " = " + value + " in " +
               within(std::move(bound), [&] { return expression(type, depth); }) + ")";
    }

    std::string element_of(const Type& type, int depth) {
        const std::string list =
            "[" + expression(type, depth) + ", " + expression(type, depth) + "]";
        switch (random_.below(3)) {
            case 0: return "(std.array.first " + list + ")";
            case 1: return "(std.array.at " + std::to_string(random_.below(2)) + " " + list + ")";
            default:
                return "(std.array.fold_left (fun a b => b) " + expression(type, depth) + " " +
                       list + ")";
        }
    }

    std::string number_literal() {
        const std::string digits = std::to_string(random_.below(random_.chance(20) ? 100000 : 12));
        switch (random_.below(6)) {
            case 0: return digits + "." + std::to_string(random_.below(1000));
            case 1: return "(-" + digits + ")";
            case 2: return "(" + digits + " / " + std::to_string(1 + random_.below(9)) + ")";
            case 3: return digits + "e" + std::to_string(random_.below(4));
            default: return digits;
        }
    }

    std::string number(int depth) {
        if (depth <= 0) return number_literal();
        const int less = depth - 1;
        const Type self = number_type();
        switch (random_.below(9)) {
            case 0: return number_literal();
            case 1:
            case 2:
                return "(" + expression(self, less) + " " + random_.pick({"+", "-", "*"}) + " " +
                       expression(self, less) + ")";
            case 3:
                return "(" + expression(self, less) + random_.pick({" / ", " % "}) +
                       std::to_string(1 + random_.below(9)) + ")";
            case 4: return "(std.array.length " + expression(array_of(any_type(0)), less) + ")";
            case 5: return "(std.string.length " + expression(string_type(), less) + ")";
            case 6:
                return "(std.array.fold_left (fun a b => a + b) 0 " +
                       expression(array_of(self), less) + ")";
            case 7:
                return std::string("(std.number.") +
                       random_.pick({"floor", "ceil", "abs", "truncate"}) + " " +
                       expression(self, less) + ")";
            default: return recursion(less);
        }
    }

    std::string recursion(int depth) {
        const std::string name = fresh("loop");
        const std::string count = fresh("n");
        const std::string step = within({{count, number_type()}}, [&] {
            return expression(number_type(), std::min(depth, 1));
        });
        return "(let rec " + name + " = fun " + count + " => if " + count + " <= 0 then " +
               number_literal() + " else " + step + " + " + name + " (" + count + " - 1) in " +
               name + " " + std::to_string(random_.below(6)) + ")";
    }

    std::string string_literal() {
        return std::string("\"") +
               random_.pick({"", "a", "text", "two words", "é日", "tab\\t", "q\\\"q", "line\\nline",
                             "\\%{x}", "A-Z_0", "\\u{1F600}"}) +
               "\"";
    }

    std::string string(int depth) {
        if (depth <= 0) return string_literal();
        const int less = depth - 1;
        const Type self = string_type();
        switch (random_.below(8)) {
            case 0: return string_literal();
            case 1: return "(" + expression(self, less) + " ++ " + expression(self, less) + ")";
            case 2:
                return "\"<%{" + expression(self, less) + "}:%{" + expression(number_type(), less) +
                       "}>\"";
            case 3:
                return "m%\"\n    line %{" + expression(self, less) + "}\n      %{" +
                       expression(self, less) + "}\n  \"%";
            case 4: return "(std.string.join \"-\" " + expression(array_of(self), less) + ")";
            case 5:
                return "(std.string." +
                       std::string(random_.pick({"uppercase", "lowercase", "trim"})) + " " +
                       expression(self, less) + ")";
            case 6: return "(std.string.replace \"e\" \"<e>\" " + expression(self, less) + ")";
            default: return "(std.to_string " + expression(simple_type(), less) + ")";
        }
    }

    std::string boolean(int depth) {
        if (depth <= 0) return random_.pick({"true", "false"});
        const int less = depth - 1;
        switch (random_.below(6)) {
            case 0: return random_.pick({"true", "false"});
            case 1:
                return "(" + expression(number_type(), less) +
                       random_.pick({" < ", " <= ", " > ", " >= "}) +
                       expression(number_type(), less) + ")";
            case 2: {
                const Type type = any_type(1);
                return "(" + expression(type, less) + random_.pick({" == ", " != "}) +
                       expression(type, less) + ")";
            }
            case 3:
                return "(" + expression(bool_type(), less) + random_.pick({" && ", " || "}) +
                       expression(bool_type(), less) + ")";
            case 4: return "(!" + expression(bool_type(), less) + ")";
            default:
                return std::string("(std.array.") + random_.pick({"any", "all"}) +
                       " (fun it => it) " + expression(array_of(bool_type()), less) + ")";
        }
    }

    std::string array(const Type& type, int depth) {
        const Type& element = *type.element;
        const int less = depth - 1;
        if (depth <= 0 || random_.chance(40)) {
            std::string text = "[";
            for (int i = random_.below(4); i > 0; --i)
                text += expression(element, less) + (i > 1 ? ", " : "");
            return text + "]";
        }
        const std::string name = fresh("e");
        const auto body = [&](const Type& argument, const Type& result) {
            return within({{name, argument}}, [&] { return expression(result, less); });
        };
        switch (random_.below(5)) {
            case 0: return "(" + expression(type, less) + " @ " + expression(type, less) + ")";
            case 1: {
                const Type from = simple_type();
                return "(std.array.map (fun " + name + " => " + body(from, element) + ") " +
                       expression(array_of(from), less) + ")";
            }
            case 2:
                return "(std.array.filter (fun " + name + " => " + body(element, bool_type()) +
                       ") " + expression(type, less) + ")";
            case 3: return "(std.array.reverse " + expression(type, less) + ")";
            default:
                return "(std.array.generate (fun " + name + " => " + body(number_type(), element) +
                       ") " + std::to_string(random_.below(4)) + ")";
        }
    }

    // --- records ---

    // A record of this type: one literal, a literal split in two, or a base with overrides.
    std::string layered(const Type& type, int depth) {
        const int count = static_cast<int>(type.fields.size());
        if (depth <= 0 || random_.chance(35)) return literal(type, all(count), "", depth);
        if (random_.chance(35)) return split(type, depth);
        std::vector<int> defaults;
        for (int i = 0; i < count; ++i)
            if (random_.chance(60)) defaults.push_back(i);
        std::string text = "(" + literal(type, all(count), " | default", depth, defaults);
        const int layers = 1 + random_.below(2);
        for (int layer = 1; layer <= layers; ++layer) {
            std::vector<int> chosen;
            for (int i = 0; i < count; ++i)
                if (random_.chance(40)) chosen.push_back(i);
            const std::string rank = layer == 2 && random_.chance(50)
                                         ? " | force"
                                         : " | priority " + std::to_string(layer);
            text += " & " + literal(type, chosen, rank, depth - 1, chosen);
        }
        text += ")";
        if (random_.chance(20)) text = "(" + text + " | " + record_contract(type) + ")";
        return text;
    }

    std::string split(const Type& type, int depth) {
        std::vector<int> left;
        std::vector<int> right;
        for (int i = 0; i < static_cast<int>(type.fields.size()); ++i)
            (random_.chance(50) ? left : right).push_back(i);
        return "(" + literal(type, left, "", depth) + " & " + literal(type, right, "", depth) + ")";
    }

    static std::vector<int> all(int count) {
        std::vector<int> indices;
        for (int i = 0; i < count; ++i) indices.push_back(i);
        return indices;
    }

    // A literal with values for `defined`. A value reads fields of smaller index only, so there is
    // no cycle whichever layer wins; those that are not defined here are declared without value.
    std::string literal(const Type& type, const std::vector<int>& defined, const std::string& rank,
                        int depth, const std::vector<int>& ranked = {}) {
        const std::size_t before = scope_.size();
        const bool declares = !defined.empty() && random_.chance(40);
        for (const auto& [name, field] : type.fields) scope_.push_back({name, field, false});
        std::string text = "{";
        for (int i = 0; i < static_cast<int>(type.fields.size()); ++i) {
            const auto& [name, field] = type.fields[static_cast<std::size_t>(i)];
            const bool here = std::find(defined.begin(), defined.end(), i) != defined.end();
            if (here) {
                const bool has_rank = std::find(ranked.begin(), ranked.end(), i) != ranked.end();
                const std::string annotation = random_.chance(25) ? " | " + contract(field) : "";
                const std::string value = expression(field, depth - 1);
                text += " " + name + annotation + (has_rank ? rank : "") + " = " + value + ",";
            } else if (declares && i < defined.back()) {
                text += " " + name + ",";
            } else {
                continue;
            }
            scope_[before + static_cast<std::size_t>(i)].usable = true;
        }
        scope_.resize(before);
        return text + " }";
    }

    // --- the rest ---

    std::string binding() {
        const Type type = random_.chance(60) ? record_type(1, 1 + random_.below(3)) : any_type(2);
        const std::string name = fresh("top");
        const std::string value = expression(type, 3);
        const std::string annotation = random_.chance(30) ? " | " + contract(type) : "";
        scope_.push_back({name, type});
        return "let " + name + annotation + " = " + value + " in\n";
    }

    std::string fault() {
        --faults_left_;
        return random_.pick({
            "(1 + \"x\")",
            "(1 / 0)",
            "(5 3)",
            "{ a = 1 }.missing",
            "{ a }.a",
            "(\"x\" | Number)",
            "('Gone |> match { 'A => 1 })",
            "(7 |> match { 1 => 1 })",
            "({ a = 1 } & { a = 2 }).a",
            "(std.fail_with \"fault\")",
            "(std.array.first [])",
            "(%array/at% [1] 5)",
            "((fun x => x) == (fun x => x))",
            "(let rec x = x in x)",
            "(let [x] = [] in x)",
            "(if 1 then 2 else 3)",
            "(let { a } = { b = 1 } in a)",
            "(!\"x\")",
            "\"%{[]}\"",
            "({ a = 1, b = 2 } | { a | Number }).a",
            "(std.string.to_number \"x\")",
            "(-1 | std.number.Nat)",
            "(((fun x => x) | Number -> Number) \"x\")",
            "(std.record.get \"x\" {})",
            "({ a | optional }.a)",
            "(null.a)",
            "([1] | Array String |> std.array.first)",
        });
    }

    Random random_;
    int faults_left_ = 0;
    int names_ = 0;
    std::vector<Variable> scope_;
};

}

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: generate SEED\n", stderr);
        return 2;
    }
    const std::uint64_t seed = std::strtoull(argv[1], nullptr, 10);
    std::printf("# generated from seed %llu\n%s", static_cast<unsigned long long>(seed),
                Generator(seed).program().c_str());
    return 0;
}
