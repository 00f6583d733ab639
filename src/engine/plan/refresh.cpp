#include "engine/plan/refresh.hpp"

#include "base/parallel.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace engine {
namespace {

// What the platform told only once stays as it was recorded.
// A password is told by the call that creates a server and by no read. Without this, each refresh
// would take it for gone, and what reads it would lose it.
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

void set_failed(RefreshTask& task, base::Error error) {
    task.out->kind = RefreshResult::Kind::Failed;
    task.out->error = std::move(error);
}

void take_read(RefreshTask& task, std::optional<provider::ObservedResource> seen) {
    task.out->kind = seen ? RefreshResult::Kind::Present : RefreshResult::Kind::Absent;
    if (!seen) return;
    task.out->seen = std::move(*seen);
    keep_create_only(*task.type, task.out->seen, *task.row);
}

// The list of the things of a type.
struct List {
    const provider::ResourceType* type = nullptr;
    std::unordered_map<std::string_view, RefreshTask*> wanted;   // by key
    std::set<std::string> asked;                                 // pages
    bool has_failed = false;                                     // in this walk

    std::size_t count_left() const {
        return static_cast<std::size_t>(
            std::count_if(wanted.begin(), wanted.end(), [](const auto& entry) {
                return entry.second->out->kind == RefreshResult::Kind::NotYet;
            }));
    }
    // Whether it is of a row.
    // By key: a thing that was renamed or tagged otherwise outside is still the recorded one.
    bool take(provider::Connection& connection, provider::ObservedResource& seen) {
        const auto found = wanted.find(seen.key);
        if (found == wanted.end()) return false;
        RefreshTask& task = *found->second;
        // The recorded inputs go along, because one thing may be written in several ways (`1GB`,
        // `1024MB`). The form of the record wins, or each plan would show a difference that is
        // none.
        connection.normalize(*type, seen, task.row->inputs);
        keep_create_only(*type, seen, *task.row);
        task.out->seen = std::move(seen);
        task.out->kind = RefreshResult::Kind::Present;
        return true;
    }
};

// One look at everything behind a connection.
class Look {
public:
    Look(provider::ProviderInstance& link, const provider::Scope& scope, base::WorkerPool& workers,
         const RefreshOptions& options)
        : link_(link), connection_(*link.connection), scope_(scope), workers_(workers),
          options_(options),
          // More lanes than the connection takes in parallel would only wait in it, on threads
          // that others could use.
          lanes_(std::max<std::size_t>(1, connection_.capabilities().max_parallel)) {}

    void list_all(std::span<RefreshTask> tasks);
    void read_rest(std::span<RefreshTask> tasks);
    void tell(RefreshEvent::Kind kind, std::size_t seen, std::size_t rows) const {
        if (!options_.tell) return;
        options_.tell({.kind = kind,
                       .connection = link_.record,
                       .seen = seen,
                       .rows = rows,
                       .answers = answers_});
    }
    Refreshed take_result() { return std::move(result_); }

private:
    using Ask = base::Result<provider::Page> (Look::*)(const provider::ResourceType&,
                                                       std::string_view page);
    using Take = void (Look::*)(List&, provider::Page&);
    struct Walk {
        bool is_own;
        Ask ask;
        Take take;
        bool (*goes_on)(const List& list, std::size_t pages);
    };
    struct WantedPage {
        List* list = nullptr;
        std::string name;
    };

    std::vector<List> make_lists(std::span<RefreshTask> tasks) const;
    // Before the first apply there is no workspace id, and nothing can carry it.
    bool has_own() const { return connection_.capabilities().tags && !scope_.workspace.empty(); }
    void walk(std::vector<List>& lists, const Walk& how);
    std::vector<WantedPage> take_pages(const std::vector<WantedPage>& asked,
                                       std::vector<base::Result<provider::Page>>& told,
                                       const Walk& how);

