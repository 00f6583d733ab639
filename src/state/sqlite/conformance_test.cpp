#include "state/sqlite/sqlite_fixture.hpp"

namespace state {

static std::unique_ptr<Place> folder() { return std::make_unique<sqlite::FolderPlace>(); }

INSTANTIATE_TEST_SUITE_P(Sqlite, Conformance, testing::Values(&folder));

}
