#include "sandbox/world/world.hpp"

#include <gtest/gtest.h>

namespace sandbox {
namespace {

class Folder {
public:
    Folder() : path_(base::make_temporary_directory("world").value()) {}
    ~Folder() { (void)base::remove_tree(path_); }
    const std::string& path() const { return path_; }
    std::string journal() const {
        for (const std::string& name : base::list_directory(path_).value()) {
            if (name.starts_with("journal-")) return base::join_path(path_, name);
        }
        return "";
    }

private:
    std::string path_;
};

std::unique_ptr<World> open(const Folder& folder) { return World::open(folder.path(), 1).value(); }

Record thing(std::int64_t id, std::string_view name) {
    return json::Object{{"id", id}, {"name", name}};
}

TEST(World, KeepsWhatWasCommittedAndNothingElse) {
    const Folder folder;
    auto world = open(folder);
    world->add("p", "server", thing(1, "a"));
    world->add("p", "server", thing(2, "b"));
    ASSERT_TRUE(world->commit().ok());
    put(world->edit("p", "server", 2), "name", "c");
    world->remove("p", "server", 1);
    ASSERT_TRUE(world->commit().ok());
    world->add("p", "server", thing(3, "lost"));

    world = open(folder);
    EXPECT_EQ(world->table("p", "server").size(), 1U);
    EXPECT_EQ(*world->find("p", "server", 2), thing(2, "c"));
    EXPECT_EQ(world->find("q", "server", 2), nullptr);
}

TEST(World, GoesOnCountingAndDrawingWhereItWas) {
    const Folder folder;
    auto world = open(folder);
    EXPECT_EQ(world->count("x"), 1);
    const std::uint64_t first = world->draw();
    ASSERT_TRUE(world->commit().ok());
    world = open(folder);
    EXPECT_EQ(world->count("x"), 2);
    EXPECT_NE(world->draw(), first);
    const Folder other;
    EXPECT_EQ(open(other)->draw(), first) << "the same seed, the same numbers";
}

TEST(World, DropsALineThatWasCutOff) {
    const Folder folder;
    auto world = open(folder);
    world->add("p", "server", thing(1, "a"));
    ASSERT_TRUE(world->commit().ok());
    const std::string whole = base::read_file(folder.journal()).value();
    world->add("p", "server", thing(2, "b"));
    ASSERT_TRUE(world->commit().ok());
    const std::string both = base::read_file(folder.journal()).value();
    world.reset();
    for (std::size_t size = whole.size(); size < both.size(); ++size) {
        ASSERT_TRUE(base::write_file_atomic(folder.journal(), both.substr(0, size)).ok());
        const auto again = open(folder);
        EXPECT_EQ(again->table("p", "server").size(), 1U) << size;
    }
    // The rest of the line is gone, so that the next one begins a line.
    world = open(folder);
    world->add("p", "server", thing(3, "c"));
    ASSERT_TRUE(world->commit().ok());
    EXPECT_EQ(open(folder)->table("p", "server").size(), 2U);
}

TEST(World, WritesSnapshotsAndGoesOn) {
    const Folder folder;
    auto world = open(folder);
    const std::string first = folder.journal();
    const std::string large(1 << 20, 'x');
    for (std::int64_t id = 1; id <= 6; ++id) {
        world->add("p", "server", thing(id, large));
        ASSERT_TRUE(world->commit().ok());
    }
    EXPECT_NE(folder.journal(), first);
    world->remove("p", "server", 1);
    ASSERT_TRUE(world->commit().ok());
    world = open(folder);
    EXPECT_EQ(world->table("p", "server").size(), 5U);
    EXPECT_EQ(base::list_directory(folder.path()).value().size(), 2U);
}

TEST(World, SaysWhenItsFilesAreDamaged) {
    const Folder folder;
    auto world = open(folder);
    world->add("p", "server", thing(1, "a"));
    ASSERT_TRUE(world->commit().ok());
    world.reset();
    for (const char* text :
         {"{\n", "{}\n", "{\"changes\":[[1,2,3,4]]}\n", "{\"changes\":[[]]}\n"}) {
        ASSERT_TRUE(base::write_file_atomic(folder.journal(), text).ok());
        const auto damaged = World::open(folder.path(), 1);
        ASSERT_FALSE(damaged.ok()) << text;
        EXPECT_EQ(damaged.error().code(), base::Code::DataLoss);
    }
    ASSERT_TRUE(base::write_file_atomic(base::join_path(folder.path(), "world.json"), "[]").ok());
    EXPECT_FALSE(World::open(folder.path(), 1).ok());
}

TEST(World, IsEmptyAfterClear) {
    const Folder folder;
    auto world = open(folder);
    world->add("p", "server", thing(1, "a"));
    ASSERT_TRUE(world->commit().ok());
    ASSERT_TRUE(world->clear().ok());
    EXPECT_TRUE(world->table("p", "server").empty());
    EXPECT_TRUE(open(folder)->table("p", "server").empty());
}

TEST(Record, ListsOfIds) {
    Record record = thing(1, "a");
    EXPECT_FALSE(has_id(record, "of", 5));
    add_id(record, "of", 5);
    add_id(record, "of", 5);
    add_id(record, "of", 6);
    EXPECT_EQ(record.find("of")->as_array()->size(), 2U);
    remove_id(record, "of", 5);
    EXPECT_FALSE(has_id(record, "of", 5));
    EXPECT_TRUE(has_id(record, "of", 6));
}

}
}
