#include "lang/evaluation.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <thread>

// Whatever a program makes counts into the memory limit, and is given back with the evaluation.
namespace lang {
namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

std::string outcome(const std::string& program, std::uint64_t mebibytes,
                    std::uint64_t steps = kDefaultMaxSteps) {
    EvaluationOptions options;
    options.limits.max_memory = mebibytes * kMebibyte;
    options.limits.max_steps = steps;
    Evaluation evaluation(std::move(options));
    std::vector<value::Diagnostic> diagnostics;
    const Word word =
        evaluation.load_text("<test>", program, ast::ImportFormat::Nickel, diagnostics);
    if (!diagnostics.empty()) return diagnostics.front().message;
    std::optional<value::Diagnostic> error;
    evaluation.evaluate_deep(word, error);
    EXPECT_LE(evaluation.heap.meter.used(), (mebibytes + 8) * kMebibyte);
    return error ? error->message : "fine";
}

// Of this process, in MiB; 0 where the system does not tell.
std::uint64_t resident() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t size = 0, pages = 0;
    file >> size >> pages;
    return pages * 4096 / kMebibyte;
}

constexpr std::string_view kNoRoom = "evaluation needs more memory than it may have";

TEST(Limits, NamesCount) {
    const std::string names = "std.record.from_array (std.array.generate (fun n =>\n"
                              "  { field = \"name%{std.string.from_number n}\", value = n }) ";
    EXPECT_EQ(outcome(names + "400000)", 128), kNoRoom);
    EXPECT_EQ(outcome(names + "1000)", 128), "fine");
    const std::string tags = "std.array.fold_left (fun _a n =>\n"
                             "  std.enum.from_tag_and_arg { tag = std.string.from_number n, "
                             "arg = n }) null (std.array.range 0 ";
    EXPECT_EQ(outcome(tags + "1000000)", 64), kNoRoom);
}

