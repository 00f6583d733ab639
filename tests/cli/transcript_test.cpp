#include "transcript.hpp"

#include <gtest/gtest.h>

namespace transcript {

using Lines = std::vector<std::string>;

TEST(Transcript, ReadsCommandsHereDocumentsAndCodes) {
    const std::string text = "# about\n"
                             "$ cat > f <<'EOF'\n"
                             "$ not a command\n"
                             "EOF\n"
                             "\n"
                             "# second\n"
                             "$ if true; then\n"
                             "> false; fi\n"
                             "out\n"
                             "? 1\n"
                             "\n"
                             "# last words\n";
    const Transcript transcript = parse(text).value();
    ASSERT_EQ(transcript.steps.size(), 2U);
    EXPECT_EQ(transcript.steps[0].command, "cat > f <<'EOF'\n$ not a command\nEOF");
    EXPECT_EQ(transcript.steps[0].output, Lines{});
    EXPECT_EQ(transcript.steps[1].preamble, (Lines{"", "# second"}));
    EXPECT_EQ(transcript.steps[1].command, "if true; then\nfalse; fi");
    EXPECT_EQ(transcript.steps[1].output, Lines{"out"});
    EXPECT_EQ(transcript.steps[1].exit_code, 1);
    EXPECT_EQ(normalize(transcript), text);
}

TEST(Transcript, RefusesWhatItDoesNotUnderstand) {
    EXPECT_FALSE(parse("").ok());
    EXPECT_FALSE(parse("output without a command\n").ok());
    EXPECT_FALSE(parse("$ cat <<EOF\nnever closed\n").ok());
}

TEST(Transcript, WildcardsStandForAnythingInALine) {
    EXPECT_TRUE(line_matches("took [..] s, id [..]", "took 1.2 s, id x"));
    EXPECT_FALSE(line_matches("took [..] s, id [..]", "took 1.2 s"));
    EXPECT_TRUE(line_matches("[..]", ""));
    EXPECT_FALSE(line_matches("a[..]b[..]c", "acb"));
    EXPECT_FALSE(line_matches("plain", "plain "));
}

TEST(Transcript, AStepMayTakeLongerThanExpected) {
    EXPECT_TRUE(line_matches("✓ web created", "✓ web created in 1.2 s"));
    EXPECT_TRUE(line_matches("✓ web created", "✓ web created in 2m 03s"));
    EXPECT_TRUE(line_matches("✓ web created in [..] s", "✓ web created in 1.2 s"));
    EXPECT_FALSE(line_matches("✓ web created in [..] s", "✓ web created"));
    EXPECT_FALSE(line_matches("✓ web created", "✓ web created in vain"));
    EXPECT_FALSE(line_matches("✓ web created", "✓ web changed in 1.2 s"));
    EXPECT_FALSE(line_matches("✗ web creating failed", "✗ web creating failed in 1.2 s"));
}

TEST(Transcript, DotsStandForAnyNumberOfLines) {
    EXPECT_TRUE(lines_match({"a", "...", "d"}, {"a", "b", "c", "d"}));
    EXPECT_TRUE(lines_match({"...", "d"}, {"d"}));
    EXPECT_FALSE(lines_match({"a", "...", "d"}, {"a", "b"}));
    EXPECT_FALSE(lines_match({"a"}, {"a", "b"}));
    EXPECT_FALSE(lines_match({"a", "b"}, {"a"}));
}

TEST(Transcript, AcceptingKeepsWildcardsThatStillFit) {
    EXPECT_EQ(accepted_lines({"took [..] s", "old"}, {"new", "took 3 s"}),
              (Lines{"new", "took [..] s"}));
}

}
