#include "infra/plan/refresh.hpp"

#include "base/worker_pool.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>

namespace infra {
namespace {

// Tasks of one connection. Lists come first; what they leave open is read.
struct Group {
    Link* link = nullptr;
    std::vector<RefreshTask*> reads;
    std::map<const ResourceType*, std::vector<RefreshTask*>> lists;
};

void read_one(RefreshTask& task, std::stop_token stop) {
    auto seen = task.link->connection->read(*task.type, task.row->key, task.row->inputs,
                                            {.stop = std::move(stop)});
    if (!seen.ok()) {
        task.out->kind = Looked::Kind::Failed;
        task.out->error = std::move(seen).error();
    } else if (seen->has_value()) {
        task.out->kind = Looked::Kind::Present;
        task.out->seen = std::move(**seen);
    } else {
        task.out->kind = Looked::Kind::Absent;
    }
}

// All pages of one type; a failing list leaves its rows to be read.
void list_type(Connection& connection, const ResourceType& type, std::vector<RefreshTask*>& wanted) {
    std::unordered_map<std::string_view, RefreshTask*> by_key;
    for (RefreshTask* task : wanted) by_key.emplace(task->row->key, task);
    std::string page;
    do {
        auto items = connection.list(type, page);
        if (!items.ok()) return;
        for (Seen& seen : items->items) {
            auto task = by_key.find(seen.key);
            if (task == by_key.end()) continue;
            task->second->out->kind = Looked::Kind::Present;
            task->second->out->seen = std::move(seen);
        }
        page = std::move(items->next);
    } while (!page.empty());
}

// Runs `work(i)` for every i below count, in at most `lanes` jobs, and waits.
template <typename Work>
void for_each_parallel(base::WorkerPool& workers, std::size_t count, std::size_t lanes, Work work) {
    lanes = std::min(lanes, count);
    if (lanes == 0) return;
    std::atomic<std::size_t> next{0};
    std::latch done(static_cast<std::ptrdiff_t>(lanes));
    auto lane = [&](const std::stop_token& stop) {
        for (std::size_t i = next++; i < count; i = next++) work(i, stop);
        done.count_down();
    };
    for (std::size_t i = 0; i < lanes; ++i) {
        if (!workers.submit(lane).ok()) lane({});   // the queue is full: this thread helps
    }
    done.wait();
}

}

void refresh(std::span<RefreshTask> tasks, base::WorkerPool& workers) {
    std::map<Link*, Group> groups;
    for (RefreshTask& task : tasks) {
        Group& group = groups[task.link];
        group.link = task.link;
        if (task.link->connection->capabilities().bulk_lists) {
            group.lists[task.type].push_back(&task);
        } else {
            group.reads.push_back(&task);
        }
    }
    for (auto& [link, group] : groups) {
        std::vector<std::pair<const ResourceType*, std::vector<RefreshTask*>*>> lists;
        for (auto& [type, wanted] : group.lists) lists.emplace_back(type, &wanted);
        std::size_t lanes = std::max<std::size_t>(1, link->connection->capabilities().max_parallel);
        for_each_parallel(workers, lists.size(), lanes, [&](std::size_t i, const std::stop_token&) {
            list_type(*link->connection, *lists[i].first, *lists[i].second);
        });
        for (auto& [type, wanted] : group.lists) {
            for (RefreshTask* task : wanted) {
                if (task->out->kind == Looked::Kind::NotYet) group.reads.push_back(task);
            }
        }
        for_each_parallel(workers, group.reads.size(), lanes,
                          [&](std::size_t i, const std::stop_token& stop) { read_one(*group.reads[i], stop); });
    }
}

}
