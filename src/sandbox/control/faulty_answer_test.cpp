#include "sandbox/control/faulty_answer.hpp"

#include <gtest/gtest.h>

namespace sandbox {
namespace {

using std::chrono::milliseconds;

// "bytes after PAUSE" of each part, and whether the connection stays.
std::string sent(FaultyAnswer faulty) {
    const net::Answer answer = std::move(faulty).to_answer();
    if (!answer.filter) return "as it is";
    const net::Transmission out = answer.filter("HEAD;", answer.response.body);
    std::string text;
    for (const auto& part : out.parts) {
        text += part.bytes + " after " + std::to_string(part.pause.count()) + "\n";
    }
    return text + (out.keeps_open ? "open" : "closed");
}

FaultyAnswer answer(std::string body) {
    return {.response = {.status = 200, .headers = {}, .body = std::move(body)}};
}

TEST(FaultyAnswer, GoesOutAsItIsWithoutAFault) { EXPECT_EQ(sent(answer("abc")), "as it is"); }

TEST(FaultyAnswer, IsDroppedWithoutAByte) {
    FaultyAnswer faulty = answer("abc");
    faulty.is_dropped = true;
    faulty.delay = milliseconds(5);
    EXPECT_EQ(sent(faulty), "closed");
}

TEST(FaultyAnswer, IsLateAsAWhole) {
    FaultyAnswer faulty = answer("abc");
    faulty.delay = milliseconds(70);
    EXPECT_EQ(sent(faulty), "HEAD;abc after 70\nopen");
}

TEST(FaultyAnswer, IsSpreadInPiecesThatTakeTheTime) {
    FaultyAnswer faulty = answer("abc");
    faulty.delay = milliseconds(7);
    faulty.spread = milliseconds(30);
    EXPECT_EQ(sent(faulty), "HEAD; after 7\na after 10\nb after 10\nc after 10\nopen");
    faulty = answer(std::string(1000, 'x'));
    faulty.spread = milliseconds(2000);
    const net::Answer made = std::move(faulty).to_answer();
    const net::Transmission out = made.filter("", made.response.body);
    EXPECT_EQ(out.parts.size(), 21U) << "the head and twenty pieces";
    EXPECT_EQ(out.parts.back().pause, milliseconds(100));
}

}
}
