#pragma once

#include "base/guarded.hpp"

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace providers::rest {

// Turns at what a platform lets only one change at a time, a server for one: whoever comes first
// is first everywhere, so that none waits for another in a circle. Holds no thread: one asks
// again. Any thread.
class ResourceQueue {
public:
    // Whether it is `who`'s turn at all of these; asked for the first time, it joins the queues.
    // What it is asked with later does not count.
    bool is_next(const std::string& who, std::span<const std::string> things);
    // It is done, or gives up. Of somebody who is in no queue: nothing.
    void leave(const std::string& who);

private:
    struct Board {
        std::map<std::string, std::deque<std::string>> queues;       // by thing
        std::map<std::string, std::vector<std::string>> things_of;   // by who
    };
    base::Guarded<Board> board_;
};

// The queues of one provider, by account: what two connections to one account change is the same. A
// queue lives as long as somebody holds it. Any thread.
class ResourceQueues {
public:
    std::shared_ptr<ResourceQueue> of(const std::string& account);

private:
    base::Guarded<std::map<std::string, std::weak_ptr<ResourceQueue>>> queues_;
};

}
