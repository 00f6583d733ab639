#pragma once

#include "base/fs.hpp"
#include "state/conformance/suite.hpp"

// A state in a temporary folder.
namespace state::sqlite {

class FolderPlace final : public Place {
public:
    FolderPlace() {
        workspace = base::make_temporary_directory("state").value();
        directory = base::join_path(workspace, ".provisioning");
    }
    ~FolderPlace() override { EXPECT_TRUE(base::remove_tree(workspace).ok()); }
    FolderPlace(const FolderPlace&) = delete;
    FolderPlace& operator=(const FolderPlace&) = delete;

    OpenOptions options() override { return {.directory = directory}; }
    void clear() override { EXPECT_TRUE(base::remove_tree(directory).ok()); }
    void take_claim_away() override {
        EXPECT_TRUE(base::remove_tree(base::join_path(directory, "runs")).ok());
    }
    bool has_claims() override {
        return !base::list_directory(base::join_path(directory, "runs"))->empty();
    }
    bool shows(std::string_view text) override {
        for (const std::string& name : base::list_directory(directory).value()) {
            const auto bytes = base::read_file(base::join_path(directory, name));
            if (bytes.ok() && bytes->find(text) != std::string::npos) return true;
        }
        return false;
    }
    void damage() override {
        EXPECT_TRUE(
            base::write_file_atomic(base::join_path(directory, "state.db"), "rubbish").ok());
    }

    std::string workspace;
    std::string directory;
};

// What only this backend can do.
class SqliteTest : public StateFixture {
protected:
    void SetUp() override {
        auto place = std::make_unique<FolderPlace>();
        workspace_ = place->workspace;
        directory_ = place->directory;
        place_ = std::move(place);
    }

    std::string workspace_;
    std::string directory_;
};

}
