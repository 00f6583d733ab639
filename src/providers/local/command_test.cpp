#include "base/process/spawn.hpp"
#include "base/worker_pool.hpp"
#include "providers/local/note.hpp"
#include "providers/local/testing.hpp"

#include <csignal>
#include <map>
#include <thread>

#include <sys/wait.h>

namespace providers::local::testing {

class CommandTest : public LocalTest {
protected:
    static Value command(std::string_view create, std::string_view check = "",
                         std::string_view undo = "") {
        Value out = Value::Record{
            {"create", create}, {"environment", Value::Record{}}, {"timeout", std::int64_t{20}}};
        if (!check.empty()) out.set("check", check);
        if (!undo.empty()) out.set("undo", undo);
        return out;
    }
    std::string refusal(const provider::Intent& wanted) {
        const auto started = start(wanted);
        EXPECT_FALSE(started.ok());
        return started.ok() ? "(done)" : started.error().text();
    }
};

TEST_F(CommandTest, RunsTextsInTheShellAndArraysAsTheyAre) {
    const auto made =
        must(intent("local.Command", Action::Create, command("echo \"in $PWD\" && touch done")));
    EXPECT_EQ(shown_text(made.outputs, "stdout"), "in " + folder_);
    EXPECT_EQ(*made.outputs.find("exit_code")->as_integer(), 0);
    EXPECT_EQ(listing(), "done ");
    Value array = command("");
    array.set("create", Value::Array{"printf", "%s|", "a b", "$HOME", "*"});
    EXPECT_EQ(shown_text(must(intent("local.Command", Action::Create, array)).outputs, "stdout"),
              "a b|$HOME|*|");
    Value elsewhere = command("echo $GREETING; pwd; echo \"$PATH\"");
    elsewhere.set("directory", "/");
    elsewhere.set("environment", Value::Record{{"GREETING", "hello"}});
    const std::string printed =
        shown_text(must(intent("local.Command", Action::Create, elsewhere)).outputs, "stdout");
    EXPECT_TRUE(printed.starts_with("hello\n/\n")) << printed;
    EXPECT_TRUE(printed.ends_with(std::string(base::parent_path(host_.executable)))) << printed;
}

TEST_F(CommandTest, FailsWithTheLastLines) {
    EXPECT_EQ(refusal(intent("local.Command", Action::Create,
                             command("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i >&2; "
                                     "done; exit 3"))),
              "`create` ended with exit code 3:\nline 3\nline 4\nline 5\nline 6\nline 7\nline 8\n"
              "line 9\nline 10\nline 11\nline 12");
    EXPECT_EQ(refusal(intent("local.Command", Action::Create, command("kill -9 $$"))),
              "`create` was ended by signal 9");
    Value missing = command("");
    missing.set("create", Value::Array{"no-such-program"});
    EXPECT_TRUE(refusal(intent("local.Command", Action::Create, missing))
                    .starts_with("there is no program \"no-such-program\" in PATH ("));
    Value nowhere = command("true");
    nowhere.set("directory", "missing");
    EXPECT_EQ(refusal(intent("local.Command", Action::Create, nowhere)),
              "the directory \"" + path("missing") + "\" does not exist");
}

// A command that is given a secret, and prints it in two ways.
Value telling_command(std::string_view code) {
    Value inputs((Value::Record()));
    inputs.set("create", "echo \"token $TOKEN\" >&2; printf %s \"$TOKEN\" | base64; exit $CODE");
    Value secret("s3cr3t-value\nof two lines");
    secret.mark_secret();
    inputs.set("environment", Value::Record{{"TOKEN", secret}, {"CODE", std::string(code)}});
    return inputs;
}

TEST_F(CommandTest, DoesNotKeepWhatItPrintsWhenItIsGivenASecret) {
    EXPECT_EQ(refusal(intent("local.Command", Action::Create, telling_command("1"))),
              "`create` ended with exit code 1; its output is not kept as it was given a secret "
              "(`keep_output = true` keeps it, with the secret hidden)");
    const auto made = must(intent("local.Command", Action::Create, telling_command("0")));
    EXPECT_TRUE(made.outputs.find("stdout")->is_null());
    Value quiet = command("echo hello; exit 2");
    quiet.set("keep_output", false);
    EXPECT_EQ(refusal(intent("local.Command", Action::Create, quiet)),
              "`create` ended with exit code 2; its output is not kept, as `keep_output` says");
}

TEST_F(CommandTest, KeepsItWithoutTheSecretWhenAsked) {
    Value fails = telling_command("1");
    fails.set("keep_output", true);
    EXPECT_EQ(refusal(intent("local.Command", Action::Create, fails)),
              "`create` ended with exit code 1:\ntoken (secret)");
    Value works = telling_command("0");
    works.set("keep_output", true);
    const auto made = must(intent("local.Command", Action::Create, works));
    EXPECT_EQ(*made.outputs.find("stdout")->as_string(), "(secret)==");
    EXPECT_TRUE(made.outputs.find("stdout")->is_secret());
}

TEST_F(CommandTest, IsStoppedAfterItsTimeout) {
    Value slow = command("sleep 60 & echo $! > child; wait");
    slow.set("timeout", value::Rational::from_fraction(3, 10));
    EXPECT_EQ(refusal(intent("local.Command", Action::Create, slow)),
              "`create` did not end within its `timeout`");
    const int child = std::atoi(content("child").c_str());
    // Killed already; it is gone when it has been reaped.
    for (int i = 0; i < 500 && base::start_time_of(child) != 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(base::start_time_of(child), 0u) << "its children are ended too";
}

TEST_F(CommandTest, BelievesItsCheck) {
    const auto create = intent("local.Command", Action::Create,
                               command("touch flag; echo ran >> log", "test -e flag", "rm flag"));
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Absent);
    const auto made = must(create);
    EXPECT_TRUE(read("local.Command", made.key, create.inputs));
    must(intent("local.Command", Action::Create, create.inputs));
    EXPECT_EQ(content("log"), "ran\n") << "what is there already is not made again";
    ::unlink(path("flag").c_str());
    EXPECT_FALSE(read("local.Command", made.key, create.inputs));
    EXPECT_EQ(refusal(intent("local.Command", Action::Create, command("true", "false"))),
              "`create` ended well, but `check` still fails");
}

TEST_F(CommandTest, UndoesWhatItDid) {
    const auto create =
        intent("local.Command", Action::Create, command("touch flag", "", "rm flag"));
    const auto made = must(create);
    const auto removal = next(create, made, Action::Delete, create.inputs);
    EXPECT_EQ(find(removal).kind, provider::LookupResult::Kind::Absent);
    EXPECT_TRUE(start(removal).ok());
    EXPECT_EQ(listing(), "");
    EXPECT_EQ(find(removal).kind, provider::LookupResult::Kind::Done);
    EXPECT_EQ(base::list_directory(host_.state_dir + "/commands").value().size(), 0u);
}

TEST_F(CommandTest, KeepsWhatCannotBeUndone) {
    const auto create =
        intent("local.Command", Action::Create, command("touch flag", "", "exit 4"));
    const auto made = must(create);
    const auto removal = next(create, made, Action::Delete, create.inputs);
    EXPECT_EQ(refusal(removal), "`undo` ended with exit code 4");
    const auto found = find(removal);
    EXPECT_EQ(found.kind, provider::LookupResult::Kind::Absent);
    EXPECT_EQ(found.reason, "`undo` ended with exit code 4");
}

TEST_F(CommandTest, ChangesByItsUpdateOrIsReplaced) {
    Value before = command("echo one", "", "true");
    before.set("triggers", std::int64_t{1});
    const auto create = intent("local.Command", Action::Create, before);
    const auto made = must(create);
    EXPECT_EQ(plan("local.Command", made, before, before).action, provider::PlannedAction::None);

    Value triggered = before;
    triggered.set("triggers", std::int64_t{2});
    const auto replaced = plan("local.Command", made, before, triggered);
    EXPECT_EQ(replaced.action, provider::PlannedAction::Replace);
    EXPECT_EQ(replaced.forcing, std::vector<std::string>{"triggers"});
    EXPECT_TRUE(replaced.outputs.find("id")->is_unknown());

    triggered.set("update", "echo updated");
    const auto updated = plan("local.Command", made, before, triggered);
    EXPECT_EQ(updated.action, provider::PlannedAction::Update);
    EXPECT_EQ(shown_text(updated.outputs, "id"), made.key);
    EXPECT_TRUE(updated.outputs.find("stdout")->is_unknown());
    const auto seen = must(next(create, made, Action::Update, triggered));
    EXPECT_EQ(seen.key, made.key);
    EXPECT_EQ(shown_text(seen.outputs, "stdout"), "updated");

    Value other = before;
    other.set("undo", "false");
    const auto quiet = plan("local.Command", made, before, other);
    EXPECT_EQ(quiet.action, provider::PlannedAction::Update);
    EXPECT_EQ(shown_text(quiet.outputs, "stdout"), "one");
    EXPECT_EQ(shown_text(must(next(create, made, Action::Update, other)).outputs, "stdout"),
              "updated")
        << "nothing was run";
}

TEST_F(CommandTest, TellsWhatBecameOfAnInterruptedOne) {
    // A process that dies in the middle, as kill -9 of an apply would have it.
    const auto run_and_die = [&](const provider::Intent& wanted) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            std::thread([] {
                while (::access("started", F_OK) != 0) ::usleep(1000);
                ::kill(::getpid(), SIGKILL);
            }).detach();
            if (::chdir(folder_.c_str()) != 0) ::_exit(1);
            (void)connection_->start(wanted, {});
            ::_exit(0);
        }
        ::waitpid(pid, nullptr, 0);
    };
    const std::string slow = "touch started; while [ ! -e go ]; do sleep 0.01; done; touch done";
    const auto unchecked = intent("local.Command", Action::Create, command(slow));
    run_and_die(unchecked);
    EXPECT_EQ(find(unchecked).kind, provider::LookupResult::Kind::Running);
    EXPECT_EQ(refusal(unchecked), "the command of an earlier attempt is still running");
    write("go", "");
    for (int i = 0; i < 500 && find(unchecked).kind == provider::LookupResult::Kind::Running; ++i) {
        ::usleep(5000);
    }
    const auto unsure = find(unchecked);
    EXPECT_EQ(unsure.kind, provider::LookupResult::Kind::Unsure);
    EXPECT_NE(unsure.reason.find("without a `check`"), std::string::npos);
    auto checked = unchecked;
    checked.inputs.set("check", "test -e done");
    EXPECT_EQ(find(checked).kind, provider::LookupResult::Kind::Done);
    ::unlink(path("done").c_str());
    EXPECT_EQ(find(checked).kind, provider::LookupResult::Kind::Absent);
}

