#include "sandbox/store/store.hpp"

#include "base/random.hpp"

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

std::unique_ptr<Store> open(const Folder& folder) { return Store::open(folder.path(), 1).value(); }

Record thing(std::int64_t id, std::string_view name) {
    return json::Object{{"id", id}, {"name", name}};
}

TEST(Store, KeepsWhatWasCommittedAndNothingElse) {
    const Folder folder;
    auto store = open(folder);
    store->add("p", "server", thing(1, "a"));
    store->add("p", "server", thing(2, "b"));
    ASSERT_TRUE(store->commit().ok());
    put(store->edit("p", "server", 2), "name", "c");
    store->remove("p", "server", 1);
    ASSERT_TRUE(store->commit().ok());
    store->add("p", "server", thing(3, "lost"));

    store = open(folder);
    EXPECT_EQ(store->table("p", "server").size(), 1U);
    EXPECT_EQ(*store->find("p", "server", 2), thing(2, "c"));
    EXPECT_EQ(store->find("q", "server", 2), nullptr);
}

TEST(Store, FindsByATextAsAWalkWould) {
    const Folder folder;
    auto store = open(folder);
    const auto named = [&](std::string_view text) {
        const Record* found = store->find_by("p", "server", "name", text);
        return found != nullptr ? id_of(*found) : 0;
    };
    base::Random random(7);
    for (int step = 0; step < 3000; ++step) {
        const auto id = static_cast<std::int64_t>(1 + random.next() % 20);
        const std::string name(1, static_cast<char>('a' + random.next() % 6));
        const bool is_there = store->find("p", "server", id) != nullptr;
        switch (random.next() % 5) {
            case 0:
                if (!is_there) store->add("p", "server", thing(id, name));
                break;
            case 1:
                if (is_there) store->remove("p", "server", id);
                break;
            case 2: {
                if (!is_there) break;
                // A look between the edit and what is written by it.
                Record& record = store->edit("p", "server", id);
                (void)named(name);
                put(record, "name", name);
                break;
            }
            case 3: ASSERT_TRUE(store->commit().ok()); break;
            default:
                if (step % 100 == 0) {
                    ASSERT_TRUE(store->commit().ok());
                    store = open(folder);
                }
        }
        for (const std::string text : {"a", "b", "c", "d", "e", "f", "g"}) {
            std::int64_t first = 0;
            for (const auto& [at, record] : store->table("p", "server")) {
                if (first == 0 && record.string_or("name", "") == text) first = at;
            }
            ASSERT_EQ(named(text), first) << text << " in step " << step;
        }
    }
}

TEST(Store, GoesOnCountingAndDrawingWhereItWas) {
    const Folder folder;
    auto store = open(folder);
    EXPECT_EQ(store->count("x"), 1);
    const std::uint64_t first = store->draw();
    ASSERT_TRUE(store->commit().ok());
    store = open(folder);
    EXPECT_EQ(store->count("x"), 2);
    EXPECT_NE(store->draw(), first);
    const Folder other;
    EXPECT_EQ(open(other)->draw(), first) << "the same seed, the same numbers";
}

TEST(Store, DropsALineThatWasCutOff) {
    const Folder folder;
    auto store = open(folder);
    store->add("p", "server", thing(1, "a"));
    ASSERT_TRUE(store->commit().ok());
    const std::string whole = base::read_file(folder.journal()).value();
    store->add("p", "server", thing(2, "b"));
    ASSERT_TRUE(store->commit().ok());
    const std::string both = base::read_file(folder.journal()).value();
    store.reset();
    for (std::size_t size = whole.size(); size < both.size(); ++size) {
        ASSERT_TRUE(base::write_file_atomic(folder.journal(), both.substr(0, size)).ok());
        const auto again = open(folder);
        EXPECT_EQ(again->table("p", "server").size(), 1U) << size;
    }
    // The rest of the line is gone, so that the next one begins a line.
    store = open(folder);
    store->add("p", "server", thing(3, "c"));
    ASSERT_TRUE(store->commit().ok());
    EXPECT_EQ(open(folder)->table("p", "server").size(), 2U);
}

TEST(Store, WritesSnapshotsAndGoesOn) {
    const Folder folder;
    auto store = open(folder);
    const std::string first = folder.journal();
    const std::string large(1 << 20, 'x');
    for (std::int64_t id = 1; id <= 6; ++id) {
        store->add("p", "server", thing(id, large));
        ASSERT_TRUE(store->commit().ok());
    }
    EXPECT_NE(folder.journal(), first);
    store->remove("p", "server", 1);
    ASSERT_TRUE(store->commit().ok());
    store = open(folder);
    EXPECT_EQ(store->table("p", "server").size(), 5U);
    EXPECT_EQ(base::list_directory(folder.path()).value().size(), 2U);
}

TEST(Store, SaysWhenItsFilesAreDamaged) {
    const Folder folder;
    auto store = open(folder);
    store->add("p", "server", thing(1, "a"));
    ASSERT_TRUE(store->commit().ok());
    store.reset();
    for (const char* text :
         {"{\n", "{}\n", "{\"changes\":[[1,2,3,4]]}\n", "{\"changes\":[[]]}\n"}) {
        ASSERT_TRUE(base::write_file_atomic(folder.journal(), text).ok());
        const auto damaged = Store::open(folder.path(), 1);
        ASSERT_FALSE(damaged.ok()) << text;
        EXPECT_EQ(damaged.error().code(), base::Code::DataLoss);
    }
    ASSERT_TRUE(base::write_file_atomic(base::join_path(folder.path(), "world.json"), "[]").ok());
    EXPECT_FALSE(Store::open(folder.path(), 1).ok());
}

TEST(Store, IsEmptyAfterClear) {
    const Folder folder;
    auto store = open(folder);
    store->add("p", "server", thing(1, "a"));
    ASSERT_TRUE(store->commit().ok());
    ASSERT_TRUE(store->clear().ok());
    EXPECT_TRUE(store->table("p", "server").empty());
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
