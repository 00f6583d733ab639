#pragma once

#include "base/last_catch.hpp"
#include "base/result.hpp"
#include "base/threads.hpp"
#include "provider/provider.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace providers::rest {

// What is read once for all that want it. However many want it at the same time, one of them reads
// and the others wait, each within its own time and until it is stopped. Any thread.
template <typename T>
class LoadedOnce {
public:
    using Shared = std::shared_ptr<const T>;

    // `load` gives a Result<T>, and keeps to the context by itself. A failure is not kept, as it
    // may be of the context alone: the next that wants it reads.
    template <typename Load>
    base::Result<Shared> get(const provider::CallContext& context, const Load& load) {
        std::unique_lock lock(mutex_);
        const bool is_free = changed_.wait_for(lock, context.stop, context.timeout,
                                               [&] { return value_ != nullptr || !is_loading_; });
        if (value_ != nullptr) return value_;
        if (!is_free) {
            return context.stop.stop_requested()
                       ? base::Error(base::Code::Cancelled, "stopped while others were reading it")
                       : base::Error(base::Code::DeadlineExceeded,
                                     "others did not read it in time");
        }
        is_loading_ = true;
        lock.unlock();
        base::Result<T> loaded = base::last_catch(load);
        lock.lock();
        is_loading_ = false;
        if (loaded.ok()) value_ = std::make_shared<const T>(std::move(loaded).value());
        changed_.notify_all();
        if (!loaded.ok()) return std::move(loaded).error();
        return value_;
    }

private:
    std::mutex mutex_;
    base::Condition changed_;
    bool is_loading_ = false;
    Shared value_;
};

}