TEST_F(CommandTest, GoesOnWithoutItsConnection) {
    const auto create = intent("local.Command", Action::Create,
                               command("touch started; while [ ! -e go ]; do sleep 0.01; done"));
    const auto started = connection_->start(create, {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    EXPECT_EQ(started->kind, provider::OperationResult::Kind::Running);
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Running);
    connection_ = provider().connect(Value(), host_).value();
    auto running = create;
    running.handle = find(create).handle;
    EXPECT_EQ(running.handle, started->handle);
    EXPECT_EQ(connection_->poll(running, {})->kind, provider::OperationResult::Kind::Running);
    write("go", "");
    for (int i = 0; i < 500 && find(create).kind == provider::LookupResult::Kind::Running; ++i)
        ::usleep(5000);
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Unsure);
    EXPECT_FALSE(connection_->poll(running, {}).ok());
}

TEST_F(CommandTest, IsMostlyDoneWithinItsFirstCall) {
    int done = 0;
    for (int i = 0; i < 50 && done == 0; ++i) {   // the machine may be busy
        const auto started =
            connection_->start(intent("local.Command", Action::Create, command("true")), {});
        ASSERT_TRUE(started.ok()) << started.error().text();
        if (started->kind == provider::OperationResult::Kind::Done) ++done;
    }
    EXPECT_EQ(done, 1);
}

