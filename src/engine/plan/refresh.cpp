#include "engine/plan/refresh.hpp"

#include "base/worker_pool.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <set>

namespace engine {
namespace {

// What the platform told only once stays as it was recorded.
void keep_create_only(const provider::ResourceType& type, provider::ObservedResource& seen,
                      const state::Row& row) {
    for (const provider::OutputField& output : type.outputs) {
        if (!output.create_only) continue;
        const value::Value* recorded = row.outputs.find(output.name);
        const value::Value* shown = seen.outputs.find(output.name);
        if (recorded != nullptr && (shown == nullptr || shown->is_null())) {
            seen.outputs.set(output.name, *recorded);
        }
    }
}

void read_one(provider::Connection& connection, RefreshTask& task, std::stop_token stop) {
    auto seen =
        connection.read(*task.type, task.row->key, task.row->inputs, {.stop = std::move(stop)});
    if (!seen.ok()) {
        task.out->kind = RefreshResult::Kind::Failed;
        task.out->error = std::move(seen).error();
    } else if (seen->has_value()) {
        task.out->kind = RefreshResult::Kind::Present;
        task.out->seen = std::move(**seen);
        keep_create_only(*task.type, task.out->seen, *task.row);
    } else {
        task.out->kind = RefreshResult::Kind::Absent;
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

// The list of the things of a type. A page that fails leaves its rows to be read.
struct List {
    const provider::ResourceType* type = nullptr;
    std::unordered_map<std::string_view, RefreshTask*> wanted;   // by key
    std::set<std::string> asked;                                 // pages

    std::size_t count_left() const {
        return static_cast<std::size_t>(
            std::count_if(wanted.begin(), wanted.end(), [](const auto& entry) {
                return entry.second->out->kind == RefreshResult::Kind::NotYet;
            }));
    }
    // Whether it is of a row.
    bool take(provider::Connection& connection, provider::ObservedResource& seen) {
        const auto found = wanted.find(seen.key);
        if (found == wanted.end()) return false;
        RefreshTask& task = *found->second;
        connection.normalize(*type, seen, task.row->inputs);
        keep_create_only(*type, seen, *task.row);
        task.out->seen = std::move(seen);
        task.out->kind = RefreshResult::Kind::Present;
        return true;
    }
};

using ListPage = std::function<base::Result<provider::Page>(const provider::ResourceType&,
                                                            std::string_view page)>;
using TakePage = std::function<void(List&, provider::Page&)>;

// Pages of the lists, as many at once as the connection takes; those behind the first as long as
// `goes_on` says so.
void walk(std::vector<List>& lists, base::WorkerPool& workers, std::size_t lanes,
          const ListPage& list_page, const TakePage& take,
          bool (*goes_on)(const List& list, std::size_t pages)) {
    std::vector<std::pair<List*, std::string>> pages;
    for (List& list : lists) {
        list.asked = {""};
        if (goes_on(list, 1)) pages.emplace_back(&list, "");
    }
    while (!pages.empty()) {
        std::vector<provider::Page> told(pages.size());
        for_each_parallel(workers, pages.size(), lanes, [&](std::size_t i, const std::stop_token&) {
            auto page = list_page(*pages[i].first->type, pages[i].second);
            if (page.ok()) told[i] = std::move(page).value();
        });
        std::map<List*, std::set<std::string>> behind;
        for (std::size_t i = 0; i < pages.size(); ++i) {
            List& list = *pages[i].first;
            take(list, told[i]);
            if (told[i].next.empty()) continue;
            told[i].others.push_back(std::move(told[i].next));
            for (std::string& page : told[i].others) {
                if (!list.asked.contains(page)) behind[&list].insert(std::move(page));
            }
        }
        pages.clear();
        for (auto& [list, some] : behind) {
            if (!goes_on(*list, some.size())) continue;
            for (const std::string& page : some) {
                list->asked.insert(page);
                pages.emplace_back(list, page);
            }
        }
    }
}

}

std::vector<UnrecordedResource> refresh(provider::ProviderInstance& link,
                                        const provider::Scope& scope, std::span<RefreshTask> tasks,
                                        base::WorkerPool& workers) {
    provider::Connection& connection = *link.connection;
    const provider::Capabilities& capabilities = connection.capabilities();
    const std::size_t lanes = std::max<std::size_t>(1, capabilities.max_parallel);
    std::vector<UnrecordedResource> unrecorded;
    if (capabilities.bulk_lists) {
        std::map<const provider::ResourceType*, List> by_type;
        for (RefreshTask& task : tasks) by_type[task.type].wanted.emplace(task.row->key, &task);
        const bool has_own = capabilities.tags && !scope.workspace.empty();
        if (has_own) {   // types without a row too: one may have been made
            for (const provider::ResourceType& type : link.provider->schema().types) {
                if (!type.is_connection && type.outside_effects) by_type[&type];
            }
        }
        std::vector<List> lists;
        for (auto& [type, list] : by_type) {
            list.type = type;
            lists.push_back(std::move(list));
        }
        const auto take_own = [&](List& list, provider::Page& page) {
            for (std::size_t i = 0; i < page.items.size(); ++i) {
                if (list.take(connection, page.items[i])) continue;
                unrecorded.push_back({.type = list.type,
                                      .key = std::move(page.items[i].key),
                                      .address = std::move(page.addresses[i]),
                                      .token = std::move(page.items[i].token)});
            }
        };
        if (has_own) {
            walk(
                lists, workers, lanes,
                [&](const provider::ResourceType& type, std::string_view page) {
                    return connection.list_own(type, scope, page);
                },
                take_own, [](const List&, std::size_t) { return true; });
        }
        // Where fewer rows are left than pages, those are read one by one.
        walk(
            lists, workers, lanes,
            [&](const provider::ResourceType& type, std::string_view page) {
                return connection.list(type, page);
            },
            [&](List& list, provider::Page& page) {
                for (provider::ObservedResource& seen : page.items) list.take(connection, seen);
            },
            [](const List& list, std::size_t pages) { return list.count_left() > pages; });
    }
    std::vector<RefreshTask*> left;
    for (RefreshTask& task : tasks) {
        if (task.out->kind == RefreshResult::Kind::NotYet) left.push_back(&task);
    }
    for_each_parallel(workers, left.size(), lanes, [&](std::size_t i, const std::stop_token& stop) {
        read_one(connection, *left[i], stop);
    });
    return unrecorded;
}

}
