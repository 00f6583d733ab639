#include "base/fs.hpp"
#include "base/process/environment.hpp"
#include "base/process/spawn.hpp"
#include "providers/aws/provider.hpp"

#include <gtest/gtest.h>

namespace providers::aws {
namespace {

// What the reference shows is a program without a fault. That it is applied, planned again and
// destroyed as well is tested against an emulator: tests/interop/aws.sh.
TEST(AwsExamples, AreChecked) {
    const std::string folder = base::make_temporary_directory("aws-examples").value();
    const std::string executable =
        base::environment_variable("PROVISIONING_BINARY")
            .value_or(base::current_directory().value() + "/build/dev/provisioning");
    for (const provider::ResourceType& type : provider().schema().types) {
        SCOPED_TRACE(type.name);
        ASSERT_TRUE(
            base::write_file_atomic(folder + "/main.ncl",
                                    "let aws = import \"provisioning/aws.ncl\" in\n" + type.example)
                .ok());
        base::RunOptions options;
        options.spawn.program = executable;
        options.spawn.arguments = {"provisioning", "-C", folder, "check"};
        options.spawn.environment = base::child_environment({{"HOME", folder}}, executable);
        const auto ran = base::run(options);
        ASSERT_TRUE(ran.ok());
        EXPECT_EQ(ran->code, 0) << ran->output << ran->errors;
    }
    (void)base::remove_tree(folder);
}

}
}
