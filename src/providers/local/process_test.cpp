#include "base/process/spawn.hpp"
#include "providers/local/process_testing.hpp"

#include <csignal>

#include <arpa/inet.h>
#include <sys/socket.h>

namespace providers::local::testing {

TEST_F(ProcessTest, LivesOnAndIsStopped) {
    const auto create = intent("local.Process", Action::Create, checked(shell(kServe)));
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Absent);
    const auto made = must(create);
    EXPECT_EQ(shown_text(made.outputs, "status"), "healthy");
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Done);
    const Status running = status(made.key);
    EXPECT_NE(base::start_time_of(static_cast<pid_t>(running.pid)), 0u);
    EXPECT_EQ(::getsid(static_cast<pid_t>(running.pid)), running.pid) << "a session of its own";
    EXPECT_NE(::getsid(static_cast<pid_t>(running.supervisor)), ::getsid(0));
    const auto seen = read("local.Process", made.key, create.inputs);
    ASSERT_TRUE(seen);
    EXPECT_EQ(plan("local.Process", *seen, create.inputs, create.inputs).action,
              provider::PlannedAction::None);
    const auto removal = next(create, made, Action::Delete, create.inputs);
    EXPECT_EQ(find(removal).kind, provider::LookupResult::Kind::Absent);
    EXPECT_TRUE(start(removal).ok());
    EXPECT_TRUE(
        eventually([&] { return base::start_time_of(static_cast<pid_t>(running.pid)) == 0; }));
    // The supervisor lets go of its lock first and exits a moment later.
    EXPECT_TRUE(eventually(
        [&] { return base::start_time_of(static_cast<pid_t>(running.supervisor)) == 0; }));
    EXPECT_EQ(find(removal).kind, provider::LookupResult::Kind::Done);
    EXPECT_TRUE(start(removal).ok());
    EXPECT_FALSE(base::file_exists(client(made.key).folder()));
}

TEST_F(ProcessTest, HasNothingButThreeDescriptors) {
    const auto made =
        must(intent("local.Process", Action::Create, shell("ls -l /proc/self/fd; exec sleep 600")));
    EXPECT_TRUE(eventually([&] {
        const auto log = base::read_file(shown_text(made.outputs, "log_file"));
        return log.ok() && log->find(" 3 -> /proc/") != std::string::npos;
    }));
    const std::string log = base::read_file(shown_text(made.outputs, "log_file")).value();
    EXPECT_EQ(log.find(" 4 -> "), std::string::npos) << log;   // 3 is ls's own
    for (const std::string& fd :
         base::list_directory("/proc/" + std::to_string(status(made.key).supervisor) + "/fd")
             .value()) {
        const std::string link =
            base::real_path("/proc/" + std::to_string(status(made.key).supervisor) + "/fd/" + fd)
                    .ok()
                ? base::real_path("/proc/" + std::to_string(status(made.key).supervisor) + "/fd/" +
                                  fd)
                      .value()
                : "";
        EXPECT_TRUE(link.empty() || link == "/dev/null" || link.starts_with(folder_)) << link;
    }
}

TEST_F(ProcessTest, AnotherAttemptTakesUpTheSameOne) {
    const auto create = intent("local.Process", Action::Create, checked(shell(kServe)));
    const auto first = must(create);
    const auto pid = status(first.key).pid;
    EXPECT_EQ(must(create).key, first.key);
    EXPECT_EQ(status(first.key).pid, pid);
}

TEST_F(ProcessTest, TellsWhyItDidNotBecomeHealthy) {
    const auto create = intent("local.Process", Action::Create,
                               checked(shell("echo cannot find the config; exec sleep 600")));
    EXPECT_EQ(refusal(create), "the process was not healthy within 500 ms: the health command "
                               "failed; its last lines:\ncannot find the config");
    const auto found = find(create);
    EXPECT_EQ(found.kind, provider::LookupResult::Kind::Absent);
    EXPECT_NE(found.reason.find("not healthy"), std::string::npos);
    const std::string id = base::list_directory(host_.state_dir + "/processes").value()[0];
    EXPECT_EQ(status(id).pid, 0) << "nothing is left running";
    EXPECT_FALSE(client(id).is_alive());
    must(intent("local.Process", Action::Create, checked(shell(kServe))));
    EXPECT_EQ(base::list_directory(host_.state_dir + "/processes").value().size(), 1u)
        << "what the failed attempt left is gone";
}

