#include "base/threads.hpp"

#include "base/real_system.hpp"
#include "base/system.hpp"

#include <thread>

namespace base {
namespace {

class RealThreads final : public Threads {
public:
    std::unique_ptr<Running> begin(std::move_only_function<void()> work) override {
        return std::make_unique<RealThread>(std::move(work));
    }

    bool wait(Condition& condition, std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
              std::optional<Duration> longest, const Holds& holds) override {
        if (!longest) return condition.real.wait(lock, stop, holds);
        return condition.real.wait_for(lock, stop, *longest, holds);
    }

    void notify(Condition& condition, bool all) override {
        all ? condition.real.notify_all() : condition.real.notify_one();
    }

private:
    struct RealThread final : Running {
        explicit RealThread(std::move_only_function<void()> work) : thread(std::move(work)) {}
        std::jthread thread;
    };
};

constinit RealThreads the_threads;

}

Threads& real_threads() { return the_threads; }

Threads& threads() { return operating_system().threads(); }

}
