#include "cli/advice.hpp"
#include "cli/exit_code.hpp"
#include "cli/render_error.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <map>

namespace cli {
namespace {

using base::Code;
using base::Next;

TEST(ExitCodes, FollowFromTheCodeAlone) {
    const std::map<Code, int> expected{
        {Code::InvalidArgument, 65},  {Code::Usage, 64},
        {Code::NotFound, 66},         {Code::AlreadyExists, 1},
        {Code::PermissionDenied, 77}, {Code::NotApproved, 77},
        {Code::Unauthenticated, 65},  {Code::FailedPrecondition, 1},
        {Code::Conflict, 75},         {Code::Busy, 75},
        {Code::OutOfDate, 76},        {Code::Exhausted, 1},
        {Code::CannotWrite, 73},      {Code::Unavailable, 69},
        {Code::DeadlineExceeded, 69}, {Code::Cancelled, 130},
        {Code::Unimplemented, 1},     {Code::DataLoss, 74},
        {Code::Internal, 1},
    };
    for (int i = 0; i <= static_cast<int>(Code::Internal); ++i) {
        const auto code = static_cast<Code>(i);
        ASSERT_TRUE(expected.contains(code)) << base::name_of(code);
        EXPECT_EQ(exit_code_of(base::Error(code, "no")), expected.at(code)) << base::name_of(code);
    }
}

// Whatever is left out of an advice, its words are a sentence.
TEST(Advice, HasWordsForAllOfThem) {
    for (int i = 0; i <= static_cast<int>(Next::ChangeSetting); ++i) {
        const auto next = static_cast<Next>(i);
        EXPECT_FALSE(base::name_of(next).empty()) << i;
        const std::string words = words_of({.next = next, .subject = "web", .object = "7"});
        EXPECT_FALSE(words.empty()) << base::name_of(next);
        EXPECT_EQ(words.find('\n'), std::string::npos) << words;
    }
    EXPECT_EQ(words_of({.next = Next::ImportResource, .subject = "web", .object = "7"}),
              "`provisioning import web 7` takes it over");
    EXPECT_EQ(words_of({.next = Next::ImportResource}),
              "`provisioning import ADDRESS ID` takes it over");
}

TEST(Errors, AreDataAndWordsInJson) {
    const base::Error error =
        base::Error(Code::AlreadyExists, "the name is taken")
            .with_help("choose another name, or take it over")
            .with_advice({.next = Next::ImportResource, .subject = "web", .object = "7"});
    const json::Value shown = json::parse(render_error_json(error)).value();
    const json::Value& told = *shown.find("error");
    EXPECT_EQ(told.string_or("code", ""), "AlreadyExists");
    EXPECT_EQ(told.int64_or("exit_code", 0), 1);
    EXPECT_EQ(told.string_or("help", ""), "choose another name, or take it over\n"
                                          "`provisioning import web 7` takes it over");
    EXPECT_EQ(json::to_text(*told.find("advice")),
              R"({"next":"ImportResource","subject":"web","object":"7"})");
}

TEST(Errors, AdviceWithoutSubjectHasNone) {
    const base::Error error =
        base::Error(Code::OutOfDate, "it moved").with_advice({.next = Next::PlanAgain});
    const json::Value shown = json::parse(render_error_json(error)).value();
    EXPECT_EQ(json::to_text(*shown.find("error", "advice")), R"({"next":"PlanAgain"})");
}

}
}