TEST_F(ProcessTest, TellsWhyItEnded) {
    EXPECT_EQ(
        refusal(intent("local.Process", Action::Create, shell("echo no such port >&2; exit 3"))),
        "the process ended with exit code 3; its last lines:\nno such port");
    EXPECT_EQ(refusal(intent("local.Process", Action::Create, shell("exit 0"))),
              "the process ended with exit code 0");
    Value missing = shell("");
    missing.set("command", Value::Array{"/no/such/program"});
    EXPECT_EQ(refusal(intent("local.Process", Action::Create, missing)),
              "starting \"/no/such/program\": No such file or directory");
    Value nowhere = shell(kServe);
    nowhere.set("directory", "missing");
    EXPECT_EQ(refusal(intent("local.Process", Action::Create, nowhere)),
              "entering \"" + path("missing") + "\": No such file or directory");
}

TEST_F(ProcessTest, IsStartedAgainAfterACrash) {
    const auto create = intent("local.Process", Action::Create,
                               checked(shell("echo start >> starts; touch up; exec sleep 600")));
    const auto made = must(create);
    const auto pid = static_cast<pid_t>(status(made.key).pid);
    ::kill(pid, SIGKILL);
    EXPECT_TRUE(eventually([&] {
        const Status now = status(made.key);
        return now.restarts == 1 && now.state == Status::State::Running && now.pid != pid;
    }));
    EXPECT_EQ(content("starts"), "start\nstart\n");
    EXPECT_TRUE(read("local.Process", made.key, create.inputs));
}

TEST_F(ProcessTest, IsGivenUpWhenItCrashesAgainAndAgain) {
    const auto create =
        intent("local.Process", Action::Create,
               checked(shell("touch up; [ -e bad ] && { echo broken; exit 1; }; exec sleep 600")));
    const auto made = must(create);
    write("bad", "");
    ::kill(static_cast<pid_t>(status(made.key).pid), SIGKILL);
    EXPECT_TRUE(eventually([&] { return !client(made.key).is_alive(); }));
    const Status over = status(made.key);
    EXPECT_EQ(over.state, Status::State::Failed);
    EXPECT_EQ(over.restarts, 3);
    EXPECT_EQ(over.reason, "given up after 3 restarts within a minute: the process ended with exit "
                           "code 1; its last lines:\nbroken");
    EXPECT_FALSE(read("local.Process", made.key, create.inputs));
}

TEST_F(ProcessTest, IsNotStartedAgainAgainstItsPolicy) {
    Value inputs = checked(shell("touch up; while [ ! -e end ]; do sleep 0.01; done"));
    auto create = intent("local.Process", Action::Create, inputs);
    const auto made = must(create);
    write("end", "");
    EXPECT_TRUE(eventually([&] { return !client(made.key).is_alive(); }));
    EXPECT_EQ(status(made.key).state, Status::State::Ended) << "on failure only";
    ::unlink(path("end").c_str());
    inputs.set("restart", "Always");
    const auto always = must(intent("local.Process", Action::Create, inputs));
    write("end", "");
    EXPECT_TRUE(eventually([&] { return status(always.key).restarts > 0; }));
    ::unlink(path("end").c_str());
    inputs.set("restart", "Never");
    const auto never = must(intent("local.Process", Action::Create, inputs));
    ::kill(static_cast<pid_t>(status(never.key).pid), SIGKILL);
    EXPECT_TRUE(eventually([&] { return !client(never.key).is_alive(); }));
    EXPECT_EQ(status(never.key).state, Status::State::Failed);
}

TEST_F(ProcessTest, IsRestartedWhenItIsUnhealthy) {
    const auto create = intent("local.Process", Action::Create, checked(shell(kServe)));
    const auto made = must(create);
    const auto pid = status(made.key).pid;
    ::unlink(path("up").c_str());   // the new one touches it again
    EXPECT_TRUE(eventually([&] {
        const Status now = status(made.key);
        return now.state == Status::State::Running && now.pid != pid && now.pid != 0;
    }));
}

