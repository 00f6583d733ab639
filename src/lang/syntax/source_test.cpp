#include "lang/syntax/source.hpp"

#include <gtest/gtest.h>

namespace lang {
namespace {

TEST(SourceMap, FindsPlaces) {
    SourceMap sources;
    const Source* first = sources.add("first", "ab\ncd");
    const Source* empty = sources.add("empty", "");
    const Source* second = sources.add("second", "é€x\n");
    EXPECT_EQ(sources.find(0), nullptr);
    EXPECT_EQ(sources.find(first->base + 5), first);
    EXPECT_EQ(sources.find(empty->base), empty);
    EXPECT_EQ(sources.find(second->base + 7), second);
    EXPECT_EQ(sources.find(second->base + 8), nullptr);
    Place place = sources.place(first->base + 4);
    EXPECT_EQ(place.source, first);
    EXPECT_EQ(place.line, 2U);
    EXPECT_EQ(place.column, 2U);
    EXPECT_EQ(sources.place(second->base + 5).column, 3U);
    EXPECT_EQ(sources.place(second->base + 7).line, 2U);
    EXPECT_EQ(sources.text({first->base + 3, first->base + 5}), "cd");
    EXPECT_EQ(sources.place(0).source, nullptr);
}

}
}
