#pragma once

#include "base/threads.hpp"
#include "base/worker_pool.hpp"
#include "engine/plan/refresh.hpp"
#include "engine/plan/resource.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_map>

namespace engine {

// Plans that ask the platform (a data source's look-up, prices, what a region has), made by
// workers, several at once, while the evaluation goes on with what does not wait for them. Answers
// are taken in the order of the questions: one program gives one plan, and its problems in one
// order, however fast the platform is with each. begin() and take() are for the coordinating
// thread.
class PlanCalls {
public:
    struct Answer {
        ResourceIndex index = kNoResource;
        value::Value inputs;   // those of the change, given back
        base::Result<provider::PlannedChange> planned;
    };

    // With its `stop` calls are broken off, and what was not begun is not begun.
    PlanCalls(base::WorkerPool& workers, RefreshOptions looking);
    // Breaks off what is under way, and waits for it: it uses the connections.
    ~PlanCalls();
    PlanCalls(const PlanCalls&) = delete;
    PlanCalls& operator=(const PlanCalls&) = delete;

    void begin(ResourceIndex index, const provider::ProviderInstance& link,
               provider::Change change);
    // What was asked of this resource is of no interest any more: it is told anew.
    void forget(ResourceIndex index) { latest_.erase(index); }
    bool is_empty() const { return next_ == numbered_; }
    // The next answer. With `is_patient` it waits for one, until the stop is asked for; else, and
    // where there is nothing to wait for, none. What a later question of the same resource has
    // overtaken is left out.
    std::optional<Answer> take(bool is_patient);
    // Called by a worker each time that an answer has come.
    void on_answer(std::function<void()> wake);

private:
    struct Call {
        std::uint64_t number = 0;
        ResourceIndex index = kNoResource;
        const provider::ProviderInstance* link = nullptr;
        provider::Change change;
    };
    // Shared with the jobs, which may come to their end after take() has given up.
    struct Inbox {
        std::mutex mutex;
        base::Condition arrived;
        std::map<std::uint64_t, Answer> answers;   // by the number of the call
        std::size_t running = 0;
        std::function<void()> wake;
    };

    void hand_out();

    base::WorkerPool& workers_;
    const RefreshOptions looking_;
    std::stop_source abandoned_;   // when this goes away
    std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
    void wait_for_next();

    std::deque<std::unique_ptr<Call>> waiting_;
    std::deque<provider::ConnectionRef> asked_;   // of the calls from next_ on
    std::size_t under_way_ = 0;                   // handed out, and not taken
    std::uint64_t numbered_ = 0;
    std::uint64_t next_ = 0;                                    // the next to be taken
    std::unordered_map<ResourceIndex, std::uint64_t> latest_;   // call of a resource
};

}
