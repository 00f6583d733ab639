#pragma once

#include "base/guarded.hpp"

#include <deque>
#include <map>
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

}
