#include "infra/plan/refresh.hpp"

#include "base/worker_pool.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <set>

namespace infra {
namespace {

// Tasks of one connection. Lists come first; what they leave open is read.
struct Group {
    Link* link = nullptr;
    std::vector<RefreshTask*> reads;
    std::map<const ResourceType*, std::vector<RefreshTask*>> lists;
};

// What the platform told only once stays as it was recorded.
void keep_told(const ResourceType& type, Seen& seen, const state::Row& row) {
    for (const OutputField& output : type.outputs) {
        if (!output.told_once) continue;
        const Value* recorded = row.outputs.find(output.name);
        const Value* shown = seen.outputs.find(output.name);
        if (recorded != nullptr && (shown == nullptr || shown->is_null())) {
            seen.outputs.set(output.name, *recorded);
        }
    }
}

void read_one(RefreshTask& task, std::stop_token stop) {
    auto seen = task.link->connection->read(*task.type, task.row->key, task.row->inputs,
                                            {.stop = std::move(stop)});
    if (!seen.ok()) {
        task.out->kind = Looked::Kind::Failed;
        task.out->error = std::move(seen).error();
    } else if (seen->has_value()) {
        task.out->kind = Looked::Kind::Present;
        task.out->seen = std::move(**seen);
        keep_told(*task.type, task.out->seen, *task.row);
    } else {
        task.out->kind = Looked::Kind::Absent;
    }
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

// The list of all things of a type. A page that fails leaves its rows to be read.
struct List {
    const ResourceType* type = nullptr;
    std::unordered_map<std::string_view, RefreshTask*> wanted;   // by key
    std::set<std::string> asked;                                 // pages

    std::size_t count_left() const {
        return static_cast<std::size_t>(std::count_if(
            wanted.begin(), wanted.end(),
            [](const auto& entry) { return entry.second->out->kind == Looked::Kind::NotYet; }));
    }
    void take(Connection& connection, std::vector<Seen>& items) {
        for (Seen& seen : items) {
            auto found = wanted.find(seen.key);
            if (found == wanted.end()) continue;
            RefreshTask& task = *found->second;
            connection.spell(*type, seen, task.row->inputs);
            keep_told(*type, seen, *task.row);
            task.out->seen = std::move(seen);
            task.out->kind = Looked::Kind::Present;
        }
    }
};

// All pages of all lists of a connection, as many at once as it takes. Where fewer rows are left
// than pages, those are read one by one.
void list_all(Connection& connection, Group& group, base::WorkerPool& workers, std::size_t lanes) {
    std::vector<List> lists;
    lists.reserve(group.lists.size());
    std::vector<std::pair<List*, std::string>> pages;
    for (auto& [type, wanted] : group.lists) {
        List& list = lists.emplace_back();
        list.type = type;
        list.asked.insert("");
        for (RefreshTask* task : wanted) list.wanted.emplace(task->row->key, task);
        pages.emplace_back(&list, "");
    }
    while (!pages.empty()) {
        std::vector<Page> told(pages.size());
        for_each_parallel(workers, pages.size(), lanes, [&](std::size_t i, const std::stop_token&) {
            auto page = connection.list(*pages[i].first->type, pages[i].second);
            if (page.ok()) told[i] = std::move(page).value();
        });
        std::map<List*, std::set<std::string>> behind;
        for (std::size_t i = 0; i < pages.size(); ++i) {
            List& list = *pages[i].first;
            list.take(connection, told[i].items);
            if (told[i].next.empty()) continue;
            told[i].others.push_back(std::move(told[i].next));
            for (std::string& page : told[i].others) {
                if (!list.asked.contains(page)) behind[&list].insert(std::move(page));
            }
        }
        pages.clear();
        for (auto& [list, some] : behind) {
            if (list->count_left() <= some.size()) continue;
            for (const std::string& page : some) {
                list->asked.insert(page);
                pages.emplace_back(list, page);
            }
        }
    }
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
        std::size_t lanes = std::max<std::size_t>(1, link->connection->capabilities().max_parallel);
        list_all(*link->connection, group, workers, lanes);
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
