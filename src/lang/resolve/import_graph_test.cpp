#include "lang/evaluation.hpp"
#include "lang/resolve/import_graph.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace lang::resolve {
namespace {

using Texts = std::vector<std::string>;
using Files = std::map<std::string, std::string>;

// An evaluation of files that lie nowhere but here; main.ncl is loaded.
class Loaded {
public:
    explicit Loaded(Files files) : evaluation_(options(std::move(files))) {
        word_ = evaluation_.load_file("main.ncl", ast::ImportFormat::Nickel, diagnostics);
    }
    const ImportGraph& graph() const { return evaluation_.imports(); }
    bool is_fine() const { return word_.exists(); }
    std::string value() {
        std::optional<value::Diagnostic> error;
        const Word value = evaluation_.evaluate(word_, error);
        if (error) return error->message;
        return value.is_integer() ? std::to_string(value.as_integer())
                                  : evaluation_.machine.describe(value);
    }
    Texts order() const {
        Texts out;
        for (ImportGraph::FileId id : graph().loading_order(0)) out.push_back(graph()[id].name);
        return out;
    }
    Texts edges() const {
        Texts out;
        for (ImportGraph::FileId id = 0; id < graph().size(); ++id) {
            for (const ImportGraph::Edge& edge : graph()[id].imports) {
                EXPECT_TRUE(edge.span.exists());
                out.push_back(graph()[edge.from].name + " > " + graph()[edge.to].name);
            }
        }
        return out;
    }

    std::vector<value::Diagnostic> diagnostics;

private:
    static EvaluationOptions options(Files files) {
        EvaluationOptions options;
        options.frozen_files = std::move(files);
        return options;
    }
    Evaluation evaluation_;
    Word word_;
};

TEST(ImportGraph, ADiamondIsLoadedOnce) {
    Loaded loaded({{"main.ncl", "(import \"a.ncl\") + (import \"b.ncl\")"},
                   {"a.ncl", "1 + (import \"base.json\")"},
                   {"b.ncl", "2 + (import \"base.json\")"},
                   {"base.json", "10"}});
    ASSERT_TRUE(loaded.is_fine());
    EXPECT_EQ(loaded.edges(), (Texts{"main.ncl > a.ncl", "main.ncl > b.ncl", "a.ncl > base.json",
                                     "b.ncl > base.json"}));
    EXPECT_EQ(loaded.order(), (Texts{"base.json", "a.ncl", "b.ncl", "main.ncl"}));
    EXPECT_EQ(loaded.graph()[2].format, ast::ImportFormat::Json);
    EXPECT_TRUE(loaded.graph().cycles().empty());
    EXPECT_EQ(loaded.value(), "23");
}

TEST(ImportGraph, CyclesAreFoundAndLegal) {
    Loaded loaded({{"main.ncl", "let a = import \"a.ncl\" in a.b.c"},
                   {"a.ncl", "{ b = import \"b.ncl\", d = 4 }"},
                   {"b.ncl", "{ c = (import \"a.ncl\").d }"}});
    ASSERT_TRUE(loaded.is_fine());
    EXPECT_EQ(loaded.graph().cycles(), (std::vector<std::vector<ImportGraph::FileId>>{{1, 2}}));
    EXPECT_EQ(loaded.order(), (Texts{"b.ncl", "a.ncl", "main.ncl"}));
    EXPECT_EQ(loaded.value(), "4");
}

TEST(ImportGraph, AFileThatNeedsItself) {
    Loaded loaded({{"main.ncl", "{ a = 1, b = (import \"main.ncl\").a }"}});
    ASSERT_TRUE(loaded.is_fine());
    EXPECT_EQ(loaded.graph().cycles(), (std::vector<std::vector<ImportGraph::FileId>>{{0}}));
}

TEST(ImportGraph, AMissingFileIsToldWithTheWayToIt) {
    Loaded loaded(
        {{"main.ncl", "{ a = import \"a.ncl\" }"}, {"a.ncl", "fun _x => import \"missing.ncl\""}});
    EXPECT_FALSE(loaded.is_fine());
    ASSERT_EQ(loaded.diagnostics.size(), 1u);
    const value::Diagnostic& found = loaded.diagnostics.front();
    EXPECT_EQ(found.kind, "ImportError::IoError");
    ASSERT_EQ(found.labels.size(), 2u);
    EXPECT_GT(found.labels[0].span.begin, found.labels[1].span.begin);   // a.ncl, then main.ncl
}

TEST(ImportGraph, AFindingOfTheCompilerToo) {
    Loaded loaded({{"main.ncl", "{ a = import \"a.ncl\" }"}, {"a.ncl", "1e9999999999"}});
    EXPECT_FALSE(loaded.is_fine());
    ASSERT_EQ(loaded.diagnostics.size(), 1u);
    EXPECT_EQ(loaded.diagnostics.front().kind, "ImportError::ParseError");
    EXPECT_EQ(loaded.diagnostics.front().labels.size(), 2u);
}

TEST(ImportGraph, AnImportInAFunctionIsLoadedBeforehand) {
    Loaded loaded({{"main.ncl", "let f = fun x => x + (import \"a.ncl\") in f 1"}, {"a.ncl", "2"}});
    EXPECT_EQ(loaded.edges(), Texts{"main.ncl > a.ncl"});
    EXPECT_EQ(loaded.value(), "3");
}

TEST(ImportGraph, WhatFailedIsNotFoundAgain) {
    EvaluationOptions options;
    options.frozen_files = Files{{"bad.ncl", "[import \"good.ncl\", import \"none.ncl\"]"},
                                 {"good.ncl", "[import \"bad.ncl\"]"},
                                 {"fine.ncl", "1"}};
    Evaluation evaluation(std::move(options));
    for (int round = 0; round < 2; ++round) {
        std::vector<value::Diagnostic> diagnostics;
        EXPECT_FALSE(
            evaluation.load_file("bad.ncl", ast::ImportFormat::Nickel, diagnostics).exists());
        EXPECT_EQ(diagnostics.size(), 1u);
        diagnostics.clear();
        EXPECT_FALSE(
            evaluation.load_file("good.ncl", ast::ImportFormat::Nickel, diagnostics).exists());
        EXPECT_EQ(diagnostics.size(), 1u);
        diagnostics.clear();
        EXPECT_TRUE(
            evaluation.load_file("fine.ncl", ast::ImportFormat::Nickel, diagnostics).exists());
    }
}

}
}