// Its run died, or was ended by a second interrupt, while it came up.
TEST_F(ProcessTest, WhatWasBeingStartedIsWaitedFor) {
    Value inputs = checked(shell("sleep 0.3; touch up; exec sleep 600"));
    Value health = *inputs.find("health");
    health.set("start_timeout", std::int64_t{20});
    inputs.set("health", health);
    const auto create = intent("local.Process", Action::Create, inputs);
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_FALSE(connection_->start(create, {.stop = stopped.get_token()}).ok());
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Done);
    EXPECT_EQ(shown_text(must(create).outputs, "status"), "healthy");
}

TEST_F(ProcessTest, TakesNewSettingsAsItRuns) {
    const auto create = intent("local.Process", Action::Create, checked(shell(kServe)));
    const auto made = must(create);
    const auto pid = status(made.key).pid;
    Value settings = create.inputs;
    settings.set("restart", "Never");
    const auto update = next(create, made, Action::Update, settings);
    EXPECT_EQ(plan("local.Process", made, create.inputs, settings).action,
              provider::PlannedAction::Update);
    EXPECT_EQ(find(update).kind, provider::LookupResult::Kind::Absent);
    must(update);
    EXPECT_EQ(find(update).kind, provider::LookupResult::Kind::Done);
    EXPECT_EQ(status(made.key).pid, pid) << "it was not touched";
    Value unhealthy = settings;
    unhealthy.set("health",
                  Value::Record{{"command", Value::Array{"/bin/false"}},
                                {"start_timeout", value::Rational::from_fraction(1, 10)}});
    EXPECT_TRUE(refusal(next(update, made, Action::Update, unhealthy))
                    .starts_with("the process was not healthy within 100 ms"));
}

TEST_F(ProcessTest, IsRestartedWhenItsCommandChanges) {
    const auto create = intent("local.Process", Action::Create, checked(shell(kServe)));
    const auto made = must(create);
    const auto pid = status(made.key).pid;
    const Value changed = checked(shell("touch up; echo second; exec sleep 601"));
    const auto updated = must(next(create, made, Action::Update, changed));
    EXPECT_EQ(updated.key, made.key);
    EXPECT_NE(status(made.key).pid, pid);
    EXPECT_TRUE(eventually([&] { return base::start_time_of(static_cast<pid_t>(pid)) == 0; }));
}

TEST_F(ProcessTest, DiesWithItsSupervisorAndIsStartedAgain) {
    const auto create = intent("local.Process", Action::Create, checked(shell(kServe)));
    const auto made = must(create);
    const Status before = status(made.key);
    ::kill(static_cast<pid_t>(before.supervisor), SIGKILL);
    EXPECT_TRUE(eventually([&] { return !client(made.key).is_alive(); }));
    EXPECT_FALSE(read("local.Process", made.key, create.inputs));
    EXPECT_TRUE(
        eventually([&] { return base::start_time_of(static_cast<pid_t>(before.pid)) == 0; }));
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Absent);
    const auto again = must(create);
    EXPECT_EQ(again.key, made.key);
    EXPECT_NE(status(made.key).supervisor, before.supervisor);
}

TEST_F(ProcessTest, LeftoversOfAKilledSupervisorAreKilledToo) {
    const auto create = intent("local.Process", Action::Create,
                               checked(shell("sleep 600 & echo $! > child; touch up; wait")));
    const auto made = must(create);
    const int child = std::atoi(content("child").c_str());
    ::kill(static_cast<pid_t>(status(made.key).supervisor), SIGKILL);
    EXPECT_TRUE(eventually([&] { return !client(made.key).is_alive(); }));
    EXPECT_NE(base::start_time_of(child), 0u) << "only the process itself dies with the supervisor";
    must(next(create, made, Action::Delete, create.inputs));
    EXPECT_TRUE(eventually([&] { return base::start_time_of(child) == 0; }));
}

