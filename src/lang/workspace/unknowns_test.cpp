#include "lang/workspace/testing.hpp"

namespace lang {
namespace {

using testing::Bench;

// A row of the table of ENGINE §3: what an expression over unknown outputs of `s` is while they
// are unknown, and what it has become once they are known. "!" in front of `later`: an error.
struct Row {
    const char* name;
    const char* expression;
    const char* now;
    const char* later;
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.expression; }

std::string program_of(const Row& row) {
    return "{ resources = { s | t.Source = {}, sink | t.Sink = { value = (fun s => " +
           std::string(row.expression) + ") s } } }";
}

class Unknowns : public ::testing::TestWithParam<Row> {};

TEST_P(Unknowns, FollowTheTable) {
    const Row& row = GetParam();
    Bench bench(program_of(row));
    bench.drive();
    ASSERT_TRUE(bench.errors().empty()) << bench.errors().front();
    EXPECT_EQ(bench.value("sink"), row.now);
    bench.make_all_known("s");
    bench.drive();
    if (row.later[0] == '!') {
        ASSERT_EQ(bench.errors().size(), 1u);
        EXPECT_NE(bench.errors().front().find(row.later + 1), std::string::npos)
            << bench.errors().front();
    } else {
        ASSERT_TRUE(bench.errors().empty()) << bench.errors().front();
        EXPECT_EQ(bench.value("sink"), row.later);
    }
}

// Never unknown at all: the same values from the start give the same result.
TEST_P(Unknowns, ComeToWhatKnownValuesGive) {
    const Row& row = GetParam();
    Bench bench(program_of(row));
    bench.known_from_start();
    bench.drive();
    if (row.later[0] == '!') {
        ASSERT_EQ(bench.errors().size(), 1u);
        EXPECT_NE(bench.errors().front().find(row.later + 1), std::string::npos)
            << bench.errors().front();
    } else {
        ASSERT_TRUE(bench.errors().empty()) << bench.errors().front();
        EXPECT_EQ(bench.value("sink"), row.later);
    }
}

std::string test_name(const ::testing::TestParamInfo<Row>& info) { return info.param.name; }

#define ROWS(group, ...) \
    INSTANTIATE_TEST_SUITE_P(group, Unknowns, ::testing::Values(__VA_ARGS__), test_name)

ROWS(StrictOperators, Row{"plus", "s.count + 1", "?Number", "4"},
     Row{"plus_right", "1 + s.count", "?Number", "4"}, Row{"less", "s.count < 4", "?Bool", "true"},
     Row{"negation", "-s.count", "?Number", "-3"}, Row{"not_", "!s.flag", "?Bool", "false"},
     Row{"concat", "s.text ++ \"d\"", "?String", "\"abcd\""},
     Row{"concat_arrays", "s.list @ [3]", "?Array", "[1, 2, 3]"},
     Row{"interpolation", "\"<%{s.text}>\"", "?String", "\"<abc>\""},
     Row{"to_string_", "std.to_string s.count", "?String", "\"3\""},
     Row{"hash", "std.hash 'Md5 s.text", "?String", "\"900150983cd24fb0d6963f7d28e17f72\""},
     Row{"serialise", "std.serialize 'Json { a = s.count }", "?String", "\"{\n  \"a\": 3\n}\""},
     Row{"length_of_text", "std.string.length s.text", "?Number", "3"});

ROWS(Branches, Row{"if_", "if s.flag then 1 else 2", "?Dyn", "1"},
     Row{"match_", "s.count |> match { 3 => \"three\", _ => \"other\" }", "?Dyn", "\"three\""},
     Row{"call", "(if s.flag then fun x => x + 1 else fun x => x) 4", "?Dyn", "5"},
     Row{"access", "s.fields.x", "?Dyn", "7"}, Row{"access_in_any", "s.fields.\"x\"", "?Dyn", "7"},
     Row{"inside_known", "{ a = 1, b = if s.flag then 2 else 3 }", "{a = 1, b = ?Dyn}",
         "{a = 1, b = 2}"});

ROWS(Logic, Row{"false_and", "false && s.flag", "false", "false"},
     Row{"true_or", "true || s.flag", "true", "true"},
     Row{"true_and", "true && s.flag", "?Bool", "true"},
     Row{"and_false", "s.flag && false", "?Bool", "false"},
     Row{"or_true", "s.flag || true", "?Bool", "true"});

ROWS(Equality, Row{"same", "s.text == \"abc\"", "?Bool", "true"},
     Row{"itself", "s.text == s.text", "?Bool", "true"},
     Row{"known_parts_differ", "{ a = 1, b = s.count } == { a = 2, b = 3 }", "false", "false"},
     Row{"known_parts_differ_after", "{ a = s.count, b = 1 } == { a = 3, b = 2 }", "false",
         "false"},
     Row{"known_parts_agree", "{ a = 1, b = s.count } == { a = 1, b = 3 }", "?Bool", "true"},
     Row{"other_names", "{ a = s.count } == { b = s.count }", "false", "false"},
     Row{"other_length", "[s.count] == [3, 3]", "false", "false"},
     Row{"elements_differ", "[s.count, 1] == [3, 2]", "false", "false"},
     Row{"elements_agree", "[s.count, 1] == [3, 1]", "?Bool", "true"},
     Row{"negated", "s.text != \"abc\"", "?Bool", "false"});

ROWS(Types, Row{"typeof_declared", "std.typeof s.text", "\"String\"", "\"String\""},
     Row{"typeof_dyn", "std.typeof s.any", "?Dyn", "\"String\""},
     Row{"is_string", "std.is_string s.text", "true", "true"},
     Row{"is_number_of_string", "std.is_number s.text", "false", "false"},
     Row{"is_string_of_dyn", "std.is_string s.any", "?Bool", "true"},
     Row{"primitive_contract", "s.text | String", "?String", "\"abc\""},
     Row{"primitive_of_dyn", "s.any | String", "?Dyn", "\"dyn\""},
     Row{"primitive_of_dyn_wrong", "s.any | Number", "?Dyn", "!EvalError::BlameError"});

ROWS(Contracts, Row{"record_contract", "s.fields | { x | Number }", "?Record", "{x = 7}"},
     Row{"record_contract_fails", "s.fields | { x | String }", "?Record", "!EvalError::BlameError"},
     Row{"inside_contract", "{ x = s.count } | { x | Number }", "{x = ?Number}", "{x = 3}"},
     Row{"predicate", "s.count | std.contract.from_predicate (fun n => n > 2)", "?Number", "3"},
     Row{"predicate_fails", "s.count | std.contract.from_predicate (fun n => n > 5)", "?Number",
         "!EvalError::BlameError"},
     Row{"validator", "s.text | std.contract.from_validator (fun v => 'Ok)", "?String", "\"abc\""},
     Row{"custom", "s.text | std.contract.custom (fun label value => 'Ok value)", "?String",
         "\"abc\""},
     Row{"any_of", "s.count | std.contract.any_of [Number, String]", "?Number", "3"},
     Row{"array_contract", "s.list | Array Number", "?Array", "[1, 2]"},
     Row{"enum_contract", "s.any | [| 'a, 'b |]", "?Dyn", "!EvalError::BlameError"});

ROWS(Merge, Row{"by_priority", "{ a | default = s.count } & { a = 1 }", "{a = 1}", "{a = 1}"},
     Row{"by_force", "{ a = s.count } & { a | force = 1 }", "{a = 1}", "{a = 1}"},
     Row{"unknown_wins", "{ a | default = 1 } & { a = s.count }", "{a = ?Number}", "{a = 3}"},
     Row{"equal_priority", "{ a = s.count } & { a = 3 }", "{a = ?Dyn}", "{a = 3}"},
     Row{"equal_priority_differs", "{ a = s.count } & { a = 4 }", "{a = ?Dyn}",
         "!EvalError::MergeIncompatibleArgs"},
     Row{"disjoint", "{ a = s.count } & { b = 1 }", "{a = ?Number, b = 1}", "{a = 3, b = 1}"},
     Row{"with_unknown_record", "s.fields & { y = 1 }", "?Dyn", "{x = 7, y = 1}"},
     Row{"late_binding", "({ a | default = 1, b = a + 1 } & { a = s.count })",
         "{a = ?Number, b = ?Number}", "{a = 3, b = 4}"});

ROWS(Collections,
     Row{"filter_condition", "std.array.filter (fun x => x < s.count) [1, 5]", "?Array", "[1]"},
     Row{"sort_elements",
         "std.array.sort (fun a b => if a < b then 'Lesser else 'Greater) [s.count, 1]", "?Array",
         "[1, 3]"},
     Row{"any_condition", "std.array.any (fun x => x == s.count) [1, 3]", "?Bool", "true"},
     Row{"filter_record", "std.record.filter (fun k v => v < s.count) { a = 1, b = 5 }", "?Record",
         "{a = 1}"},
     Row{"elements_stay", "[1, s.count]", "[1, ?Number]", "[1, 3]"},
     Row{"length_is_known", "std.array.length [1, s.count]", "2", "2"},
     Row{"names_are_known", "std.record.fields { a = s.count, b = 1 }", "[\"a\", \"b\"]",
         "[\"a\", \"b\"]"},
     Row{"known_part", "std.array.at 0 [1, s.count]", "1", "1"},
     Row{"map_over_elements", "std.array.map (fun x => x + 1) [1, s.count]", "[2, ?Number]",
         "[2, 4]"},
     Row{"fold_over_elements", "std.array.fold_left (fun a x => a + x) 0 [1, s.count]", "?Number",
         "4"},
     Row{"map_record", "std.record.map_values (fun x => x + 1) { a = 1, b = s.count }",
         "{a = 2, b = ?Number}", "{a = 2, b = 4}"});

ROWS(UnknownCollections, Row{"length", "std.array.length s.list", "?Number", "2"},
     Row{"at", "std.array.at 1 s.list", "?Dyn", "2"},
     Row{"map_unknown", "std.array.map (fun x => x + 1) s.list", "?Array", "[2, 3]"},
     Row{"fields", "std.record.fields s.fields", "?Array", "[\"x\"]"},
     Row{"values", "std.record.values s.fields", "?Array", "[7]"},
     Row{"has_field", "std.record.has_field \"x\" s.fields", "?Bool", "true"});

ROWS(DynamicNames, Row{"static_fields_stay", "{ a = 1, \"%{s.text}\" = 2 }.a", "1", "1"},
     Row{"enumeration", "std.record.fields { a = 1, \"%{s.text}\" = 2 }", "?Array",
         "[\"a\", \"abc\"]"},
     Row{"access_by_unknown_name", "{ a = 1, abc = 2 }.\"%{s.text}\"", "?Dyn", "2"},
     Row{"insert_unknown_name", "std.record.insert s.text 1 { a = 2 }", "?Record",
         "{a = 2, abc = 1}"});

// What fails, fails now, and shows what is not known as such.
TEST(UnknownFailures, BlameByDeclaredType) {
    Bench bench(
        "{ resources = { s | t.Source = {}, sink | t.Sink = { value = s.text | Number } } }");
    bench.drive();
    ASSERT_EQ(bench.errors().size(), 1u);
    EXPECT_TRUE(bench.errors().front().starts_with("EvalError::BlameError"));
}

TEST(UnknownFailures, FailWithShowsKnownAfterApply) {
    Bench bench("{ resources = { s | t.Source = {}, "
                "sink | t.Sink = { value = std.fail_with \"no %{s.text} here\" } } }");
    bench.drive();
    ASSERT_EQ(bench.errors().size(), 1u);
    EXPECT_NE(bench.rendered().front().find("no (known after apply) here"), std::string::npos)
        << bench.rendered().front();
}

TEST(UnknownFailures, AnOperatorOnTheWrongDeclaredTypeIsAnErrorNow) {
    Bench bench("{ resources = { s | t.Source = {}, sink | t.Sink = { value = s.text + 1 } } }");
    bench.drive();
    ASSERT_EQ(bench.errors().size(), 1u);
    EXPECT_NE(bench.errors().front().find("a string known only after apply"), std::string::npos)
        << bench.errors().front();
}

TEST(UnknownFailures, AnOptionalFieldOfAnUnknownRecordIsNotMissing) {
    Bench bench("{ resources = { s | t.Source = {}, "
                "sink | t.Sink = { value = (s.fields | { y | optional, .. }).x } } }");
    bench.drive();
    EXPECT_TRUE(bench.errors().empty());
    EXPECT_EQ(bench.value("sink"), "?Dyn");
}

}
}
