#include "provider/provider.hpp"

#include <gtest/gtest.h>

namespace provider {
namespace {

using base::Code;

base::Error error_of(Code code, bool is_about_account = false) {
    auto failure = std::make_shared<CallFailure>();
    failure->is_about_account = is_about_account;
    return base::Error(code, "no").with_detail(std::move(failure));
}

TEST(CallFailures, SomeCodesAreAlwaysAboutTheConnection) {
    for (const Code code :
         {Code::Unavailable, Code::DeadlineExceeded, Code::Cancelled, Code::Unauthenticated}) {
        EXPECT_TRUE(is_about_connection(base::Error(code, "no"))) << base::name_of(code);
    }
}

// A file that may not be read is no token that may not be used.
TEST(CallFailures, OthersOnlyWhenTheyAreToldToBe) {
    for (const Code code : {Code::PermissionDenied, Code::Busy, Code::InvalidArgument,
                            Code::NotFound, Code::Conflict, Code::Exhausted, Code::DataLoss}) {
        EXPECT_FALSE(is_about_connection(base::Error(code, "no"))) << base::name_of(code);
        EXPECT_FALSE(is_about_connection(error_of(code))) << base::name_of(code);
        EXPECT_TRUE(is_about_connection(error_of(code, true))) << base::name_of(code);
    }
}

// Damaged is our own data, out of date our own plan: an answer of a platform is neither.
TEST(CallFailures, ALookThatFailsHasTheCodeOfNoAnswerButForWhoAsks) {
    for (const Code code : {Code::DeadlineExceeded, Code::PermissionDenied, Code::Unauthenticated,
                            Code::Busy, Code::Cancelled}) {
        EXPECT_EQ(call_code(base::Error(code, "no")), code) << base::name_of(code);
    }
    for (const Code code :
         {Code::Unavailable, Code::InvalidArgument, Code::DataLoss, Code::OutOfDate, Code::NotFound,
          Code::Conflict, Code::Exhausted, Code::FailedPrecondition, Code::Internal}) {
        EXPECT_EQ(call_code(base::Error(code, "no")), Code::Unavailable) << base::name_of(code);
    }
}

}
}
