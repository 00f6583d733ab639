#include "providers/local/command_operations.hpp"

#include <algorithm>

namespace providers::local {

CommandOperations::Shared CommandOperations::begin(const std::string& token, const Wake& wake) {
    const std::lock_guard lock(mutex_);
    std::erase_if(no_room_, [&](const auto& waiting) { return waiting.first == token; });
    if (running_.size() >= kMost) {
        if (wake) no_room_.emplace_back(token, wake);
        return nullptr;
    }
    Shared& operation = running_[token];
    operation = std::make_shared<CommandOperation>();
    return operation;
}

CommandOperations::Shared CommandOperations::find(const std::string& token) {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(token);
    return found != running_.end() ? found->second : nullptr;
}

base::Result<void> CommandOperations::run(const Shared& operation,
                                          const base::RunOptions& options) {
    return watch_.run(options, [this, operation](base::Ran ran) {
        Wake wake;
        {
            const std::lock_guard lock(mutex_);
            operation->ended = std::move(ran);
            if (std::exchange(operation->is_awaited, false)) wake = operation->wake;
        }
        changed_.notify_all();
        if (wake) wake();
    });
}

std::optional<base::Ran> CommandOperations::take(CommandOperation& operation, Moment until,
                                                 const Wake& wake) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, until, [&] { return operation.ended.has_value(); })) {
        operation.is_awaited = true;
        operation.wake = wake;
        return std::nullopt;
    }
    return std::exchange(operation.ended, std::nullopt);
}

void CommandOperations::end(const std::string& token) {
    Wake wake;
    {
        const std::lock_guard lock(mutex_);
        running_.erase(token);
        if (!no_room_.empty()) {
            wake = std::move(no_room_.front().second);
            no_room_.pop_front();
        }
    }
    if (wake) wake();
}

}
