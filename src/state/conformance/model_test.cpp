#include "base/random.hpp"
#include "state/conformance/suite.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

// The state beside a naive model of it, through long random sequences of what commands do.
namespace state {
namespace {

class Model {
public:
    using Where = std::pair<std::string, std::uint64_t>;

    void check(State& state) {
        const auto snapshot = state.read();
        ASSERT_TRUE(snapshot.ok()) << snapshot.error().text();
        ASSERT_EQ(snapshot->rows.size(), known_rows.size());
        auto expected = known_rows.begin();
        for (const Row& row : snapshot->rows) {
            ASSERT_EQ(Where(row.address, row.generation), expected->first);
            ASSERT_EQ(*row.inputs.find("value")->as_string(), expected->second);
            ++expected;
        }
        std::set<std::string> open;
        for (const OpenIntent& intent : snapshot->open) open.insert(intent.intent.address);
        ASSERT_EQ(open, open_places);
    }

    std::string any_address() {
        return "g" + std::to_string(random.below(3)) + "." + std::to_string(random.below(6));
    }

    // A few writes and removes; now and then the process ends before the batch is written.
    void apply_some(State& state) {
        std::set<std::string> addresses;
        while (addresses.size() < 3) addresses.insert(any_address());
        auto begun = state.begin_run(request({addresses.begin(), addresses.end()}));
        const bool held = std::ranges::any_of(
            addresses, [&](const auto& address) { return open_places.contains(address); });
        ASSERT_EQ(begun.ok(), !held);
        if (held) return;
        auto rows = known_rows;
        Batch batch;
        for (const std::string& address : addresses) {
            const std::uint64_t generation = 1 + random.below(2);
            if (random.below(3) == 0) {
                batch.results.push_back(remove(address, generation));
                rows.erase({address, generation});
            } else {
                const std::string value = std::to_string(random.next());
                batch.results.push_back(write(row(address, value, generation)));
                rows[{address, generation}] = value;
            }
        }
        if (random.below(5) == 0) return;
        ASSERT_TRUE((*begun)->commit(batch).ok());
        note_versions(state);
        known_rows = std::move(rows);
        if (random.below(5) == 0) return;
        ASSERT_TRUE((*begun)->finish(RunStatus::Done, "{}").ok());
    }

    void leave_open(State& state) {
        const std::string address = any_address();
        auto begun = state.begin_run(request({address}));
        ASSERT_EQ(begun.ok(), !open_places.contains(address));
        if (!begun.ok()) return;
        Batch batch;
        batch.open.push_back(intent(address, (*begun)->new_token()));
        ASSERT_TRUE((*begun)->commit(batch).ok());
        open_places.insert(address);
    }

    void resolve(State& state) {
        if (open_places.empty()) return;
        const std::string address = *open_places.begin();
        ASSERT_TRUE(state.resolve(address, State::Resolution::NotDone).ok());
        open_places.erase(address);
    }

    void move(State& state) {
        const std::string from = "g" + std::to_string(random.below(3));
        const std::string to = "g" + std::to_string(random.below(3));
        const auto moved = state.move(from, to);
        bool possible = from != to && open_places.empty();
        std::map<Where, std::string> rows;
        std::set<std::string> taken;
        std::size_t count = 0;
        for (const auto& [place, value] : known_rows) {
            if (place.first.starts_with(to)) taken.insert(place.first);
        }
        for (const auto& [place, value] : known_rows) {
            Where target = place;
            if (place.first.starts_with(from)) {
                target.first = to + place.first.substr(from.size());
                if (taken.contains(target.first)) possible = false;
                ++count;
            }
            rows[target] = value;
        }
        ASSERT_EQ(moved.ok(), possible && count > 0);
        if (!moved.ok()) return;
        ASSERT_EQ(*moved, count);
        known_rows = std::move(rows);
    }

    // No version is ever used twice.
    void note_versions(State& state) {
        for (const Row& row : state.read()->rows) {
            const auto [known, inserted] =
                known_versions.emplace(row.version, *row.inputs.find("value")->as_string());
            ASSERT_TRUE(inserted || known->second == *row.inputs.find("value")->as_string());
        }
    }

    base::Random random{11};
    std::map<Where, std::string> known_rows;
    std::set<std::string> open_places;
    std::map<Version, std::string> known_versions;
};

TEST_P(Conformance, TheStateIsWhatTheModelSays) {
    auto state = open();
    Model model;
    for (int i = 0; i < 250; ++i) {
        SCOPED_TRACE(i);
        switch (model.random.below(10)) {
            case 0: model.leave_open(*state); break;
            case 1:
            case 2: model.resolve(*state); break;
            case 3: model.move(*state); break;
            case 4: state = open(); break;
            default: model.apply_some(*state);
        }
        if (HasFatalFailure()) return;
        model.check(*state);
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(model.known_versions.size(), 100u);
    EXPECT_FALSE(model.known_rows.empty());
}

}
}