    base::Result<provider::Page> ask_own(const provider::ResourceType& type,
                                         std::string_view page) {
        return connection_.list_own(type, scope_, page, context());
    }
    base::Result<provider::Page> ask_everything(const provider::ResourceType& type,
                                                std::string_view page) {
        return connection_.list(type, page, context());
    }
    provider::CallContext context() const {
        return {.stop = options_.stop, .patience = options_.patience, .who = link_.record->label()};
    }
    void take_own(List& list, provider::Page& page);
    void take_everything(List& list, provider::Page& page);

    provider::ProviderInstance& link_;
    provider::Connection& connection_;
    const provider::Scope& scope_;
    base::WorkerPool& workers_;
    const RefreshOptions& options_;
    std::size_t lanes_;
    std::size_t rows_ = 0;
    std::size_t listed_ = 0;    // of these, by lists so far
    std::size_t answers_ = 0;   // to lists and reads
    Refreshed result_;
};

std::vector<List> Look::make_lists(std::span<RefreshTask> tasks) const {
    std::map<const provider::ResourceType*, List> by_type;
    for (RefreshTask& task : tasks) by_type[task.type].wanted.emplace(task.row->key, &task);
    // Things of such a type are orphans if there are any: made by a run whose state was lost.
    if (has_own()) {   // types without a row too: one may have been made
        for (const provider::ResourceType& type : link_.provider->schema().types) {
            if (!type.is_connection && type.outside_effects) by_type[&type];
        }
    }
    std::vector<List> lists;
    for (auto& [type, list] : by_type) {
        list.type = type;
        lists.push_back(std::move(list));
    }
    return lists;
}

void Look::list_all(std::span<RefreshTask> tasks) {
    std::vector<List> lists = make_lists(tasks);
    rows_ = tasks.size();
    // First our own: it is short, shows every orphan, and mostly all rows. The list of everything
    // is asked only for what is left, for instance things whose tags somebody took away.
    if (has_own()) {
        walk(lists, {.is_own = true,
                     .ask = &Look::ask_own,
                     .take = &Look::take_own,
                     .goes_on = [](const List&, std::size_t) { return true; }});
    }
    // Where fewer rows are left than pages, those are read one by one.
    // A row read costs one call, a page costs one and may show fifty rows. With a page or less of
    // rows left than pages to ask for, reading is cheaper.
    walk(lists, {.is_own = false,
                 .ask = &Look::ask_everything,
                 .take = &Look::take_everything,
                 .goes_on = [](const List& list, std::size_t pages) {
                     return list.count_left() > pages;
                 }});
}

// Pages of the lists, as many at once as the connection takes; those behind the first as long as
// `goes_on` says so.
void Look::walk(std::vector<List>& lists, const Walk& how) {
    std::vector<WantedPage> pages;
    for (List& list : lists) {
        // Pages are asked for in waves: those behind the first are known only after it, some
        // platforms tell all of them at once (`others`) and some only the next.
        list.asked = {""};
        list.has_failed = false;
        if (how.goes_on(list, 1)) pages.push_back({&list, ""});
    }
    // Stopped: what was not asked for stays NotYet; the planner makes no plan of it.
    while (!pages.empty() && !options_.stop.stop_requested()) {
        const std::size_t answered = answers_;
        const base::ParallelOptions at_once{
            .lanes = lanes_, .stop = options_.stop, .progress = [&](std::size_t ended) {
                answers_ = answered + ended;
                tell(RefreshEvent::Kind::Progress, listed_, rows_);
            }};
        auto told = base::for_each_parallel(workers_, pages.size(), at_once, [&](std::size_t i) {
            return (this->*how.ask)(*pages[i].list->type, pages[i].name);
        });
        answers_ = answered + pages.size();
        pages = take_pages(pages, told, how);
    }
}

// Tells the pages behind these.
std::vector<Look::WantedPage> Look::take_pages(const std::vector<WantedPage>& asked,
                                               std::vector<base::Result<provider::Page>>& told,
                                               const Walk& how) {
    std::map<List*, std::set<std::string>> behind;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        List& list = *asked[i].list;
        if (!told[i].ok()) {
            // One finding a list: its other pages fail in the same way.
            if (!list.has_failed) {
                result_.failed.push_back(
                    {.type = list.type, .is_own = how.is_own, .error = std::move(told[i]).error()});
            }
            list.has_failed = true;
            continue;
        }
        provider::Page& page = *told[i];
        (this->*how.take)(list, page);
        if (page.next.empty()) continue;
        page.others.push_back(std::move(page.next));
        for (std::string& other : page.others) {
            // Pages that change while they are walked may name an earlier one as next: a page is
            // asked for once, so a walk comes to its end.
            if (!list.asked.contains(other)) behind[&list].insert(std::move(other));
        }
    }
    std::vector<WantedPage> pages;
    for (auto& [list, some] : behind) {
        // After a failure nothing more of this list: it is not complete, whatever else it shows.
        if (list->has_failed || !how.goes_on(*list, some.size())) continue;
        for (const std::string& page : some) {
            list->asked.insert(page);
            pages.push_back({list, page});
        }
    }
    return pages;
}

