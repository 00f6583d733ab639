#include "lang/syntax/place_finder.hpp"

#include <gtest/gtest.h>

namespace lang {
namespace {

TEST(PlaceFinder, FindsWhatTheSourceMapFinds) {
    SourceMap sources;
    ASSERT_TRUE(sources.add("one", "a\n\nb\xC3\xA9"
                                   "c\nd"));
    ASSERT_TRUE(sources.add("two", ""));
    const Source* last = sources.add("three", "\n{ x = 1 }\n");
    ASSERT_TRUE(last);
    PlaceFinder finder;
    for (Pos step : {1u, 7u}) {   // in order, and from one source to another
        for (Pos i = 0; i < last->base + 14; ++i) {
            Pos pos = i * step % (last->base + 14);
            Place wanted = sources.place(pos);
            Place found = finder.find(sources, pos);
            EXPECT_EQ(found.source, wanted.source) << pos;
            EXPECT_EQ(found.line, wanted.line) << pos;
            EXPECT_EQ(found.column, wanted.column) << pos;
        }
    }
}

}
}
