#include "providers/rest/resource_queue.hpp"

#include <algorithm>

namespace providers::rest {

bool ResourceQueue::is_next(const std::string& who, std::span<const std::string> things) {
    return board_.with([&](Board& board) {
        auto known = board.things_of.find(who);
        // In order and once, so that asking for the turn twice is no deadlock with itself.
        if (known == board.things_of.end()) {
            std::vector<std::string> once(things.begin(), things.end());
            std::sort(once.begin(), once.end());
            once.erase(std::unique(once.begin(), once.end()), once.end());
            // All queues are joined under one lock. So of two who want several things, one is
            // before the other in all of them, and there is no circle in which each has what the
            // other wants.
            for (const std::string& thing : once) board.queues[thing].push_back(who);
            known = board.things_of.emplace(who, std::move(once)).first;
        }
        return std::all_of(
            known->second.begin(), known->second.end(),
            [&](const std::string& thing) { return board.queues.at(thing).front() == who; });
    });
}

void ResourceQueue::leave(const std::string& who) {
    board_.with([&](Board& board) {
        const auto known = board.things_of.find(who);
        if (known == board.things_of.end()) return;
        for (const std::string& thing : known->second) {
            const auto queue = board.queues.find(thing);
            // Wherever it stands: who gives up may be in the middle.
            std::erase(queue->second, who);
            if (queue->second.empty()) board.queues.erase(queue);
        }
        board.things_of.erase(known);
    });
}

// By account and not by connection: two connections to one account change the same objects.
std::shared_ptr<ResourceQueue> ResourceQueues::of(const std::string& account) {
    return queues_.with([&](auto& queues) {
        std::erase_if(queues, [](const auto& entry) { return entry.second.expired(); });
        if (const auto found = queues.find(account); found != queues.end()) {
            if (auto queue = found->second.lock()) return queue;
        }
        auto queue = std::make_shared<ResourceQueue>();
        queues.insert_or_assign(account, queue);
        return queue;
    });
}

}