// What carries our tags and is not recorded may be an orphan, or be in the making by an apply that
// is under way: the token goes along so that the two can be told apart.
void Look::take_own(List& list, provider::Page& page) {
    for (std::size_t i = 0; i < page.items.size(); ++i) {
        if (list.take(connection_, page.items[i])) {
            ++listed_;
            continue;
        }
        result_.unrecorded.push_back({.type = list.type,
                                      .key = std::move(page.items[i].key),
                                      .address = std::move(page.addresses[i]),
                                      .token = std::move(page.items[i].token)});
    }
}

void Look::take_everything(List& list, provider::Page& page) {
    for (provider::ObservedResource& seen : page.items) listed_ += list.take(connection_, seen);
}

void Look::read_rest(std::span<RefreshTask> tasks) {
    // Also those that no list has shown: lists may lag behind, or leave out what is being created.
    // "Gone" leads to making it again, so it takes a read of the very key to say so.
    std::vector<RefreshTask*> left;
    for (RefreshTask& task : tasks) {
        // A failed list does not count as an answer: its rows are read here, one by one.
        if (task.out->kind == RefreshResult::Kind::NotYet) left.push_back(&task);
    }
    const std::size_t listed = tasks.size() - left.size();
    const std::size_t answered = answers_;
    const base::ParallelOptions how{
        .lanes = lanes_, .stop = options_.stop, .progress = [&](std::size_t read) {
            answers_ = answered + read;
            tell(RefreshEvent::Kind::Progress, listed + read, tasks.size());
        }};
    auto read = base::for_each_parallel(workers_, left.size(), how, [&](std::size_t i) {
        return connection_.read(*left[i]->type, left[i]->row->key, left[i]->row->inputs, context());
    });
    // A read that was stopped is no finding about its row.
    // Some of the answers are then Cancelled, and to take them for failed would block their
    // addresses in a plan that is never shown.
    if (options_.stop.stop_requested()) return;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (read[i].ok()) {
            take_read(*left[i], std::move(read[i]).value());
        } else {
            set_failed(*left[i], std::move(read[i]).error());
        }
    }
}

}

Refreshed refresh(provider::ProviderInstance& link, const provider::Scope& scope,
                  std::span<RefreshTask> tasks, base::WorkerPool& workers,
                  const RefreshOptions& options) {
    Look look(link, scope, workers, options);
    look.tell(RefreshEvent::Kind::Begun, 0, tasks.size());
    if (link.connection->capabilities().bulk_lists) look.list_all(tasks);
    look.read_rest(tasks);
    look.tell(RefreshEvent::Kind::Ended, tasks.size(), tasks.size());
    return look.take_result();
}

}
