#include "lang/workspace/testing.hpp"

// Secrets as programs have them: names, in whatever is made of them, and never the text.
namespace lang {
namespace {

using testing::Bench;

// What `expression` comes to with `s` a secret; or how it fails.
std::string value_of(const std::string& expression) {
    Bench bench("let p = import \"provisioning/prelude.ncl\" in\nlet s = p.secret \"env:A\" in\n"
                "{ resources = { it | t.Sink = { value = " +
                expression + " } } }");
    bench.drive();
    return bench.errors().empty() ? bench.value("it") : bench.errors().front();
}

TEST(ProgramSecrets, StandInTexts) {
    EXPECT_EQ(value_of("s"), "\"{env:A}\"!");
    EXPECT_EQ(value_of("\"Bearer %{s}!\""), "\"Bearer {env:A}!\"!");
    EXPECT_EQ(value_of("s ++ \"/\" ++ p.secret \"file:b\""), "\"{env:A}/{file:b}\"!");
    EXPECT_EQ(value_of("std.string.join \", \" [\"a\", s, \"c\"]"), "\"a, {env:A}, c\"!");
    EXPECT_EQ(value_of("std.string.join s [\"a\", \"b\"]"), "\"a{env:A}b\"!");
    EXPECT_EQ(value_of("std.to_string s"), "\"{env:A}\"!");
    EXPECT_EQ(value_of("m%\"\n  key:\n    %{s}\n  end\n\"%"), "\"key:\n  9({env:A})\nend\"!");
}

TEST(ProgramSecrets, AreHashedEncodedAndSerialisedWhereTheyAreResolved) {
    EXPECT_EQ(value_of("std.hash 'Sha256 s"), "\"2({env:A})\"!");
    EXPECT_EQ(value_of("std.hash 'Md5 \"salt%{s}\""), "\"0(salt{env:A})\"!");
    EXPECT_EQ(value_of("std.string.base64_encode 'Standard \"user:%{s}\""), "\"4(user:{env:A})\"!");
    EXPECT_EQ(value_of("std.serialize 'Json { a = 1, b = s, c = [\"x %{s}\"] }"),
              "\"{\n  \"a\": 1,\n  \"b\": 8({env:A}),\n  \"c\": [\n    8(x {env:A})\n  ]\n}\"!");
    EXPECT_EQ(value_of("std.serialize 'Yaml { b = s, c = \"x\" }"), "\"b: 8({env:A})\nc: x\n\"!");
    EXPECT_EQ(value_of("std.serialize 'Toml { b = s, c = [s] }"),
              "\"b = 8({env:A})\nc = [8({env:A})]\n\"!");
}

TEST(ProgramSecrets, AreStringsToTypes) {
    EXPECT_EQ(value_of("(s | String)"), "\"{env:A}\"!");
    EXPECT_EQ(value_of("std.is_string s"), "true!");
    EXPECT_EQ(value_of("std.typeof s == 'String"), "true!");
    EXPECT_EQ(value_of("{ a | String = s } & { a = s }"), "{a = \"{env:A}\"!}");
    EXPECT_EQ(value_of("[s, null] |> std.array.filter (fun x => x != null)"), "![\"{env:A}\"!]");
}

// Each would be told of the name instead of the secret.
TEST(ProgramSecrets, AreNotLookedInto) {
    for (const char* expression :
         {"std.string.length s",
          "s == \"x\"",
          "\"x\" != s",
          "s == s",
          "std.string.uppercase s",
          "std.string.is_match \"x\" s",
          "std.string.substring 0 1 s",
          "std.string.contains s \"x\"",
          "std.string.contains \"x\" s",
          "std.string.split \",\" s",
          "std.string.to_number s",
          "std.deserialize 'Json s",
          "s |> match { \"x\" => 1, _ => 2 }",
          "std.array.elem s [\"x\"]",
          "std.string.compare s \"x\"",
          "std.string.base64_decode 'Standard s",
          "std.record.has_field s { a = 1 }",
          "{ a = 1 }.\"%{s}\"",
          "{ \"%{s}\" = 1 }",
          "std.record.insert s 1 {}",
          "std.string.characters s",
          "std.trace s 1",
          "std.enum.to_tag_and_arg (std.enum.from_tag_and_arg { tag = s })",
          "std.string.replace \"a\" s \"b\"",
          "std.array.sort std.string.compare [s, \"b\"]"}) {
        const std::string told = value_of(expression);
        EXPECT_NE(told.find("secret"), std::string::npos) << expression << ": " << told;
        EXPECT_TRUE(told.starts_with("EvalError::")) << expression << ": " << told;
    }
}

// The characters that older programs put around a reference are characters.
TEST(ProgramSecrets, AreSpeltByNoText) {
    EXPECT_EQ(value_of("\"\\x02env:A\\x03\""), "\"\x02"
                                               "env:A\x03\"");
    EXPECT_EQ(value_of("std.deserialize 'Json \"{\\\"a\\\": \\\"\\\\u0002env:A\\\\u0003\\\"}\""),
              "{a = \"\x02"
              "env:A\x03\"}");
}

TEST(ProgramSecrets, AreTransformedOnlySoOften) {
    EXPECT_NE(value_of("std.array.fold_left (fun acc _ => std.hash 'Sha256 acc) s "
                       "(std.array.range 0 20)")
                  .find("transformed too many times"),
              std::string::npos);
}

}
}
