#include "base/hash.hpp"
#include "providers/local/testing.hpp"

#include <sys/mount.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace providers::local::testing {

class FileTest : public LocalTest {
protected:
    static Value file(std::string_view path, std::string_view content, bool overwrite = false) {
        return Value::Record{
            {"path", path}, {"content", content}, {"mode", "0644"}, {"overwrite", overwrite}};
    }
    std::string refusal(const provider::Intent& wanted) {
        const auto started = start(wanted);
        EXPECT_FALSE(started.ok());
        if (started.ok()) return "(done)";
        return started.error().text() + " | " + std::string(started.error().help());
    }
};

TEST_F(FileTest, WritesWholeFilesAndNothingElse) {
    const auto made = must(intent("local.File", Action::Create, file("a.txt", "hello\n")));
    EXPECT_EQ(content("a.txt"), "hello\n");
    EXPECT_EQ(mode("a.txt"), 0644u);
    EXPECT_EQ(listing(), "a.txt ");
    EXPECT_EQ(shown_text(made.outputs, "sha256"), base::sha256_hex("hello\n"));
    EXPECT_EQ(shown_text(made.outputs, "location"), "a.txt");
}

TEST_F(FileTest, ComputesTheHashWhilePlanning) {
    const auto planned = plan("local.File", file("a", "x"));
    EXPECT_EQ(shown_text(planned.outputs, "sha256"), base::sha256_hex("x"));
    Value unknown = file("a", "x");
    unknown.set("content", Value::unknown(value::ValueType::String));
    EXPECT_TRUE(plan("local.File", unknown).outputs.find("sha256")->is_unknown());
    Value secret("s");
    secret.mark_secret();
    unknown.set("content", secret);
    EXPECT_TRUE(plan("local.File", unknown).outputs.find("sha256")->is_secret());
}

TEST_F(FileTest, NeedsNothingWhenItIsAsWanted) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    must(create);
    const auto seen = read("local.File", "a", create.inputs);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->token, create.token);
    EXPECT_EQ(plan("local.File", *seen, create.inputs, create.inputs).action,
              provider::PlannedAction::None);
}

TEST_F(FileTest, SeesChangesByHand) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    must(create);
    write("a", "y");
    ::chmod(path("a").c_str(), 0600);
    const auto seen = read("local.File", "a", create.inputs);
    ASSERT_TRUE(seen);
    EXPECT_EQ(shown_text(seen->inputs, "content"), "y");
    EXPECT_EQ(shown_text(seen->inputs, "mode"), "0600");
    const auto planned = plan("local.File", *seen, create.inputs, create.inputs);
    EXPECT_EQ(planned.action, provider::PlannedAction::Update);
    EXPECT_EQ(planned.changed, (std::vector<std::string>{"content", "mode"}));
    EXPECT_EQ(shown_text(planned.outputs, "sha256"), base::sha256_hex("x"));
    write("a", std::string("\xff\0z", 3));
    EXPECT_EQ(shown_text(read("local.File", "a", create.inputs)->inputs, "content"),
              "(3 B that are no text)");
    ::unlink(path("a").c_str());
    EXPECT_FALSE(read("local.File", "a", create.inputs));
}

TEST_F(FileTest, LeavesChangesByHandAlone) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    const auto made = must(create);
    write("a", "by hand");
    EXPECT_EQ(refusal(next(create, made, Action::Update, file("a", "z"))),
              "\"a\" was changed by someone else since it was written | take the change into the "
              "program or undo it, or set `overwrite = true` to replace it all the same");
    EXPECT_EQ(refusal(next(create, made, Action::Delete, create.inputs)),
              "\"a\" was changed by someone else since it was written | take the change into the "
              "program or undo it, or set `overwrite = true` to delete it all the same");
    EXPECT_EQ(content("a"), "by hand");
    must(next(create, made, Action::Update, file("a", "z", true)));
    EXPECT_EQ(content("a"), "z");
}

