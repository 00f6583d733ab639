#include "base/fs.hpp"
#include "base/process/environment.hpp"
#include "base/process/spawn.hpp"
#include "providers/upcloud/provider.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace providers::upcloud {
namespace {

class UpcloudExamples : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = base::make_temporary_directory("upcloud-examples").value();
        const auto given = base::environment_variable("PROVISIONING_BINARY");
        if (given) executable_ = *given;
    }
    void TearDown() override {
        run({"sandbox", "stop", "--dir", folder_ + "/.provisioning/sandbox/upcloud"});
        (void)base::remove_tree(folder_);
    }

    base::Ran run(const std::vector<std::string>& arguments) {
        base::RunOptions options;
        options.spawn.program = executable_;
        options.spawn.arguments = {"provisioning", "-C", folder_};
        for (const std::string& argument : arguments) options.spawn.arguments.push_back(argument);
        options.spawn.environment = base::child_environment({{"HOME", folder_}}, executable_);
        auto ran = base::run(options);
        EXPECT_TRUE(ran.ok());
        return ran.ok() ? std::move(ran).value() : base::Ran();
    }

    std::string folder_;
    std::string executable_ = base::current_directory().value() + "/build/dev/provisioning";
};

// What the reference shows works as it is shown, and leaves nothing behind.
TEST_F(UpcloudExamples, AreAppliedPlannedAgainAndDestroyed) {
    const std::string head = "let upcloud = import \"provisioning/upcloud.ncl\" in\n";
    ASSERT_TRUE(base::write_file_atomic(folder_ + "/main.ncl", head + "{}\n").ok());
    const base::Ran sandbox =
        run({"sandbox", "start", "--cloud", "upcloud", "--speed", "200", "--rate-limit", "0"});
    ASSERT_EQ(sandbox.code, 0) << sandbox.errors;
    for (const provider::ResourceType& type : provider().schema().types) {
        SCOPED_TRACE(type.name);
        ASSERT_TRUE(base::write_file_atomic(folder_ + "/main.ncl", head + type.example).ok());
        const base::Ran applied = run({"apply", "--yes"});
        EXPECT_EQ(applied.code, 0) << applied.output << applied.errors;
        const base::Ran again = run({"plan", "--detailed-exitcode"});
        EXPECT_EQ(again.code, 0) << again.output << again.errors;
        const base::Ran destroyed = run({"destroy", "--yes"});
        EXPECT_EQ(destroyed.code, 0) << destroyed.output << destroyed.errors;
    }
}

}
}
