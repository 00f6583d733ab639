#include "lang/resolve/resolution.hpp"
#include "lang/syntax/parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lang::resolve {
namespace {

using Kind = Binding::Kind;

// A program and what its names mean.
class Names {
public:
    explicit Names(std::string text) {
        source_ = sources_.add("<test>", std::move(text));
        ParseResult parsed = parse(*source_, arena_);
        EXPECT_TRUE(parsed.ok()) << parsed.diagnostics.front().message;
        const Symbol std = Symbol::of("std");
        names = resolve(parsed.root, {&std, 1});
        root = parsed.root;
    }

    // "let at 5", for the variable `name`, where it stands for the `nth` time.
    std::string of(std::string_view name, std::size_t nth = 0) const {
        std::vector<const ast::Var*> found;
        for (const ast::Var* var : variables()) {
            if (var->name.text() == name) found.push_back(var);
        }
        if (nth >= found.size()) return "not there";
        const Binding& binding = names[found[nth]->binding];
        static constexpr std::string_view kKinds[] = {"unbound",   "global",  "let",
                                                      "parameter", "pattern", "field"};
        std::string text(kKinds[static_cast<std::size_t>(binding.kind)]);
        if (binding.span.exists())
            text += " at " + std::to_string(binding.span.begin - source_->base);
        return text;
    }
    std::vector<std::string> unbound() const {
        std::vector<std::string> out;
        for (const value::Diagnostic& found : names.unbound) out.push_back(found.message);
        return out;
    }

    Resolution names;
    const ast::Node* root = nullptr;

private:
    // The tests' programs have their variables in these places only.
    static void collect(const ast::Node* node, std::vector<const ast::Var*>& out) {
        if (!node) return;
        switch (node->kind) {
            case ast::Kind::Var: out.push_back(static_cast<const ast::Var*>(node)); return;
            case ast::Kind::Array:
                for (auto* element : static_cast<const ast::Array*>(node)->elements)
                    collect(element, out);
                return;
            case ast::Kind::Let: {
                auto& let = *static_cast<const ast::Let*>(node);
                for (auto& binding : let.bindings) {
                    if (binding.annotations) {
                        for (auto* contract : binding.annotations->contracts)
                            collect(contract, out);
                    }
                    collect(binding.value, out);
                }
                return collect(let.body, out);
            }
            case ast::Kind::Fun: {
                auto& function = *static_cast<const ast::Fun*>(node);
                for (auto* parameter : function.parameters) {
                    for (auto& field : parameter->fields) collect(field.default_value, out);
                }
                return collect(function.body, out);
            }
            case ast::Kind::Match:
                for (auto& branch : static_cast<const ast::Match*>(node)->branches) {
                    collect(branch.guard, out);
                    collect(branch.body, out);
                }
                return;
            case ast::Kind::Record:
                for (auto& field : static_cast<const ast::Record*>(node)->fields) {
                    for (auto& element : field.path) collect(element.dynamic, out);
                    collect(field.value, out);
                }
                return;
            case ast::Kind::Interpolation:
                for (auto& chunk : static_cast<const ast::Interpolation*>(node)->chunks)
                    collect(chunk.expr, out);
                return;
            case ast::Kind::Binary:
                collect(static_cast<const ast::Binary*>(node)->left, out);
                return collect(static_cast<const ast::Binary*>(node)->right, out);
            default: return;
        }
    }
    std::vector<const ast::Var*> variables() const {
        std::vector<const ast::Var*> out;
        collect(root, out);
        return out;
    }