TEST_F(FileTest, TakesAChangeByHandThatIsWhatIsWanted) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    const auto made = must(create);
    write("a", "z");
    const auto update = next(create, made, Action::Update, file("a", "z"));
    must(update);
    EXPECT_EQ(find(update).kind, provider::LookupResult::Kind::Done);
}

TEST_F(FileTest, LeavesForeignFilesAlone) {
    write("a", "theirs");
    const auto create = intent("local.File", Action::Create, file("a", "mine"));
    EXPECT_EQ(refusal(create), "\"a\" exists and was not made by this resource | import it, move "
                               "it away, or set `overwrite = true` to replace it");
    EXPECT_EQ(content("a"), "theirs");
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Foreign);
    must(intent("local.File", Action::Create, file("a", "mine", true)));
    EXPECT_EQ(content("a"), "mine");
    EXPECT_EQ(listing(), "a ");
}

TEST_F(FileTest, KeepsTheOwnerWhenItReplaces) {
    if (::geteuid() != 0) return;
    write("a", "theirs");
    ASSERT_EQ(::chown(path("a").c_str(), 1234, 2345), 0);
    must(intent("local.File", Action::Create, file("a", "mine", true)));
    struct stat info{};
    ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, 1234u);
    EXPECT_EQ(info.st_gid, 2345u);
    EXPECT_EQ(content("a"), "mine");
}

TEST_F(FileTest, UpdatesInPlace) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    const auto made = must(create);
    Value wanted = file("a", "y");
    wanted.set("mode", "0400");
    const auto update = next(create, made, Action::Update, wanted);
    EXPECT_EQ(find(update).kind, provider::LookupResult::Kind::Absent);
    const auto seen = must(update);
    EXPECT_EQ(content("a"), "y");
    EXPECT_EQ(mode("a"), 0400u);
    EXPECT_EQ(shown_text(seen.inputs, "mode"), "0400");
    EXPECT_EQ(find(update).kind, provider::LookupResult::Kind::Done);
    EXPECT_EQ(listing(), "a ");
}

TEST_F(FileTest, ReplacesWhenThePathChanges) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    const auto made = must(create);
    const auto planned = plan("local.File", made, create.inputs, file("b", "x"));
    EXPECT_EQ(planned.action, provider::PlannedAction::Replace);
    EXPECT_EQ(planned.forcing, std::vector<std::string>{"path"});
}

TEST_F(FileTest, KnowsTheSpellingsOfAMode) {
    Value wanted = file("a", "x");
    wanted.set("mode", "640");
    const auto made = must(intent("local.File", Action::Create, wanted));
    EXPECT_EQ(shown_text(made.inputs, "mode"), "640");
    EXPECT_EQ(mode("a"), 0640u);
}

TEST_F(FileTest, DeletesOnceAndAgain) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    const auto made = must(create);
    const auto removal = next(create, made, Action::Delete, create.inputs);
    EXPECT_EQ(find(removal).kind, provider::LookupResult::Kind::Absent);
    const auto gone = start(removal);
    ASSERT_TRUE(gone.ok());
    EXPECT_FALSE(gone->seen);
    EXPECT_EQ(find(removal).kind, provider::LookupResult::Kind::Done);
    EXPECT_TRUE(start(removal).ok());
}

TEST_F(FileTest, MakesAndRemovesTheFoldersAbove) {
    const auto one = intent("local.File", Action::Create, file("x/y/one", "1"));
    const auto two = intent("local.File", Action::Create, file("x/two", "2"));
    const auto made_one = must(one);
    const auto made_two = must(two);
    EXPECT_EQ(content("x/y/one"), "1");
    must(next(one, made_one, Action::Delete, one.inputs));
    EXPECT_EQ(listing("x"), "two ");
    must(next(two, made_two, Action::Delete, two.inputs));
    EXPECT_EQ(listing(), "");
}

