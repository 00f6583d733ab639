#include "lang/syntax/primops.hpp"

#include <gtest/gtest.h>

namespace lang {
namespace {

TEST(PrimOps, AreFoundByName) {
    std::size_t index = 0;
    for (const PrimOpSpec& spec : primops()) {
        auto id = find_primop(spec.name);
        ASSERT_TRUE(id.has_value()) << spec.name;
        EXPECT_EQ(static_cast<std::size_t>(*id), index++);
        EXPECT_GE(spec.operands, 1);
    }
    EXPECT_EQ(primop(PrimOpId::ArrayAt).name, "array/at");
    EXPECT_EQ(primop(PrimOpId::EnumEmbed).operands, 2);
    EXPECT_EQ(primop(PrimOpId::LabelInsertTypeVariable).operands, 3);
    EXPECT_EQ(primop(PrimOpId::RecordSealTail).operands, 4);
    EXPECT_FALSE(find_primop("rec_force").has_value());
    EXPECT_FALSE(find_primop("").has_value());
}

}
}
