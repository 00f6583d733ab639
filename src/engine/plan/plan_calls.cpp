#include "engine/plan/plan_calls.hpp"

#include "base/last_catch.hpp"

#include <utility>

namespace engine {
namespace {

// How many are asked at once. The account's own budget decides how fast they are answered; this
// only keeps a program of ten thousand look-ups from filling the queue of the pool, where polls and
// reads of other platforms stand too.
constexpr std::size_t kAtOnce = 32;
constexpr std::chrono::milliseconds kTell{200};   // how often it is told what is waited for

}

PlanCalls::PlanCalls(base::WorkerPool& workers, RefreshOptions looking)
    : workers_(workers), looking_(std::move(looking)) {}

PlanCalls::~PlanCalls() {
    abandoned_.request_stop();
    std::unique_lock lock(inbox_->mutex);
    inbox_->wake = nullptr;
    inbox_->arrived.wait(lock, [&] { return inbox_->running == 0; });
}

void PlanCalls::on_answer(std::function<void()> wake) {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->wake = std::move(wake);
}

void PlanCalls::begin(ResourceIndex index, const provider::ProviderInstance& link,
                      provider::Change change) {
    latest_[index] = numbered_;
    asked_.push_back(link.record);
    waiting_.push_back(std::make_unique<Call>(numbered_++, index, &link, std::move(change)));
    hand_out();
}

void PlanCalls::hand_out() {
    while (!waiting_.empty() && under_way_ < kAtOnce && !looking_.stop.stop_requested()) {
        std::shared_ptr<Call> call = std::move(waiting_.front());
        waiting_.pop_front();
        {
            const std::lock_guard lock(inbox_->mutex);
            ++inbox_->running;
        }
        ++under_way_;
        auto job = [call, inbox = inbox_, stop = looking_.stop, patience = looking_.patience,
                    abandoned = abandoned_.get_token()](const std::stop_token&) {
            // Whichever comes first: the interrupt, or nobody there any more who would ask.
            std::stop_source either;
            const auto ask = [&either] { either.request_stop(); };
            const std::stop_callback on_stop(stop, ask);
            const std::stop_callback on_abandoned(abandoned, ask);
            auto planned = base::last_catch([&] {
                provider::Connection& connection = *call->link->connection;
                return connection.plan(call->change,
                                       {.stop = either.get_token(),
                                        .timeout = connection.capabilities().call_deadline,
                                        .patience = patience,
                                        .who = call->link->record->label()});
            });
            const std::lock_guard lock(inbox->mutex);
            inbox->answers.emplace(call->number, Answer{.index = call->index,
                                                        .inputs = std::move(call->change.inputs),
                                                        .planned = std::move(planned)});
            --inbox->running;
            if (inbox->wake) inbox->wake();
            inbox->arrived.notify_all();
        };
        // A full queue is no reason to fail: then this thread makes the call.
        if (!workers_.submit(job).ok()) job({});
    }
}

// Until it is there, or the stop is asked for.
void PlanCalls::wait_for_next() {
    const auto is_there = [&] { return inbox_->answers.contains(next_); };
    std::unique_lock lock(inbox_->mutex);
    bool is_told = false;
    while (!inbox_->arrived.wait_for(lock, looking_.stop, kTell, is_there) &&
           !looking_.stop.stop_requested()) {
        if (!looking_.tell_ask) continue;
        is_told = true;
        // What is told may be written to a terminal, which takes its time.
        lock.unlock();
        looking_.tell_ask({.connection = asked_.front(), .awaited = numbered_ - next_});
        lock.lock();
    }
    lock.unlock();
    if (is_told) looking_.tell_ask({.connection = asked_.front(), .awaited = 0});
}

std::optional<PlanCalls::Answer> PlanCalls::take(bool is_patient) {
    while (!is_empty()) {
        if (is_patient) wait_for_next();
        std::unique_lock lock(inbox_->mutex);
        auto found = inbox_->answers.extract(next_);
        if (found.empty()) return std::nullopt;
        lock.unlock();
        const auto latest = latest_.find(found.mapped().index);
        const bool is_latest = latest != latest_.end() && latest->second == next_;
        ++next_;
        asked_.pop_front();
        --under_way_;
        hand_out();
        if (is_latest) return std::move(found.mapped());
    }
    return std::nullopt;
}

}