TEST_F(FileTest, KeepsFoldersThatWereThere) {
    ASSERT_TRUE(base::make_directories(path("x")).ok());
    const auto create = intent("local.File", Action::Create, file("x/one", "1"));
    const auto made = must(create);
    must(next(create, made, Action::Delete, create.inputs));
    EXPECT_EQ(listing(), "x ");
}

TEST_F(FileTest, FindsWhatAKilledCreateHasMade) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Absent);
    const auto made = must(create);
    const auto found = find(create);
    EXPECT_EQ(found.kind, provider::LookupResult::Kind::Done);
    ASSERT_TRUE(found.seen);
    EXPECT_EQ(found.seen->outputs, made.outputs);
    EXPECT_TRUE(start(create).ok()) << "another attempt with the same token is done at once";
}

TEST_F(FileTest, WithoutMarksTakesOnlyWhatIsExactlyAsWanted) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    must(create);
    ASSERT_EQ(::removexattr(path("a").c_str(), "user.provisioning.intent"), 0);
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Done);
    auto unsure = create;
    unsure.found_absent_before = false;
    EXPECT_EQ(find(unsure).kind, provider::LookupResult::Kind::Foreign);
    write("a", "y");
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Foreign);
}

TEST_F(FileTest, TakesOverTheStagingFileOfAKilledUpdate) {
    const auto create = intent("local.File", Action::Create, file("a", "x"));
    const auto made = must(create);
    write("." + base::sha256_hex("a").substr(0, 16) + ".provisioning", "half");
    must(next(create, made, Action::Update, file("a", "y")));
    EXPECT_EQ(listing(), "a ");
}

TEST_F(FileTest, RefusesWhatIsNoFile) {
    ASSERT_TRUE(base::make_directories(path("d")).ok());
    EXPECT_EQ(refusal(intent("local.File", Action::Create, file("d", "x", true))),
              "\"d\" is a directory | ");
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    EXPECT_EQ(refusal(intent("local.File", Action::Create, file("pipe", "x", true))),
              "\"pipe\" is no regular file | ");
    write("f", "x");
    EXPECT_EQ(refusal(intent("local.File", Action::Create, file("f/below", "x"))),
              "opening \"f\": a file is in the way, where a folder is needed | move it away");
}

TEST_F(FileTest, DoesNotFollowSymbolicLinksOut) {
    const std::string outside = base::make_temporary_directory("outside").value();
    ASSERT_TRUE(base::write_file_atomic(outside + "/f", "theirs").ok());
    ASSERT_EQ(::symlink((outside + "/f").c_str(), path("link").c_str()), 0);
    ASSERT_EQ(::symlink(outside.c_str(), path("out").c_str()), 0);
    ASSERT_TRUE(base::make_directories(path("in")).ok());
    ASSERT_EQ(::symlink("in", path("inner").c_str()), 0);
    EXPECT_EQ(refusal(intent("local.File", Action::Create, file("link", "x", true))),
              "\"link\" is a symbolic link | use the path that it points at, or remove the link");
    EXPECT_EQ(refusal(intent("local.File", Action::Create, file("out/new", "x", true))),
              "\"out/new\" leads out of the workspace through a symbolic link | write the path "
              "absolutely if that is where it should be");
    must(intent("local.File", Action::Create, file("inner/f", "x")));
    EXPECT_EQ(content("in/f"), "x");
    must(intent("local.File", Action::Create, file(outside + "/g", "x")));
    EXPECT_EQ(base::read_file(outside + "/f").value(), "theirs");
    EXPECT_EQ(base::read_file(outside + "/g").value(), "x");
    ASSERT_TRUE(base::remove_tree(outside).ok());
}

