#include "engine/plan/select.hpp"

#include "base/worker_pool.hpp"
#include "engine/plan/block.hpp"
#include "fakes/fake_provider.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <random>

namespace engine {
namespace {

// Sets of up to kSize resources are bits of a number, so that a rule can be looked for among all of
// them.
constexpr ResourceIndex kSize = 7;
using Set = std::uint32_t;

bool has(Set set, ResourceIndex index) { return (set & (Set{1} << index)) != 0; }
Set with(Set set, ResourceIndex index) { return set | (Set{1} << index); }
bool is_within(Set inner, Set outer) { return (inner & ~outer) == 0; }

// Some resources with changes, as the stages before left them, and the same told as sets.
struct Graph {
    ResourceTable table;
    std::deque<state::Row> rows;
    std::array<Set, kSize> needs{};    // whose changes give it a value
    std::array<Set, kSize> breaks{};   // with its going
    Set changes = 0;
};

StepAction any_action(std::mt19937& random) {
    constexpr std::array kActions{StepAction::None,    StepAction::None,      StepAction::Update,
                                  StepAction::Replace, StepAction::Replace,   StepAction::Create,
                                  StepAction::Delete,  StepAction::MayReplace};
    return kActions[random() % kActions.size()];
}

void add_links(Graph& graph, std::mt19937& random, ResourceIndex index) {
    Resource& resource = graph.table[index];
    state::Row* row = resource.recorded.row != nullptr ? &graph.rows[index] : nullptr;
    for (ResourceIndex other = 0; other < index; ++other) {
        const StepAction upstream = graph.table[other].difference.action;
        if (resource.desired && graph.table[other].desired && random() % 3 == 0) {
            resource.desired->reads.push_back(other);
            // What is not there yet gives nothing before it is made; what stays as it is is known.
            const bool is_needed = upstream == StepAction::Create ||
                                   (upstream != StepAction::None && random() % 2 == 0);
            if (is_needed) resource.desired->needed.push_back(other);
            if (is_needed) graph.needs[index] = with(graph.needs[index], other);
        }
        if (row == nullptr || graph.table[other].recorded.row == nullptr || random() % 3 != 0)
            continue;
        row->dependencies.push_back(graph.table[other].address);
        const bool is_attached = random() % 2 == 0 && row->inputs.find("mount") == nullptr;
        if (is_attached) row->inputs.set("mount", value::Value(fmt::format("id-{}", other)));
        const bool is_broken = upstream == StepAction::Delete || (removes(upstream) && is_attached);
        if (is_broken && resource.difference.action != StepAction::None)
            graph.breaks[other] = with(graph.breaks[other], index);
    }
}

std::unique_ptr<Graph> any_graph(std::mt19937& random,
                                 const std::shared_ptr<provider::ConnectionRecord>& connection) {
    auto graph = std::make_unique<Graph>();
    graph->rows.resize(kSize);
    for (ResourceIndex i = 0; i < kSize; ++i) {
        Resource& resource = graph->table.add(fmt::format("r{}", i));
        graph->table.name(i);
        static const provider::Schema& schema = fakes::fake_schema();
        resource.type = schema.find("fake.Thing");
        resource.difference.action = any_action(random);
        if (resource.difference.action != StepAction::Delete) resource.desired = Desired{};
        if (resource.difference.action != StepAction::Create) {
            state::Row& row = graph->rows[i];
            row.address = resource.address;
            row.type = "fake.Thing";
            row.connection = connection;
            row.inputs = value::Value(value::Value::Record());
            row.outputs.set("id", value::Value(fmt::format("id-{}", i)));
            resource.recorded.row = &row;
        }
        if (resource.difference.action != StepAction::None) {
            graph->changes = with(graph->changes, i);
        }
        add_links(*graph, random, i);
    }
    return graph;
}

// The smallest set with these in it that has whatever one of it needs, and whatever breaks with one
// of it and needs nothing else.
Set smallest_around(const Graph& graph, Set asked_for) {
    Set smallest = ~Set{0};
    for (Set set = 0; set < (Set{1} << kSize); ++set) {
        if (!is_within(asked_for & graph.changes, set) || !is_within(set, graph.changes)) continue;
        bool fits = true;
        for (ResourceIndex i = 0; i < kSize; ++i) {
            if (has(set, i)) fits = fits && is_within(graph.needs[i], set);
            for (ResourceIndex dependent = 0; has(set, i) && dependent < kSize; ++dependent) {
                const bool comes_along =
                    has(graph.breaks[i], dependent) && is_within(graph.needs[dependent], set);
                fits = fits && (!comes_along || has(set, dependent));
            }
        }
        if (fits && std::popcount(set) < std::popcount(smallest)) smallest = set;
    }
    return smallest;
}

// The largest part of a set that needs nothing outside it and breaks nothing outside it.
Set largest_within(const Graph& graph, Set of) {
    Set largest = 0;
    for (Set set = 0; set < (Set{1} << kSize); ++set) {
        if (!is_within(set, of)) continue;
        bool fits = true;
        for (ResourceIndex i = 0; i < kSize; ++i) {
            fits = fits && (!has(set, i) ||
                            (is_within(graph.needs[i], set) && is_within(graph.breaks[i], set)));
        }
        if (fits && std::popcount(set) > std::popcount(largest)) largest = set;
    }
    return largest;
}

class SelectTest : public testing::Test {
protected:
    SelectTest() : workers_(1, 10) {
        workers_.start();
        connection_->provider = "fake";
    }

