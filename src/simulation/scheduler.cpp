#include "simulation/scheduler.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace simulation {
namespace {

thread_local void* current_task = nullptr;

}

// Joins when it goes: the work of a thread may refer to what its owner has.
class Scheduler::Handle final : public Running {
public:
    Handle(Scheduler& scheduler, Task& task) : scheduler_(scheduler), task_(task) {}
    ~Handle() override { scheduler_.join(task_); }

private:
    Scheduler& scheduler_;
    Task& task_;
};

Scheduler::Scheduler(std::uint64_t seed) : random_(seed) {
    Task& first = tasks_.emplace_back();
    first.number = numbered_++;
    current_task = &first;
}

Scheduler::~Scheduler() { current_task = nullptr; }

Scheduler::Task& Scheduler::current() const {
    CHECK(current_task != nullptr);
    return *static_cast<Task*>(current_task);
}

Process* Scheduler::process() const { return is_in_moment_ ? nullptr : current().process; }

std::unique_ptr<Scheduler::Running> Scheduler::begin(std::move_only_function<void()> work) {
    Task& task = tasks_.emplace_back();
    task.number = numbered_++;
    task.process = current().process;
    if (task.process != nullptr) ++task.process->threads;
    task.thread = std::thread([this, &task, work = std::move(work)]() mutable {   // NOLINT
        current_task = &task;
        task.turn.acquire();
        work();
        work = nullptr;
        end(task);
    });
    return std::make_unique<Handle>(*this, task);
}

std::unique_ptr<Scheduler::Running> Scheduler::begin_in(Process& process,
                                                        std::move_only_function<void()> work) {
    Process* const own = std::exchange(current().process, &process);
    auto running = begin(std::move(work));
    current().process = own;
    return running;
}

// The last act of a thread: whoever waits for it can run, and somebody has the turn.
void Scheduler::end(Task& task) {
    task.has_ended = true;
    if (task.process != nullptr) --task.process->threads;
    finish_dead();
    next().turn.release();
}

void Scheduler::join(Task& task) {
    Task& own = current();
    while (!task.has_ended) {
        task.is_joined = true;
        own.is_waiting = true;
        own.condition = nullptr;
        own.until.reset();
        wait_in_turn(own);
    }
    task.thread.join();
    tasks_.remove_if([&](const Task& one) { return &one == &task; });
}

void Scheduler::wait_in_turn(Task& task) {
    Task& other = next();
    if (&other != &task) {
        other.turn.release();
        task.turn.acquire();
    }
    task.is_waiting = false;
    task.condition = nullptr;
    task.until.reset();
}

bool Scheduler::wait(base::Condition& condition, std::unique_lock<std::mutex>& lock,
                     const std::stop_token& stop, std::optional<Duration> longest,
                     const Holds& holds) {
    Task& task = current();
    const std::optional<Duration> until =
        longest ? std::optional(now_ + std::max(*longest, Duration::zero())) : std::nullopt;
    // Whoever asks to stop has the turn: there is no race.
    const std::stop_callback on_stop(stop, [&task] { task.is_waiting = false; });
    for (;;) {
        if (holds()) return true;
        if (stop.stop_requested() || (until && now_ >= *until)) return false;
        task.is_waiting = true;
        task.condition = &condition;
        task.until = until;
        lock.unlock();
        wait_in_turn(task);
        lock.lock();
    }
}

void Scheduler::notify(base::Condition& condition, bool all) {
    std::vector<Task*> waiting;
    for (Task& task : tasks_) {
        if (task.is_waiting && task.condition == &condition) waiting.push_back(&task);
    }
    if (waiting.empty()) return;
    if (!all) waiting = {waiting[random_.below(waiting.size())]};
    for (Task* task : waiting) task->is_waiting = false;
}

void Scheduler::sleep_for(Duration duration, const std::stop_token& stop) {
    if (is_in_moment_) return;   // takes no time
    base::Condition never;
    std::mutex mutex;
    std::unique_lock lock(mutex);
    wait(never, lock, stop, duration, [] { return false; });
}

void Scheduler::yield() { wait_in_turn(current()); }

void Scheduler::at(Duration moment, std::function<void()> work) {
    moments_.emplace(moment, std::move(work));
}

void Scheduler::let_end(Process& process, std::function<void()> after) {
    CHECK(ending_ == nullptr);
    ending_ = &process;
    killed_at_ = now_;
    is_asked_to_end_ = false;
    after_end_ = std::move(after);
    finish_dead();
}

void Scheduler::finish_dead() {
    if (ending_ == nullptr || ending_->threads > 0) return;
    ending_ = nullptr;
    now_ = killed_at_;
    std::exchange(after_end_, nullptr)();
}

bool Scheduler::may_run(const Task& task) const {
    if (task.has_ended || task.is_waiting) return false;
    if (ending_ != nullptr) return task.process == ending_;
    return task.process == nullptr || task.process->paused_until <= now_;
}

Scheduler::Task& Scheduler::next() {
    for (;;) {
        if (++switches_ > most_switches) on_stuck("it does not come to an end");
        if (ending_ == nullptr) {
            run_due();
        } else if (!std::exchange(is_asked_to_end_, true)) {
            // Here and not when it was killed: nobody holds a lock while handing on.
            ending_->first.request_stop();
            ending_->second.request_stop();
        }
        for (Task& task : tasks_) {
            const bool is_over = task.is_waiting && task.until && *task.until <= now_;
            if (is_over) task.is_waiting = false;
        }
        // Those that wait for the end of another look by themselves.
        for (Task& task : tasks_) {
            if (!task.has_ended || !task.is_joined) continue;
            task.is_joined = false;
            for (Task& other : tasks_) {
                if (other.is_waiting && other.condition == nullptr && !other.until) {
                    other.is_waiting = false;
                }
            }
        }
        std::vector<Task*> ready;
        for (Task& task : tasks_) {
            if (may_run(task)) ready.push_back(&task);
        }
        if (!ready.empty()) return *ready[random_.below(ready.size())];
        if (!advance()) on_stuck("all wait, and nothing will happen");
    }
}

// To the next moment at which somebody can go on.
bool Scheduler::advance() {
    std::optional<Duration> next;
    const auto take = [&](Duration moment) { next = std::min(next.value_or(moment), moment); };
    for (const Task& task : tasks_) {
        if (task.has_ended || (ending_ != nullptr && task.process != ending_)) continue;
        if (task.is_waiting && task.until) take(std::max(*task.until, now_));
        const bool is_paused =
            ending_ == nullptr && task.process != nullptr && task.process->paused_until > now_;
        if (!task.is_waiting && is_paused) take(task.process->paused_until);
    }
    if (ending_ == nullptr && !moments_.empty()) take(std::max(moments_.begin()->first, now_));
    if (!next) return false;
    now_ = std::max(now_, *next);
    return true;
}

void Scheduler::run_due() {
    while (ending_ == nullptr && !moments_.empty() && moments_.begin()->first <= now_) {
        const auto work = std::move(moments_.begin()->second);
        moments_.erase(moments_.begin());
        is_in_moment_ = true;
        work();
        is_in_moment_ = false;
    }
}

}
