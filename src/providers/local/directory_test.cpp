#include "providers/local/testing.hpp"

namespace providers::local::testing {

class DirectoryTest : public LocalTest {
protected:
    static Value directory(std::string_view path, bool adopt = false) {
        return Value::Record{{"path", path}, {"mode", "0750"}, {"adopt", adopt}};
    }
    std::string refusal(const provider::Intent& wanted) {
        const auto started = start(wanted);
        EXPECT_FALSE(started.ok());
        return started.ok() ? "(done)" : started.error().text();
    }
};

TEST_F(DirectoryTest, LivesAndDies) {
    const auto create = intent("local.Directory", Action::Create, directory("a/b"));
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Absent);
    const auto made = must(create);
    EXPECT_EQ(mode("a/b"), 0750u);
    EXPECT_EQ(shown_text(made.outputs, "location"), "a/b");
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Done);
    const auto seen = read("local.Directory", "a/b", create.inputs);
    ASSERT_TRUE(seen);
    EXPECT_EQ(plan("local.Directory", *seen, create.inputs, create.inputs).action,
              provider::PlannedAction::None);
    const auto removal = next(create, made, Action::Delete, create.inputs);
    EXPECT_TRUE(start(removal).ok());
    EXPECT_TRUE(start(removal).ok());
    EXPECT_EQ(find(removal).kind, provider::LookupResult::Kind::Done);
    EXPECT_EQ(listing(), "");
}

TEST_F(DirectoryTest, RepairsItsMode) {
    const auto create = intent("local.Directory", Action::Create, directory("a"));
    const auto made = must(create);
    ::chmod(path("a").c_str(), 0777);
    const auto seen = read("local.Directory", "a", create.inputs);
    ASSERT_TRUE(seen);
    EXPECT_EQ(plan("local.Directory", *seen, create.inputs, create.inputs).changed,
              std::vector<std::string>{"mode"});
    must(next(create, made, Action::Update, create.inputs));
    EXPECT_EQ(mode("a"), 0750u);
}

TEST_F(DirectoryTest, IsNotDeletedWithWhatOthersPutThere) {
    const auto create = intent("local.Directory", Action::Create, directory("a"));
    const auto made = must(create);
    for (const char* name : {"a/4", "a/1", "a/3", "a/2"}) write(name, "theirs");
    const auto removal = next(create, made, Action::Delete, create.inputs);
    EXPECT_TRUE(refusal(removal).starts_with("the directory \"a\" is not empty: "));
    EXPECT_TRUE(refusal(removal).ends_with(" and 1 more"));
    EXPECT_EQ(content("a/1"), "theirs");
}

TEST_F(DirectoryTest, TakesOverOnlyWhenTold) {
    ASSERT_TRUE(base::make_directories(path("a")).ok());
    write("a/f", "theirs");
    const auto create = intent("local.Directory", Action::Create, directory("a"));
    EXPECT_EQ(refusal(create), "the directory \"a\" exists and was not made by this resource");
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Foreign);
    const auto adopt = intent("local.Directory", Action::Create, directory("a", true));
    const auto made = must(adopt);
    EXPECT_EQ(mode("a"), 0750u);
    EXPECT_TRUE(start(next(adopt, made, Action::Delete, adopt.inputs)).ok());
    EXPECT_EQ(content("a/f"), "theirs");
}

TEST_F(DirectoryTest, TakesOverAFolderThatAFileOfOursNeeded) {
    const auto file = intent("local.File", Action::Create,
                             Value::Record{{"path", "a/f"}, {"content", "x"}, {"mode", "0644"}});
    const auto made_file = must(file);
    const auto create = intent("local.Directory", Action::Create, directory("a"));
    const auto made = must(create);
    must(next(file, made_file, Action::Delete, file.inputs));
    EXPECT_EQ(listing(), "a ") << "it belongs to its own resource now";
    EXPECT_TRUE(start(next(create, made, Action::Delete, create.inputs)).ok());
}

TEST_F(DirectoryTest, StaysForWhatOfOursLiesInIt) {
    const auto create = intent("local.Directory", Action::Create, directory("a"));
    const auto made = must(create);
    const auto file = intent("local.File", Action::Create,
                             Value::Record{{"path", "a/f"}, {"content", "x"}, {"mode", "0644"}});
    const auto made_file = must(file);
    const auto removal = next(create, made, Action::Delete, create.inputs);
    EXPECT_TRUE(start(removal).ok());
    EXPECT_EQ(find(removal).kind, provider::LookupResult::Kind::Done);
    EXPECT_EQ(content("a/f"), "x");
    EXPECT_EQ(mode("a"), 0755u) << "as if the file had made it";
    must(next(file, made_file, Action::Delete, file.inputs));
    EXPECT_EQ(listing(), "") << "it goes with the last of them";
}

TEST_F(DirectoryTest, RefusesAFileInItsPlace) {
    write("a", "x");
    const auto create = intent("local.Directory", Action::Create, directory("a", true));
    EXPECT_EQ(refusal(create), "\"a\" exists and is no directory");
    EXPECT_FALSE(connection_->validate(type("local.Directory"), directory("..")).ok());
    EXPECT_FALSE(connection_->validate(type("local.Directory"), directory("/")).ok());
    EXPECT_TRUE(connection_->validate(type("local.Directory"), directory("a")).ok());
}

}