    SourceMap sources_;
    Arena arena_;
    const Source* source_ = nullptr;
};

using Texts = std::vector<std::string>;

TEST(Resolve, LetParameterAndGlobal) {
    const Names names("let x = 1 in fun y => [x, y, std, z]");
    EXPECT_EQ(names.of("x"), "let at 4");
    EXPECT_EQ(names.of("y"), "parameter at 17");
    EXPECT_EQ(names.of("std"), "global");
    EXPECT_EQ(names.of("z"), "unbound");
    EXPECT_EQ(names.unbound(), Texts{"unbound identifier `z`"});
}

TEST(Resolve, TheInnermostBindingCounts) {
    const Names names("let x = 1 in [x, let x = x in x, fun x => x]");
    EXPECT_EQ(names.of("x", 0), "let at 4");
    EXPECT_EQ(names.of("x", 1), "let at 4");   // a plain let does not see itself
    EXPECT_EQ(names.of("x", 2), "let at 21");
    EXPECT_EQ(names.of("x", 3), "parameter at 37");
}

TEST(Resolve, ARecursiveLetSeesItself) {
    const Names names("let rec f = f in f");
    EXPECT_EQ(names.of("f", 0), "let at 8");
    EXPECT_EQ(names.of("f", 1), "let at 8");
}

TEST(Resolve, FieldsSeeTheirSiblings) {
    const Names names("let a = 0 in { b = a, a = 1, c.d = e, c.e = d, f = b }");
    EXPECT_EQ(names.of("a"), "field at 22");
    EXPECT_EQ(names.of("b"), "field at 15");
    // Each path is a record of its own.
    EXPECT_EQ(names.of("e"), "unbound");
    EXPECT_EQ(names.of("d"), "unbound");
}

TEST(Resolve, ComputedNamesAreOutsideOfTheirRecord) {
    const Names names("let a = \"x\" in { \"%{a}\" = a, a = 1 }");
    EXPECT_EQ(names.of("a", 0), "let at 4");
    EXPECT_EQ(names.of("a", 1), "field at 29");
}

TEST(Resolve, PatternsAndTheirDefaults) {
    const Names names("let x = 1 in fun { x ? x, y ? x } => [x, y]");
    EXPECT_EQ(names.of("x", 0), "let at 4");   // a default sees what is outside
    EXPECT_EQ(names.of("x", 1), "let at 4");
    EXPECT_EQ(names.of("x", 2), "pattern at 19");
    EXPECT_EQ(names.of("y"), "pattern at 26");
}

TEST(Resolve, AlternativesBindTheSame) {
    const Names names("match { 'A x or 'B x if x == 1 => x, y => y }");
    EXPECT_EQ(names.of("x", 0), "pattern at 11");
    EXPECT_EQ(names.of("x", 1), "pattern at 11");
    EXPECT_EQ(names.of("y"), "pattern at 37");
}

TEST(Resolve, AnIncludeTakesWhatIsOutside) {
    const Names names("let a = 1 in { include a, b = a }");
    EXPECT_EQ(names.of("a"), "field at 23");
    const auto& let = *static_cast<const ast::Let*>(names.root);
    const auto& record = *static_cast<const ast::Record*>(let.body);
    EXPECT_EQ(names.names[record.includes[0].binding].kind, Kind::Let);
}

TEST(Resolve, FindingsComeInTheOrderOfTheText) {
    const Names names("[match { 1 => a, 2 => b }, let x = c in d, { f | (e 1) = g }]");
    EXPECT_EQ(names.unbound(), (Texts{"unbound identifier `a`", "unbound identifier `b`",
                                      "unbound identifier `c`", "unbound identifier `d`",
                                      "unbound identifier `e`", "unbound identifier `g`"}));
    EXPECT_EQ(names.names.unbound[0].expectation.front().second, "a");
}

TEST(Resolve, ImportsAreFoundWhereverTheyStand) {
    const Names names("let f = fun _x => import \"in_function.ncl\" in\n"
                      "{ a | (import \"contract.ncl\") = import \"data.json\", b = f }");
    Texts paths;
    for (const ast::Import* import : names.names.imports) {
        EXPECT_EQ(import->index, paths.size());
        paths.emplace_back(import->path);
    }
    EXPECT_EQ(paths, (Texts{"in_function.ncl", "contract.ncl", "data.json"}));
}

}
}