// The slowest pace of asking is two seconds.
TEST_F(CommandTest, TellsWhenItHasEnded) {
    const auto began = std::chrono::steady_clock::now();
    must(intent("local.Command", Action::Create, command("sleep 0.1", "test -e x || ! touch x")));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(1500));
}

TEST_F(CommandTest, HoldsNoWorker) {
    constexpr std::size_t kMany = 40;
    base::WorkerPool workers(4, 1000);
    workers.start();
    std::vector<provider::Intent> wanted;
    std::vector<provider::OperationResult> told(kMany);
    for (std::size_t i = 0; i < kMany; ++i) {
        wanted.push_back(intent("local.Command", Action::Create,
                                command("until [ -e go ]; do sleep 0.02; done; echo x >> ran")));
    }
    for (std::size_t i = 0; i < kMany; ++i) {
        ASSERT_TRUE(workers
                        .submit([&, i](const std::stop_token&) {
                            told[i] = connection_->start(wanted[i], {}).value();
                        })
                        .ok());
    }
    provider::OperationResult file;
    const auto other = intent("local.File", Action::Create,
                              Value::Record{{"path", "a.txt"}, {"content", "a"}, {"mode", "0644"}});
    ASSERT_TRUE(
        workers
            .submit([&](const std::stop_token&) { file = connection_->start(other, {}).value(); })
            .ok());
    workers.wait_until_idle();
    EXPECT_EQ(file.kind, provider::OperationResult::Kind::Done);
    EXPECT_EQ(content("a.txt"), "a");
    std::map<provider::OperationResult::Kind, int> kinds;
    for (const provider::OperationResult& one : told) {
        ++kinds[one.kind];
        EXPECT_TRUE(one.wakes);
    }
    EXPECT_EQ(kinds[provider::OperationResult::Kind::Running], 16);
    EXPECT_EQ(kinds[provider::OperationResult::Kind::Queued], 24);
    EXPECT_FALSE(base::file_exists(path("ran")));

    write("go", "");
    for (std::size_t i = 0; i < kMany; ++i) {
        ASSERT_TRUE(workers
                        .submit([&, i](const std::stop_token&) {
                            // The first call again; one that runs is polled.
                            auto ended = told[i].kind == provider::OperationResult::Kind::Running
                                             ? poll(wanted[i], told[i].handle)
                                             : start(wanted[i]);
                            EXPECT_TRUE(ended.ok()) << ended.error().text();
                        })
                        .ok());
    }
    workers.wait_until_idle();
    EXPECT_EQ(content("ran").size(), 2 * kMany) << "each ran once";
}

