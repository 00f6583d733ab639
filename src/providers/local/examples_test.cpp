#include "base/process/spawn.hpp"
#include "providers/local/testing.hpp"

namespace providers::local::testing {

class ExamplesTest : public LocalTest {
protected:
    ~ExamplesTest() override { EXPECT_TRUE(base::remove_tree(home_).ok()); }

    base::Ran provisioning(std::vector<std::string> arguments) {
        base::RunOptions options;
        options.spawn.program =
            base::join_path(base::current_directory().value(), host_.executable);
        options.spawn.arguments = {"provisioning", "-C", folder_};
        for (std::string& argument : arguments) {
            options.spawn.arguments.push_back(std::move(argument));
        }
        options.spawn.environment =
            base::child_environment({{"HOME", home_}}, options.spawn.program);
        auto ran = run(options);
        EXPECT_TRUE(ran.ok());
        return ran.ok() ? std::move(ran).value() : base::Ran();
    }

    // Elsewhere: what is remembered of a workspace is not in it.
    const std::string home_ = base::make_temporary_directory("home").value();
};

// What the reference shows works as it is shown, and leaves nothing behind.
TEST_F(ExamplesTest, AreAppliedPlannedAgainAndDestroyed) {
    for (const provider::ResourceType& type : provider().schema().types) {
        SCOPED_TRACE(type.name);
        write("main.ncl", "let local = import \"provisioning/local.ncl\" in\n" + type.example);
        const base::Ran applied = provisioning({"apply", "--yes"});
        EXPECT_EQ(applied.code, 0) << applied.output << applied.errors;
        const base::Ran again = provisioning({"plan", "--detailed-exitcode"});
        EXPECT_EQ(again.code, 0) << again.output << again.errors;
        const base::Ran destroyed = provisioning({"destroy", "--yes"});
        EXPECT_EQ(destroyed.code, 0) << destroyed.output << destroyed.errors;
        EXPECT_EQ(listing(), ".gitignore main.ncl ");
    }
}

}