TEST_F(FileTest, TellsWhenItMayNotWrite) {
    if (::geteuid() == 0) {   // root may everything but this
        ASSERT_TRUE(base::make_directories(path("disk")).ok());
        if (::mount("none", path("disk").c_str(), "tmpfs", MS_RDONLY, "size=64k") != 0) return;
        EXPECT_EQ(refusal(intent("local.File", Action::Create, file("disk/a", "x"))),
                  "making \"disk/a\": Read-only file system | ");
        ASSERT_EQ(::umount(path("disk").c_str()), 0);
        return;
    }
    ::chmod(folder_.c_str(), 0555);
    EXPECT_EQ(refusal(intent("local.File", Action::Create, file("a", "x"))),
              "making \"a\": Permission denied | ");
}

TEST_F(FileTest, LeavesTheOldFileWhenTheDiskIsFull) {
    if (::geteuid() != 0) return;
    ASSERT_TRUE(base::make_directories(path("disk")).ok());
    if (::mount("none", path("disk").c_str(), "tmpfs", 0, "size=64k") != 0) return;
    const auto create = intent("local.File", Action::Create, file("disk/a", "x"));
    const auto made = must(create);
    const std::string large(100'000, 'x');
    EXPECT_EQ(refusal(next(create, made, Action::Update, file("disk/a", large))),
              "writing \"disk/a\": cannot write: No space left on device | ");
    EXPECT_EQ(refusal(intent("local.File", Action::Create, file("disk/b", large))),
              "writing \"disk/b\": cannot write: No space left on device | ");
    EXPECT_EQ(content("disk/a"), "x");
    EXPECT_EQ(listing("disk"), "a ");
    ASSERT_EQ(::umount(path("disk").c_str()), 0);
}

TEST_F(FileTest, LeavesTheStateOfTheWorkspaceAlone) {
    ASSERT_TRUE(base::make_directories(path(".provisioning")).ok());
    ASSERT_EQ(::symlink(path(".provisioning").c_str(), path("link").c_str()), 0);
    for (const std::string& place :
         {std::string(".provisioning"), std::string(".provisioning/state.db"),
          std::string("a/../.provisioning/new/x"), std::string("link/key"),
          path(".provisioning/x")}) {
        for (const char* name : {"local.File", "local.Directory"}) {
            Value inputs = file(place, "x");
            if (type(name).input("content") == nullptr) inputs = Value::Record{{"path", place}};
            const auto checked = connection_->validate(type(name), inputs);
            ASSERT_FALSE(checked.ok()) << place;
            EXPECT_NE(checked.error().text().find("where the state of the workspace lies"),
                      std::string::npos)
                << checked.error().text();
        }
    }
    EXPECT_TRUE(connection_->validate(type("local.File"), file("link", "x")).ok());
    EXPECT_TRUE(connection_->validate(type("local.File"), file(".provisioning2/x", "x")).ok());
}

TEST_F(FileTest, ChecksItsInputs) {
    const auto refuse = [&](Value inputs) {
        const auto checked = connection_->validate(type("local.File"), inputs);
        return checked.ok() ? "(fine)" : checked.error().text();
    };
    EXPECT_EQ(refuse(file("a", "x")), "(fine)");
    EXPECT_EQ(refuse(file("", "x")), "`path` is \"\", which names no file");
    EXPECT_EQ(refuse(file("a/", "x")), "`path` is \"a/\", which names no file");
    EXPECT_EQ(refuse(file("a/..", "x")), "`path` is \"a/..\", which names no file");
    EXPECT_EQ(refuse(file(std::string("a\0b", 3), "x")), "`path` has a null character");
    Value wrong = file("a", "x");
    wrong.set("mode", "rw");
    EXPECT_EQ(refuse(wrong), "`mode` is \"rw\", expected octal permissions such as \"0644\"");
    wrong.set("mode", Value::unknown(value::ValueType::String));
    EXPECT_EQ(refuse(wrong), "(fine)");
}

TEST_F(FileTest, IsImportedByItsPath) {
    write("a", "theirs");
    const auto seen = read("local.File", "a", Value());
    ASSERT_TRUE(seen);
    EXPECT_EQ(shown_text(seen->inputs, "content"), "theirs");
    EXPECT_EQ(shown_text(seen->inputs, "mode"), "0644");
}

}