TEST(Limits, NamesAreFreedWithTheEvaluation) {
    const auto once = [](int round) {
        std::string text = "{";
        for (int i = 0; i < 100'000; ++i) {
            text += (i > 0 ? ",\"round" : "\"round") + std::to_string(round) + "-" +
                    std::to_string(i) + "\":1";
        }
        EvaluationOptions options;
        Evaluation evaluation(std::move(options));
        std::vector<value::Diagnostic> diagnostics;
        const Word word =
            evaluation.load_text("<test>", text + "}", ast::ImportFormat::Json, diagnostics);
        EXPECT_TRUE(word.exists());
        EXPECT_GT(evaluation.heap.meter.used(), 100'000 * 128);
    };
    once(0);
    once(1);
    const std::uint64_t before = resident();
    for (int round = 2; round < 12; ++round) once(round);
    // A million names would be more than 100 MiB.
    EXPECT_LE(resident(), before + 50);
}

TEST(Limits, ShapesCount) {
    // Each step has a shape with one name more: quadratic, as long as all are there.
    EXPECT_EQ(outcome("std.array.fold_left (fun all n => all @ [std.record.insert\n"
                      "  (std.string.from_number n) n (std.array.last all)])\n"
                      "  [{}] (std.array.range 0 4000)",
                      64),
              kNoRoom);
    EXPECT_EQ(outcome("std.array.fold_left (fun r n => std.record.insert\n"
                      "  (std.string.from_number n) n r) {} (std.array.range 0 4000)",
                      64),
              "fine");
}

// What can no longer be reached is given back: what these make in all is many times the limit.
TEST(Limits, GarbageDoesNotCount) {
    for (const char* program : {
             "let rec f = fun n acc => if n == 0 || acc < 0 then acc else f (n - 1) (acc + n % 7) "
             "in f 500000 0",
             "let rec fib = fun n => if n < 2 then n else fib (n - 1) + fib (n - 2) in fib 22",
             "let step = fun s => { n = s.n - 1, sum = s.sum + s.n } in let rec run = fun s =>\n"
             "if s.n == 0 then s.sum else if s.sum < 0 then 0 else run (step s) in\n"
             "run { n = 100000, sum = 0 }",
             "std.array.fold_left (fun a n => (std.array.generate (fun i => i + n) 2000\n"
             "|> std.array.fold_left (+) 0) % 1000 + a) 0 (std.array.range 0 300)",
             "std.array.fold_left (fun a n => (std.string.length\n"
             "\"%{std.string.from_number n}%{std.string.join \"\" (std.array.replicate 500 "
             "\"ab\")}\")"
             " + a) 0 (std.array.range 0 4000)",
             "std.array.fold_left (fun a n => std.record.insert \"k%{std.string.from_number n}\" n "
             "{ x = a % 10 } |> std.record.values |> std.array.length |> (+) a) 0\n"
             "(std.array.range 0 20000)",
             "std.array.fold_left (fun a n => (3 | { _ : Number } | Number) + a) 0 []",
             "std.array.fold_left (fun a _n => std.number.pow 7 20000 % 1000003 + a) 0 "
             "(std.array.range 0 3000)",
             "std.array.fold_left (fun a n => let f : Number -> Number = fun x => x + 1 in f n + a "
             "% 2)"
             " 0 (std.array.range 0 50000)",
         }) {
        SCOPED_TRACE(program);
        EXPECT_EQ(outcome(program, 16), "fine");
    }
}

TEST(Limits, WhatIsReachedCounts) {
    EXPECT_EQ(outcome("let rec f = fun n acc => if n == 0 then acc\n"
                      "else f (n - 1) { rest = acc, n } in f 1000000 null",
                      16),
              kNoRoom);
    EXPECT_EQ(outcome("let rec f = fun n => 1 + f (n + 1) in f 0", 16), kNoRoom);
}

TEST(Limits, DepthTakesMemoryAlone) {
    // What is added is not at hand: then the sum would be made at once, and no chain.
    const std::string chain = "let one = fun _x => 1 in let rec go = fun n acc => if n == 0 then "
                              "acc else go (n - 1) (acc + one n) in go 1000000 0";
    const std::string at_hand = "let rec go = fun n acc => if n == 0 then acc else go (n - 1) "
                                "(acc + 1) in go 1000000 0";
    EXPECT_EQ(outcome(at_hand, 16), "fine");
    EXPECT_EQ(outcome(chain, 512), "fine");
    EXPECT_EQ(outcome(chain, 64), kNoRoom);
}

// With a copy for each step this would be 1.5 GB.
TEST(Limits, TextsGrowInPlace) {
    const std::string fold = " \"\" (std.array.range 0 20000)";
    for (const char* step : {
             "fun s n => s ++ \"line %{std.string.from_number n}\\n\"",
             "fun s n => \"%{s}line %{std.string.from_number n}\\n\"",
             "fun s n => \"line %{std.string.from_number n}\\n\" ++ s",
             "fun s n => \"line %{std.string.from_number n}\\n%{s}\"",
         }) {
        SCOPED_TRACE(step);
        EXPECT_EQ(outcome("std.array.fold_left (" + std::string(step) + ")" + fold, 16), "fine");
    }
}

// `a.b1 = …` again and again: with a merge for each this would take memory with the square.
TEST(Limits, PiecesOfAFieldAreLinear) {
    std::string paths = "{", records = "{";
    for (int i = 0; i < 20'000; ++i) {
        const std::string name = "b" + std::to_string(i) + " = " + std::to_string(i);
        paths += "a." + name + ",\n";
        if (i < 2'000) records += "a = { " + name + " },\n";
    }
    EXPECT_EQ(outcome(paths + "}", 96), "fine");
    EXPECT_EQ(outcome(records + "}", 96), "fine");
}

TEST(Limits, TextsAreMeasuredBeforeTheyAreMade) {
    // A text of 4 MiB.
    const std::string text = "let double = fun s _i => \"%{s}%{s}\" in\n"
                             "let text = std.array.fold_left double \"abcd\" "
                             "(std.array.range 0 20) in ";
    for (const char* work : {
             "std.string.split \"\" text",
             "std.string.split \"b\" text",
             "std.string.characters text",
             "std.string.replace \"a\" \"0123456789012345678901234567890123456789\" text",
             "std.string.replace \"\" \"0123456789\" text",
             "std.string.replace_regex \"b\" \"01234567890123456789012345678901234567890\" text",
             "std.string.find_all \"b\" text",
             "std.string.join text (std.array.replicate 20 \"x\")",
             "std.serialize 'Json (std.array.replicate 40 text)",
             "std.array.fold_left (fun a _i => [a, a]) [] (std.array.range 0 40) "
             "|> std.serialize 'Json",
             "std.array.flatten (std.array.replicate 3000 (std.array.range 0 3000))",
         }) {
        SCOPED_TRACE(work);
        const std::string result = outcome(text + "(" + work + ")", 48, 5'000'000);
        EXPECT_TRUE(result == kNoRoom || result.starts_with("evaluation takes more steps"))
            << result;
    }
    EXPECT_EQ(outcome(text + "std.string.length (std.string.uppercase text)", 48), "fine");
}

// Whoever walks a tree recurses, and threads may have small stacks: what is nested too deeply goes
// no further than the parser, wherever it is read.
TEST(Limits, NestingIsRefusedInThreadsToo) {
    constexpr int kDeep = 10'000;
    const auto nested = [](std::string_view open, std::string_view inner, std::string_view close) {
        std::string text;
        for (int i = 0; i < kDeep; ++i) text += open;
        text += inner;
        for (int i = 0; i < kDeep; ++i) text += close;
        return text;
    };
    const std::string programs[] = {
        nested("(", "1", ")"),
        nested("[", "1", "]"),
        nested("{ a = ", "1", "}"),
        nested("let x = 1 in ", "x", ""),
        nested("fun x => ", "x", ""),
        nested("if true then 1 else ", "1", ""),
        nested("f (", "1", ")"),
        nested("\"%{", "1", "}\""),
        nested("match { x => ", "1", "}"),
        "(" + nested("", "1", " + 1") + ") : Number",
        "null : " + nested("Number -> ", "Number", ""),
        "let " + nested("{ a = ", "x", "}") + " = 1 in x",
        "x" + nested(".a", "", ""),
    };
    for (const std::string& program : programs) {
        std::string found;
        std::jthread([&] { found = outcome(program, 64); }).join();
        EXPECT_TRUE(found == "the program is nested too deeply" ||
                    found == "this chain of operators or fields is too long")
            << program.substr(0, 40) << ": " << found;
    }
}

TEST(Limits, StepsNameTheirSetting) {
    EvaluationOptions options;
    options.limits.max_steps = 1000;
    Evaluation evaluation(std::move(options));
    std::vector<value::Diagnostic> diagnostics;
    const Word word = evaluation.load_text("<test>", "let rec f = fun n => f (n + 1) in f 0",
                                           ast::ImportFormat::Nickel, diagnostics);
    std::optional<value::Diagnostic> error;
    evaluation.evaluate_deep(word, error);
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->message, "evaluation takes more steps than it may");
    ASSERT_EQ(error->notes.size(), 1u);
    EXPECT_NE(error->notes.front().find("`limits.steps`"), std::string::npos);
}

}
}