TEST_F(ProcessTest, KillsWhatDoesNotStop) {
    Value inputs = checked(
        shell("trap '' TERM; sleep 600 & echo $! > child; touch up; while :; do wait; done"));
    inputs.set("stop_timeout", value::Rational::from_fraction(1, 10));
    const auto create = intent("local.Process", Action::Create, inputs);
    const auto made = must(create);
    const auto pid = static_cast<pid_t>(status(made.key).pid);
    EXPECT_TRUE(start(next(create, made, Action::Delete, inputs)).ok());
    EXPECT_EQ(base::start_time_of(pid), 0u);
    EXPECT_EQ(base::start_time_of(std::atoi(content("child").c_str())), 0u);
}

TEST_F(ProcessTest, NeverSignalsALaterProcessOfThatNumber) {
    const auto start_time = base::start_time_of(::getpid());
    EXPECT_FALSE(signal_if_same(::getpid(), start_time + 1, base::boot_id(), SIGKILL));
    EXPECT_FALSE(signal_if_same(::getpid(), start_time, "another-boot", SIGKILL));
    EXPECT_FALSE(signal_if_same(1, base::start_time_of(1), base::boot_id(), 0));
    EXPECT_TRUE(signal_if_same(::getpid(), start_time, base::boot_id(), 0));
}

TEST_F(ProcessTest, EndsTheWholeGroup) {
    // The leader ends at once when asked; its children would not.
    const auto create =
        intent("local.Process", Action::Create,
               checked(shell("(trap '' TERM; while :; do sleep 1; done) & echo $! > child; "
                             "trap 'exit 0' TERM; touch up; while :; do sleep 0.01; done")));
    const auto made = must(create);
    const int child = std::atoi(content("child").c_str());
    ASSERT_NE(base::start_time_of(child), 0u);
    must(next(create, made, Action::Delete, create.inputs));
    EXPECT_TRUE(eventually([&] { return base::start_time_of(child) == 0; }));
}

TEST_F(ProcessTest, IsCheckedByHttpAndTcp) {
    Value inputs = shell("");
    ASSERT_TRUE(base::make_directories(path("site")).ok());
    // A port that is free now; whoever takes it meanwhile fails the test, not the product.
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(probe);
    const std::int64_t port = ntohs(address.sin_port);
    inputs.set("command", Value::Array{"provisioning", "internal", "serve-files", "site",
                                       std::to_string(port)});
    const auto with_health = [&](Value kind, std::string_view name) {
        Value out = inputs;
        out.set("health", Value::Record{{std::string(name), std::move(kind)},
                                        {"interval", value::Rational::from_fraction(1, 20)},
                                        {"start_timeout", value::Rational::from_fraction(1, 2)}});
        return out;
    };
    const Value http = with_health(Value::Record{{"port", port}, {"path", "/"}}, "http");
    EXPECT_TRUE(refusal(intent("local.Process", Action::Create, http))
                    .starts_with("the process was not healthy within 500 ms: GET / answered "
                                 "404 Not Found"));
    write("site/index.html", "<p>hello</p>");
    const auto create = intent("local.Process", Action::Create, http);
    const auto made = must(create);
    EXPECT_EQ(shown_text(made.outputs, "status"), "healthy");
    must(next(create, made, Action::Delete, http));
    const auto tcp =
        intent("local.Process", Action::Create, with_health(Value::Record{{"port", port}}, "tcp"));
    must(tcp);
}

TEST_F(ProcessTest, ChecksItsInputs) {
    const auto refuse = [&](const Value& inputs) {
        const auto result = connection_->validate(type("local.Process"), inputs);
        return result.ok() ? "(fine)" : result.error().text();
    };
    Value inputs = shell("true");
    EXPECT_EQ(refuse(inputs), "(fine)");
    inputs.set("health", Value::Record{});
    EXPECT_EQ(refuse(inputs), "`health` needs exactly one of `http`, `tcp` and `command`");
    inputs.set("health", Value::Record{{"http", Value::Record{{"path", "/ x\r\n"}}}});
    EXPECT_EQ(refuse(inputs), "`health.http.path` has a space or control character");
    inputs.set("command", Value::Array{});
    EXPECT_EQ(refuse(inputs), "`command` is empty");
}

}