TEST_F(CommandTest, ChecksItsInputs) {
    const auto refuse = [&](Value wrong) {
        Value inputs = command("true");
        inputs.set("undo", std::move(wrong));
        const auto checked = connection_->validate(type("local.Command"), inputs);
        return checked.ok() ? "(fine)" : checked.error().text();
    };
    const std::string expected = "`undo` is neither a text nor an array of program and arguments";
    EXPECT_EQ(refuse(Value::Array{"ls", "-l"}), "(fine)");
    EXPECT_EQ(refuse(Value::Array{}), expected);
    EXPECT_EQ(refuse(Value::Array{"ls", std::int64_t{1}}), expected);
    EXPECT_EQ(refuse(std::int64_t{1}), expected);
    EXPECT_EQ(refuse(Value::unknown(value::ValueType::Dyn)), "(fine)");
}

TEST(Spawn, LastLines) {
    EXPECT_EQ(base::last_lines("a\nb\nc\n", 2, 100), "b\nc");
    EXPECT_EQ(base::last_lines("a\nb\nc", 9, 100), "a\nb\nc");
    EXPECT_EQ(base::last_lines("aaaa\nbb\ncc", 9, 7), "bb\ncc");
    EXPECT_EQ(base::last_lines("", 9, 7), "");
}

TEST(Note, KeepsWhatItIsGiven) {
    Note note;
    note.add("text", "two\nlines \\ and a \r");
    note.add("number", -5);
    note.add("text", "again");
    const auto parsed = Note::parse(note.print());
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->text("text"), "two\nlines \\ and a \r");
    EXPECT_EQ(parsed->all("text").size(), 2u);
    EXPECT_EQ(parsed->number("number"), -5);
    EXPECT_EQ(parsed->number("text", 7), 7);
    EXPECT_EQ(parsed->text("missing"), "");
    for (const char* wrong : {"nospace", " x", "Name x", "a b\\", "a \\x"}) {
        EXPECT_FALSE(Note::parse(wrong).ok()) << wrong;
    }
}

}
