#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Base64, IsReadAsItIsWritten) {
    for (const std::string text : {"", "a", "ab", "abc", "user:pass\xff\x01"}) {
        EXPECT_EQ(decode_base64(encode_base64(text)), text);
        EXPECT_EQ(decode_base64(encode_base64(text, Base64::NoPad)), text);
    }
}

TEST(Base64, RefusesWhatIsNone) {
    for (const char* text : {"a", "abcde", "ab-_", "a b=", "===="}) {
        EXPECT_EQ(decode_base64(text), std::nullopt) << text;
    }
}

}
}
