#include "lang/workspace/testing.hpp"

#include <algorithm>

namespace lang {
namespace {

using testing::Bench;
using Kind = Program::Event::Kind;

std::vector<std::string> told(Bench& bench, const std::vector<Program::Event>& events) {
    std::vector<std::string> out;
    for (const Program::Event& event : events) {
        switch (event.kind) {
            case Kind::Inputs:
                out.push_back(std::string(bench.program().address(event.instance)));
                break;
            case Kind::Outputs: out.push_back("outputs"); break;
            case Kind::Deferral: out.push_back("deferral " + event.address); break;
            case Kind::Error: out.push_back("error " + event.address); break;
            case Kind::Stopped: out.push_back("stopped"); break;
            case Kind::Waiting: out.push_back("waiting"); break;
            case Kind::Done: break;
        }
    }
    std::ranges::sort(out);
    return out;
}

std::vector<std::string> touched(Bench& bench, const Program::Event& event) {
    std::vector<std::string> out;
    for (value::CellId cell : event.touched)
        out.push_back(std::string(bench.program().address(cell.instance)) + "." +
                      std::to_string(cell.output));
    return out;
}

using Names = std::vector<std::string>;

TEST(WorkspaceProgram, FindsInstancesInGroups) {
    Bench bench("{ resources = { a | t.Sink = { value = 1 }, "
                "group = { \"1\" | t.Sink = { value = 2 }, \"2\" | t.Sink = { value = 3 } } } }");
    EXPECT_EQ(told(bench, bench.drive()), (Names{"a", "group.1", "group.2"}));
    EXPECT_EQ(bench.value("group.2"), "3");
    EXPECT_EQ(bench.program().place(bench.id("a"), "value").line, 2u);
}

TEST(WorkspaceProgram, ParksUntilTheOwnerIsSet) {
    Bench bench("{ resources = { a | t.Sink = { value = b.id }, b | t.Sink = { value = 1 } } }");
    Program& program = bench.program();
    Program::Event first = program.next();
    ASSERT_EQ(first.kind, Kind::Inputs);
    EXPECT_EQ(program.address(first.instance), "b");
    bench.make_known({first.instance, 0});
    Program::Event second = program.next();
    ASSERT_EQ(second.kind, Kind::Inputs);
    EXPECT_EQ(program.address(second.instance), "a");
    EXPECT_EQ(bench.value("a"), "\"id of b\"");
}

TEST(WorkspaceProgram, TellsAgainOnlyWhatTouchedTheCell) {
    Bench bench("{ resources = { a | t.Sink = {}, b | t.Sink = {}, "
                "reads_a | t.Sink = { value = a.id }, reads_b | t.Sink = { value = b.id }, "
                "reads_none | t.Sink = { value = 1 } } }");
    bench.drive();
    bench.make_known({bench.id("a"), 0});
    EXPECT_EQ(told(bench, bench.drive()), (Names{"reads_a"}));
    EXPECT_EQ(bench.value("reads_a"), "\"id of a\"");
    EXPECT_EQ(bench.value("reads_b"), "?String");
}

TEST(WorkspaceProgram, WhatReadsSeveralIsToldAgainOnceWithTheLast) {
    Bench bench("{ resources = { a | t.Sink = {}, b | t.Sink = {}, c | t.Sink = {}, "
                "all | t.Sink = { value = [a.id, b.id, c.id] } }, "
                "outputs = { a = resources.a.id, c = resources.c.id } }");
    bench.drive();
    bench.make_known({bench.id("b"), 0});
    bench.make_known({bench.id("a"), 0});
    EXPECT_EQ(told(bench, bench.drive()), Names{});
    bench.program().catch_up();
    EXPECT_EQ(told(bench, bench.drive()), Names{"outputs"});
    testing::TextSink sink;
    bench.program().emit_outputs(sink);
    EXPECT_EQ(sink.text(), "{a = \"id of a\", c = ?String}");
    bench.make_known({bench.id("c"), 0});
    EXPECT_EQ(told(bench, bench.drive()), (Names{"all", "outputs"}));
    EXPECT_EQ(bench.value("all"), "[\"id of a\", \"id of b\", \"id of c\"]");
}

TEST(WorkspaceProgram, TouchedSetsAreTheDependencyGraph) {
    Bench bench("let twice = fun s => \"%{s}%{s}\" in { resources = { a | t.Source = {}, "
                "b | t.Sink = { value = if a.count > 2 then twice a.text else \"none\" }, "
                "c | t.Sink = { value = b.id } } }");
    bench.known_from_start();
    auto events = bench.drive();
    for (const Program::Event& event : events) {
        std::string address(bench.program().address(event.instance));
        if (address == "a") EXPECT_EQ(touched(bench, event), Names{});
        if (address == "b") EXPECT_EQ(touched(bench, event), (Names{"a.0", "a.1"}));
        // A cell is a leaf: what its owner touched is not in it.
        if (address == "c") EXPECT_EQ(touched(bench, event), Names{"b.0"});
    }
    EXPECT_EQ(bench.value("b"), "\"abcabc\"");
}

TEST(WorkspaceProgram, SharedThunksKeepTheirSets) {
    Bench recursive(
        "{ shared = \"%{resources.a.text}-\", resources = { a | t.Source = {}, "
        "b | t.Sink = { value = shared }, c | t.Sink = { value = [shared, shared] } } }");
    recursive.drive();
    EXPECT_EQ(recursive.value("c"), "[?String, ?String]");
    recursive.make_all_known("a");
    EXPECT_EQ(told(recursive, recursive.drive()), (Names{"b", "c"}));
    EXPECT_EQ(recursive.value("b"), "\"abc-\"");
    EXPECT_EQ(recursive.value("c"), "[\"abc-\", \"abc-\"]");
}

TEST(WorkspaceProgram, ABranchThatIsDecidedLateHasNewOwners) {
    Bench bench("{ resources = { a | t.Source = {}, b | t.Sink = {}, "
                "c | t.Sink = { value = if a.flag then b.id else \"none\" } } }");
    bench.drive();
    EXPECT_EQ(bench.value("c"), "?Dyn");
    bench.make_all_known("a");
    auto events = bench.drive();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(touched(bench, events[0]), (Names{"a.2", "b.0"}));
    EXPECT_EQ(bench.value("c"), "?String");
    bench.make_all_known("b");
    bench.drive();
    EXPECT_EQ(bench.value("c"), "\"id of b\"");
}

TEST(WorkspaceProgram, DeferralsHideWhatDependsOnAnUnknown) {
    Bench bench(
        "{ resources = { a | t.Source = {}, "
        "many = std.record.from_array (std.array.map (fun n => { field = \"n%{std.to_string n}\", "
        "value | t.Sink = { value = n } }) a.list), rest | t.Sink = { value = 1 } } }");
    auto first = bench.drive();
    EXPECT_EQ(told(bench, first), (Names{"a", "deferral many", "rest"}));
    for (const Program::Event& event : first)
        if (event.kind == Kind::Deferral) EXPECT_EQ(touched(bench, event), Names{"a.3"});
    bench.make_all_known("a");
    EXPECT_EQ(told(bench, bench.drive()), (Names{"many.n1", "many.n2"}));
    EXPECT_EQ(bench.value("many.n2"), "2");
}

TEST(WorkspaceProgram, AnUnknownNameIsADeferralBesideWhatIsKnown) {
    Bench bench("{ resources = { a | t.Source = {}, group = { x | t.Sink = {}, "
                "\"%{a.text}\" | t.Sink = { value = 1 } } } }");
    EXPECT_EQ(told(bench, bench.drive()), (Names{"a", "deferral group", "group.x"}));
    bench.make_all_known("a");
    bench.drive();
    EXPECT_EQ(bench.value("group.abc"), "1");
}

TEST(WorkspaceProgram, OutputsAreToldAndToldAgain) {
    Bench plain("{ resources = { a | t.Source = {} }, "
                "outputs = { text = resources.a.text, whole = resources.a } }");
    EXPECT_EQ(told(plain, plain.drive()), (Names{"a", "outputs"}));
    plain.make_all_known("a");
    EXPECT_EQ(told(plain, plain.drive()), Names{"outputs"});
    testing::TextSink sink;
    plain.program().emit_outputs(sink);
    EXPECT_EQ(sink.text(), "{text = \"abc\", whole = <a>}");
}

TEST(WorkspaceProgram, SecrecyReachesWhatASecretTouched) {
    Bench bench("{ resources = { a | t.Source = {}, b | t.Sink = { value = { open = 1, "
                "key = a.key, derived = std.string.length a.key, "
                "chosen = if a.key == \"hidden\" then 1 else 2 } } } }");
    bench.known_from_start();
    bench.drive();
    EXPECT_EQ(bench.value("b"), "{chosen = 1!, derived = 6!, key = \"hidden\"!, open = 1}");
}

TEST(WorkspaceProgram, AnUnknownSecretIsSecret) {
    Bench bench("{ resources = { a | t.Source = {}, b | t.Sink = { value = [a.key, a.text] } } }");
    bench.drive();
    EXPECT_EQ(bench.value("b"), "[?String!, ?String]");
}

TEST(WorkspaceProgram, AllIsUnknownInACheck) {
    Bench bench("{ resources = { b | t.Sink = { value = a.id }, a | t.Sink = { value = b.id } } }",
                true);
    bench.set_no_cells();
    EXPECT_EQ(told(bench, bench.drive()), (Names{"a", "b"}));
}

TEST(WorkspaceProgram, AnOverriddenBaseLeavesNoGhosts) {
    Bench bench(
        "let base = { resources = { a | t.Sink = { value = 1 }, b | t.Sink = { value = a.id } } } "
        "in base & { resources.a.value | force = 2 }");
    EXPECT_EQ(told(bench, bench.drive()), (Names{"a", "b"}));
    EXPECT_EQ(bench.value("a"), "2");
    EXPECT_EQ(bench.program().instance_count(), 2u);
}

// Its cells come later: whoever reads them waits, and that is no circle.
TEST(WorkspaceProgram, PostponedCellsAreWaitedFor) {
    Bench bench("{ resources = { a | t.Sink = {}, b | t.Sink = { value = a.id } }, "
                "outputs = { it = resources.b.id } }");
    bench.set_no_cells();
    Program& program = bench.program();
    Program::Event event = program.next();
    ASSERT_EQ(event.kind, Program::Event::Kind::Inputs);
    const value::InstanceId a = event.instance;
    program.postpone(a);
    EXPECT_EQ(program.next().kind, Program::Event::Kind::Waiting);
    EXPECT_EQ(program.next().kind, Program::Event::Kind::Waiting);
    program.set_cell({a, 0}).string("late");
    event = program.next();
    ASSERT_EQ(event.kind, Program::Event::Kind::Inputs);
    EXPECT_EQ(bench.value("b"), "\"late\"");
    program.set_cell_unknown({event.instance, 0});
    EXPECT_EQ(program.next().kind, Program::Event::Kind::Outputs);
    EXPECT_EQ(program.next().kind, Program::Event::Kind::Done);
}

struct Misuse {
    const char* name;
    const char* program;
    const char* message;
};
std::ostream& operator<<(std::ostream& out, const Misuse& misuse) { return out << misuse.name; }
class Misuses : public ::testing::TestWithParam<Misuse> {};

TEST_P(Misuses, AreErrors) {
    Bench bench(GetParam().program);
    bench.drive();
    ASSERT_FALSE(bench.rendered().empty());
    EXPECT_NE(bench.rendered().front().find(GetParam().message), std::string::npos)
        << bench.rendered().front();
}

INSTANTIATE_TEST_SUITE_P(
    WorkspaceProgram, Misuses,
    ::testing::Values(
        Misuse{"circle",
               "{ resources = { a | t.Sink = { value = b.id }, b | t.Sink = { value = a.id } } }",
               "in a circle"},
        Misuse{"circle_with_itself", "{ resources = { a | t.Sink = { value = a.id } } }",
               "in a circle"},
        Misuse{"longer_circle",
               "{ resources = { a | t.Sink = { value = b.id }, b | t.Sink = { value = c.id }, "
               "c | t.Sink = { value = a.id }, d | t.Sink = { value = a.id } } }",
               "`c` needs `a.id`"},
        Misuse{"two_addresses", "let one | t.Sink = {} in { resources = { a = one, b = one } }",
               "one resource stands at two addresses: `a` and `b`"},
        Misuse{"instance_in_array", "{ resources = { a = [({} | t.Sink)] } }", "is an array"},
        Misuse{"instance_in_inputs",
               "{ resources = { a | t.Sink = {}, b | t.Sink = { value = [a] } } }",
               "holds a whole resource"},
        Misuse{"forgotten_annotation", "{ resources = { a = \"text\" } }", "annotation missing"},
        Misuse{"not_under_resources",
               "{ spare | t.Sink = {}, resources = { a | t.Sink = { value = spare.id } } }",
               "not under `resources`"},
        Misuse{"output_is_set", "{ resources = { a | t.Sink = { id = \"mine\" } } }", "id"},
        Misuse{"two_types", "{ resources = { a | t.Sink | t.Source = {} } }",
               "another type already"},
        Misuse{"unknown_input", "{ resources = { a | t.Sink = { valeu = 1 } } }", "valeu"},
        Misuse{"not_a_record", "[1]", "a workspace must be a record"}),
    [](const auto& info) { return info.param.name; });

}
}
