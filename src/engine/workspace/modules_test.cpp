#include "engine/workspace/modules.hpp"

#include <gtest/gtest.h>

namespace engine {
namespace {

TEST(Modules, TellTheEvaluatorTheTypesOfASchema) {
    const provider::Schema schema{
        .provider = "local",
        .doc = "Files.",
        .types = {{.name = "local.File",
                   .inputs = {{.name = "path", .doc = "Where.", .required = true}},
                   .outputs = {{.name = "sha256", .type = value::ValueType::String}},
                   .key = "path"}}};
    const lang::BuiltinModule module = builtin_module(schema);
    EXPECT_EQ(module.name, "local");
    ASSERT_EQ(module.types.size(), 1U);
    EXPECT_EQ(module.types[0].name, "local.File");
    EXPECT_EQ(module.types[0].outputs[0].name, "sha256");
    EXPECT_NE(prelude_module().source.find("AbsolutePath"), std::string::npos);
}

}
}