    // What the plan would do.
    Set done(const Graph& graph, std::vector<std::string> only, std::vector<std::string> except) {
        PlanningContext context{.registry = registry_,
                                .snapshot = snapshot_,
                                .workers = workers_,
                                .options = {.only = std::move(only), .except = std::move(except)}};
        ProblemList problems;
        Decisions decisions = Decisions::of(graph.table);
        const Observations observations(context, problems);
        select(context, graph.table, decisions, problems);
        EXPECT_TRUE(problems.empty());
        block(context, observations, graph.table, decisions);
        Set out = 0;
        for (ResourceIndex i = 0; i < kSize; ++i) {
            if (decisions.actions[i] != StepAction::None) out = with(out, i);
        }
        return out;
    }

    std::shared_ptr<provider::ConnectionRecord> connection_ =
        std::make_shared<provider::ConnectionRecord>();
    fakes::FakeCloud cloud_;
    fakes::FakeProvider provider_{cloud_};
    provider::ProviderRegistry registry_{{&provider_}, {}};
    base::WorkerPool workers_;
    state::Snapshot snapshot_;
};

TEST_F(SelectTest, OnlyDoesWhatIsChosenAndWhatItCannotDoWithout) {
    int with_others = 0;
    int refused = 0;
    for (std::uint32_t seed = 0; seed < 600; ++seed) {
        std::mt19937 random(seed);
        const auto graph = any_graph(random, connection_);
        const ResourceIndex one = random() % kSize;
        const ResourceIndex other = random() % 2 == 0 ? one : random() % kSize;
        const Set asked_for = with(with(0, one), other);
        const Set expected = largest_within(*graph, smallest_around(*graph, asked_for));
        EXPECT_EQ(done(*graph, {fmt::format("r{}", one), fmt::format("r{}", other)}, {}), expected)
            << "seed " << seed;
        with_others += is_within(expected, asked_for) ? 0 : 1;
        refused += is_within(asked_for & graph->changes, expected) ? 0 : 1;
    }
    EXPECT_GT(with_others, 50);
    EXPECT_GT(refused, 20);
}

TEST_F(SelectTest, ExceptLeavesOutWhatIsNamedAndWhatCannotDoWithoutIt) {
    for (std::uint32_t seed = 0; seed < 600; ++seed) {
        std::mt19937 random(seed);
        const auto graph = any_graph(random, connection_);
        const ResourceIndex one = random() % kSize;
        const Set expected = largest_within(*graph, graph->changes & ~with(0, one));
        EXPECT_EQ(done(*graph, {}, {fmt::format("r{}", one)}), expected) << "seed " << seed;
    }
}

}
}
