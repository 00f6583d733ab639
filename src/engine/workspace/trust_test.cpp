#include "engine/workspace/trust.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace engine {
namespace {

class TrustTest : public testing::Test {
protected:
    TrustTest() {
        root_ = base::real_path(base::make_temporary_directory("trust").value()).value();
        EXPECT_TRUE(base::make_directories(state(), 0700).ok());
        key_ = state::Key::load_or_create(state()).value();
    }
    ~TrustTest() override { EXPECT_TRUE(base::remove_tree(root_).ok()); }

    std::string state() const { return root_ + "/site/.provisioning"; }
    std::unique_ptr<Trust> open(const std::string& home = "mine", uid_t user = ::geteuid()) const {
        return Trust::open(
                   {.folder = root_ + "/" + home, .person = {.user = user, .before_sudo = {}}},
                   root_ + "/site", state())
            .value();
    }
    static provider::Program program(std::string identity) {
        provider::Program out;
        out.role = "the `check` of web";
        out.command = {"check"};
        out.identity = std::move(identity);
        return out;
    }

    std::string root_;
    std::unique_ptr<state::Key> key_;
};

TEST_F(TrustTest, AStateIsOwnByUserMachineIdAndKey) {
    EXPECT_FALSE(open()->is_own("id", key_.get()));
    ASSERT_TRUE(open()->take_over("id", key_.get()).ok());
    EXPECT_TRUE(open()->is_own("id", key_.get()));
    EXPECT_FALSE(open()->is_own("other", key_.get()));
    EXPECT_FALSE(open()->is_own("id", nullptr));
    const auto other = state::Key::from_bytes(std::string(32, 'k')).value();
    EXPECT_FALSE(open()->is_own("id", other.get()));
    // Another machine, or another user there: another folder with another key.
    EXPECT_FALSE(open("others")->is_own("id", key_.get()));
    EXPECT_FALSE(open("mine", ::geteuid() + 1)->is_own("id", key_.get()));
}

TEST_F(TrustTest, AKeyThatCameAlongIsNotTaken) {
    EXPECT_FALSE(open()->begin_state().ok());
    ASSERT_TRUE(open()->take_over("id", key_.get()).ok());
    EXPECT_TRUE(open()->begin_state().ok());   // the state was begun anew, with the key of before
}

TEST_F(TrustTest, AStateThatIsBeingMadeIsToldByBothSides) {
    ASSERT_TRUE(base::remove_file(state() + "/key").ok());
    ASSERT_TRUE(open()->begin_state().ok());
    EXPECT_TRUE(open()->is_being_made());
    ASSERT_TRUE(base::remove_file(state() + "/making").ok());
    EXPECT_FALSE(open()->is_being_made());
    ASSERT_TRUE(base::write_file_atomic(state() + "/making", "guessed").ok());
    EXPECT_FALSE(open()->is_being_made());
    ASSERT_TRUE(open()->begin_state().ok());
    ASSERT_TRUE(open()->take_over("id", nullptr).ok());
    EXPECT_FALSE(open()->is_being_made());
}

TEST_F(TrustTest, FilesOfOthersAndLinksAreNotUsed) {
    EXPECT_TRUE(open()->check_owner().ok());
    EXPECT_FALSE(open("mine", ::geteuid() + 1)->check_owner().ok());
    ASSERT_EQ(::chmod((state() + "/key").c_str(), 0666), 0);
    EXPECT_FALSE(open()->check_owner().ok());
    ASSERT_TRUE(base::remove_file(state() + "/key").ok());
    ASSERT_EQ(::symlink("/nowhere", (state() + "/state.db").c_str()), 0);
    EXPECT_FALSE(open()->check_owner().ok());
}

TEST_F(TrustTest, ProgramsAreRememberedForAWorkspace) {
    const auto trust = open();
    ASSERT_TRUE(trust->prepare().ok());
    const std::string id = trust->id_of(program("a")).value();
    EXPECT_NE(id, trust->id_of(program("b")).value());
    ASSERT_TRUE(trust->remember(id, program("a"), "2026-11-30T00:00:00Z").ok());
    EXPECT_TRUE(open()->knows(id));
    EXPECT_FALSE(open("others")->knows(id));
    // What was agreed to before there was a state goes on with it, and with no other.
    ASSERT_TRUE(trust->take_over("id", key_.get()).ok());
    EXPECT_TRUE(trust->knows(id));
    const auto later = open();
    later->use_state("id");
    EXPECT_TRUE(later->knows(id));
    ASSERT_EQ(later->programs().value().size(), 1U);
    EXPECT_EQ(later->programs().value().front().command, "check");
    later->use_state("another");
    EXPECT_FALSE(later->knows(id));
    ASSERT_TRUE(later->revoke().ok());
    later->use_state("id");
    EXPECT_FALSE(later->knows(id));
    EXPECT_FALSE(open()->is_own("id", key_.get()));
}

TEST_F(TrustTest, AKeyThatOthersCanReadProvesNothing) {
    ASSERT_TRUE(open()->prepare().ok());
    ASSERT_EQ(::chmod((root_ + "/mine/key").c_str(), 0644), 0);
    const auto opened = Trust::open({.folder = root_ + "/mine", .person = {.user = ::geteuid()}},
                                    root_ + "/site", state());
    EXPECT_FALSE(opened.ok());
}

}
}
