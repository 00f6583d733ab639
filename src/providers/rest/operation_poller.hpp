#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"
#include "provider/provider.hpp"
#include "providers/rest/api.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace providers::rest {

// What became of something that a service does in the background.
struct Progress {
    enum class Kind { Running, Done, Failed };
    Kind kind = Kind::Running;
    std::string code;      // Failed: the service's own
    std::string message;   // Failed
};

// The board on which all waiting of one connection is written: whoever looks first after the
// interval asks for all of them together, so that a thousand waits cost no more requests than one
// and hold no thread. Any thread.
class OperationPoller {
public:
    // Asks a service what became of these; an id that it does not know any more is left out.
    using Ask = std::function<base::Result<std::map<std::string, Progress>>(
        std::span<const std::string> ids, const CallScope&)>;

    OperationPoller(Ask ask, std::size_t most_at_once, std::chrono::nanoseconds interval,
                    const base::Clock& clock)
        : ask_(std::move(ask)), most_at_once_(most_at_once), interval_(interval), clock_(clock) {}

    // What is known of all of these together: Failed if one has, Running while one is. Ids that are
    // told to have ended are forgotten. An id that the service does not know has ended.
    base::Result<Progress> look(std::span<const std::string> ids, const CallScope& context);

private:
    struct Board {
        std::map<std::string, Progress> entries;
        std::chrono::nanoseconds asked_at = std::chrono::nanoseconds::min();
        bool is_asking = false;
    };

    base::Result<void> ask_all(const CallScope& context);

    const Ask ask_;
    const std::size_t most_at_once_;
    const std::chrono::nanoseconds interval_;
    const base::Clock& clock_;
    base::Guarded<Board> board_;
};

}
