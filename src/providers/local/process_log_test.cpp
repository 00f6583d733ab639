#include "base/process/spawn.hpp"
#include "providers/local/process_testing.hpp"

#include <csignal>

// What a local.Process prints: where it goes, how much of it is kept, and what is told of it.
namespace providers::local::testing {

TEST_F(ProcessTest, RotatesItsLog) {
    Value inputs = checked(shell("touch up; while :; do echo 0123456789; done"));
    inputs.set("log", Value::Record{{"file", "log/out"},
                                    {"max_bytes", std::int64_t{10'000}},
                                    {"keep", std::int64_t{2}}});
    const auto create = intent("local.Process", Action::Create, inputs);
    const auto made = must(create);
    EXPECT_EQ(shown_text(made.outputs, "log_file"), path("log/out"));
    EXPECT_TRUE(eventually([&] { return base::file_exists(path("log/out.2")); }));
    must(next(create, made, Action::Delete, inputs));
    EXPECT_EQ(listing("log"), "out out.1 out.2 ");
    EXPECT_LE(content("log/out.1").size(), 70'000u);
}

TEST_F(ProcessTest, StopsWhatPrintsWithoutEnd) {
    Value inputs = shell("exec yes");
    inputs.set("log",
               Value::Record{{"max_bytes", std::int64_t{100'000}}, {"keep", std::int64_t{1}}});
    const auto create = intent("local.Process", Action::Create, inputs);
    const auto made = must(create);
    const auto pid = static_cast<pid_t>(status(made.key).pid);
    EXPECT_TRUE(start(next(create, made, Action::Delete, inputs)).ok());
    EXPECT_EQ(base::start_time_of(pid), 0u);
}

TEST_F(ProcessTest, KeepsItsLogSmallWhereItCannotBeRenamed) {
    Value inputs = checked(shell("touch up; i=0; while [ $i -lt 40000 ]; do echo 0123456789; "
                                 "i=$((i+1)); done; touch printed; exec sleep 600"));
    inputs.set("log", Value::Record{{"file", "log/out"},
                                    {"max_bytes", std::int64_t{10'000}},
                                    {"keep", std::int64_t{1}}});
    // A folder with something in it takes the older file's name.
    ASSERT_TRUE(base::make_directories(path("log/out.1/full")).ok());
    const auto create = intent("local.Process", Action::Create, inputs);
    const auto made = must(create);
    EXPECT_TRUE(eventually([&] { return base::file_exists(path("printed")); }));
    must(next(create, made, Action::Delete, inputs));
    EXPECT_LE(content("log/out").size(), 70'000u);
}

TEST_F(ProcessTest, ShowsWhyItIsStartedAgainAndAgain) {
    Value inputs = checked(shell("touch up; [ -e bad ] && { echo broken config; exit 3; }; "
                                 "exec sleep 600"));
    inputs.set("restart_limit", std::int64_t{1000});
    const auto create = intent("local.Process", Action::Create, inputs);
    const auto made = must(create);
    EXPECT_EQ(shown_text(made.outputs, "problem"), "");
    write("bad", "");
    ::kill(static_cast<pid_t>(status(made.key).pid), SIGKILL);
    EXPECT_TRUE(eventually([&] {
        const auto now = read("local.Process", made.key, inputs);
        return now && shown_text(now->outputs, "status") == "restarting" &&
               shown_text(now->outputs, "problem").find("broken config") != std::string::npos;
    }));
    const auto now = read("local.Process", made.key, inputs);
    ASSERT_TRUE(now);
    const std::string problem = shown_text(now->outputs, "problem");
    EXPECT_TRUE(problem.starts_with("the process ended with exit code 3; its last lines:\n"
                                    "broken config\n(started again "))
        << problem;
    Value secret = inputs;
    Value token("s3cr3t-value");
    token.mark_secret();
    secret.set("environment", Value::Record{{"TOKEN", token}});
    const auto hidden = read("local.Process", made.key, secret);
    ASSERT_TRUE(hidden);
    ASSERT_NE(hidden->outputs.find("problem"), nullptr);
    EXPECT_TRUE(hidden->outputs.find("problem")->is_secret()) << "it may print what it was given";
}

}
