#include "base/result.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

namespace base {

static_assert(sizeof(Error) == sizeof(void*));
static_assert(sizeof(Result<int>) <= 16);
static_assert(sizeof(Result<void>) == sizeof(void*));

static Result<int> half(int number) {
    if (number % 2 != 0) return invalid_argument("odd").with_help("take an even one");
    return number / 2;
}

static Result<std::string> describe(int number) {
    const int result = TRY(half(number).context("halving"));
    return std::to_string(result) + "/" + std::to_string(TRY(half(result)));
}

TEST(Result, ValuesAndErrorsPassThroughTry) {
    EXPECT_EQ(describe(8).value(), "4/2");
    const Result<std::string> failed = describe(3);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().text(), "halving: odd");
    EXPECT_EQ(failed.error().help(), "take an even one");
    EXPECT_EQ(describe(2).error().text(), "odd");
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
    Result<std::unique_ptr<int>> made = std::make_unique<int>(7);
    const std::unique_ptr<int> taken = std::move(made).value();
    EXPECT_EQ(*taken, 7);
    Result<void> nothing;
    EXPECT_TRUE(nothing.ok());
    nothing = internal("broken");
    EXPECT_FALSE(nothing.ok());
}

TEST(Result, ErrorsOfSystemCallsHaveCodes) {
    EXPECT_EQ(system_error("opening x", ENOENT).code(), Code::NotFound);
    EXPECT_EQ(system_error("opening x", ENOENT).text(), "opening x: No such file or directory");
    EXPECT_EQ(system_error("writing x", ENOSPC).code(), Code::CannotWrite);
}

TEST(ResultDeathTest, TakingTheValueOfAFailureSaysWhichFailure) {
    EXPECT_DEATH(static_cast<void>(half(1).value()), "the value of a failure was taken: odd");
}

}
