#include "simulation/network.hpp"

#include "base/threads.hpp"
#include "net/http/url.hpp"
#include "simulation/world.hpp"

#include <fmt/core.h>

#include <array>

namespace simulation {
namespace {

using std::chrono::milliseconds;
using Duration = base::Threads::Duration;

// A request that is under way. Whoever waits for it may be gone when it arrives.
struct Flight {
    std::mutex mutex;
    base::Condition changed;
    bool has_ended = false;
    net::Exchange outcome{.result = net::Response{}, .info = {}};

    void end(net::Exchange with) {
        const std::lock_guard lock(mutex);
        if (has_ended) return;
        outcome = std::move(with);
        has_ended = true;
        changed.notify_all();
    }
};

// What becomes of a request.
struct Fate {
    std::string fault;   // "": nothing is wrong
    int status = 0;      // of "part_outage"
    Duration there{0};   // until it arrives
    Duration back{0};
    std::size_t restarts = 0;   // of the cloud, when it was sent
};

net::Exchange failed(base::Code code, std::string message, net::Delivery delivery, int status = 0) {
    net::Exchange out{.result = net::call_error(code, std::move(message), delivery, true, status),
                      .info = {}};
    out.info.bytes_received = status != 0 ? 100 : 0;
    return out;
}

// Cut off within, or what a gateway of another service says.
void malform(World& world, std::string& body) {
    constexpr std::array kOthers{"{}",           "[]", "null", "{\"error\":null}", "<html></html>",
                                 "{\"meta\":{}}"};
    const std::uint64_t which = world.draw(2 * kOthers.size());
    if (which < kOthers.size()) {
        body = kOthers[which];
    } else {
        body.resize(world.draw(body.size()));
    }
}

// What comes back of an answer.
net::Exchange spoilt(World& world, const Fate& fate, const net::Request& request,
                     net::Response response) {
    if (fate.fault == "answer_lost") {
        return failed(base::Code::Unavailable, "connection reset", net::Delivery::Unknown);
    }
    if (fate.fault == "cut_off") {
        return failed(base::Code::Unavailable, "the answer broke off", net::Delivery::Unknown,
                      response.status);
    }
    if (fate.fault == "gateway") {
        const int status = world.draw(2) == 0 ? 502 : 504;
        response = world.cloud().refuse(request, status, "", "the gateway gave up");
    }
    if (fate.fault == "malformed" && !response.body.empty()) malform(world, response.body);
    net::Exchange out{.result = std::move(response), .info = {}};
    out.info.bytes_received = 100;
    return out;
}

// Called by the world, at the time of its arrival: whoever sent it may be gone.
void answer(World& world, const net::Request& request, const Fate& fate, const std::string& process,
            const std::shared_ptr<Flight>& flight) {
    // With the cloud that it was on its way to.
    const auto reset = [] {
        return failed(base::Code::Unavailable, "connection reset", net::Delivery::Unknown);
    };
    if (world.cloud_restarts() != fate.restarts) return flight->end(reset());
    net::Response response;
    if (fate.fault == "unavailable") {
        response = world.cloud().refuse(request, 503, "", "the service is being worked on");
    } else if (fate.fault == "part_outage") {
        response = world.cloud().refuse(request, fate.status, "", "not here, not now");
        if (fate.status < 300) response.body = "{}";
    } else if (fate.fault == "limited") {
        response = world.cloud().refuse(request, 429, "", "too many requests");
    } else {
        const sandbox::ActionFault action{
            .code = "action_failed", .message = "it was told to fail", .happens = false};
        response = world.arrive(request, process, fate.fault == "action_fails" ? &action : nullptr);
    }
    world.tell(
        fmt::format("{} {} {}: {}", process, request.method, request.target, response.status));
    if (fate.fault == "hangs") return;
    Scheduler& scheduler = world.scheduler();
    scheduler.at(
        scheduler.elapsed() + fate.back, [flight, reset, &world, restarts = fate.restarts,
                                          outcome = std::make_shared<net::Exchange>(
                                              spoilt(world, fate, request, std::move(response)))] {
            flight->end(world.cloud_restarts() != restarts ? reset() : std::move(*outcome));
        });
}

class Transport final : public net::Transport {
public:
    explicit Transport(World& world) : world_(world) {}

    net::Exchange exchange(const net::Request& request,
                           const net::ExchangeOptions& options) override;

private:
    Fate fate_of(const net::Request& request, const net::ExchangeOptions& options);
    void send(const net::Request& request, const Fate& fate, const std::shared_ptr<Flight>& flight);

    World& world_;
};

Fate Transport::fate_of(const net::Request& request, const net::ExchangeOptions& options) {
    Fate fate;
    fate.there = milliseconds(1 + world_.draw(60));
    fate.back = milliseconds(1 + world_.draw(60));
    const bool is_safe = request.method == "GET";
    for (const char* fault : {"refused", "lost", "answer_lost", "late", "hangs", "unavailable",
                              "gateway", "limited", "cut_off", "malformed", "action_fails"}) {
        if (world_.happens(fault)) {
            fate.fault = fault;
            break;
        }
    }
    if (fate.status = world_.status_of_outage(request); fate.status != 0) {
        fate.fault = "part_outage";
    }
    if (world_.is_cut_off()) fate.fault = world_.draw(2) == 0 ? "refused" : "unavailable";
    if (world_.is_cloud_down()) fate.fault = "refused";
    fate.restarts = world_.cloud_restarts();
    if (fate.fault.empty() && options.is_repeatable && world_.happens("repeated")) {
        fate.fault = "repeated";
    }
    if (fate.fault == "action_fails" && is_safe) fate.fault.clear();
    if (world_.happens("slow")) {
        // It waits in a queue of the network, and then at the platform.
        fate.there += milliseconds(world_.draw(9'000));
        fate.back += milliseconds(world_.draw(20'000));
    }
    const Process* process = world_.scheduler().process();
    const bool is_last = process != nullptr && process->dies_at_request == process->requests;
    // Where the process dies while it is under way, it may well outlive it.
    if (is_last && world_.happens("outlives")) fate.there += milliseconds(world_.draw(9'000));
    return fate;
}

// The request as the cloud sees it: a path, and the host beside it. Asking for more than the
// largest page is asking for that.
net::Request as_received(const net::Request& request, std::size_t page_size) {
    net::Request out = request;
    const auto url = net::parse_url(request.target);
    if (!url.ok()) return out;
    out.target = url->target();
    out.headers.set("Host", url->authority());
    constexpr std::string_view kSize = "per_page=50";
    const std::size_t at = out.target.find(kSize);
    if (page_size > 0 && at != std::string::npos) {
        out.target.replace(at, kSize.size(), fmt::format("per_page={}", page_size));
    }
    return out;
}

net::Exchange Transport::exchange(const net::Request& request,
                                  const net::ExchangeOptions& options) {
    if (!world_.begin_request()) {
        return failed(base::Code::Unavailable, "the process is dead", net::Delivery::NotSent);
    }
    const net::Request received = as_received(request, world_.page_size());
    const Fate fate = fate_of(received, options);
    auto flight = std::make_shared<Flight>();
    send(received, fate, flight);
    std::unique_lock lock(flight->mutex);
    const bool has_ended = flight->changed.wait_for(lock, options.stop, options.timeout,
                                                    [&] { return flight->has_ended; });
    net::Exchange outcome = std::move(flight->outcome);
    flight->has_ended = true;   // whatever comes now, nobody waits for it
    lock.unlock();
    // Between its effect and what is made of it, too.
    if (!world_.begin_act()) {
        return failed(base::Code::Unavailable, "the process is dead", net::Delivery::Unknown);
    }
    if (has_ended) return outcome;
    const bool is_stopped = options.stop.stop_requested();
    world_.tell(fmt::format("{} {}: {}", request.method, request.target,
                            is_stopped ? "broken off" : "given up"));
    return failed(is_stopped ? base::Code::Cancelled : base::Code::DeadlineExceeded,
                  is_stopped ? "broken off" : "no answer in time", net::Delivery::Unknown);
}

void Transport::send(const net::Request& request, const Fate& fate,
                     const std::shared_ptr<Flight>& flight) {
    Scheduler& scheduler = world_.scheduler();
    const std::string process = scheduler.process() != nullptr ? scheduler.process()->name : "";
    const Duration now = scheduler.elapsed();
    if (!fate.fault.empty()) {
        world_.tell(fmt::format("{} {}: {}", request.method, request.target, fate.fault));
    }
    const auto arrive = [&world = world_, request, fate, process, flight] {
        answer(world, request, fate, process, flight);
    };
    if (fate.fault == "refused") {
        scheduler.at(now + fate.there, [flight] {
            flight->end(
                failed(base::Code::Unavailable, "connection refused", net::Delivery::NotSent));
        });
    } else if (fate.fault == "lost") {
        scheduler.at(now + fate.there, [flight] {
            flight->end(
                failed(base::Code::Unavailable, "connection reset", net::Delivery::Unknown));
        });
    } else if (fate.fault == "late") {
        // The platform's promise is that it takes no effect later than that after it was given up.
        // Where lists show late, both together are.
        const bool shows_late = world_.faults().has("misses_new");
        const Duration lag = milliseconds(1 + world_.draw(shows_late ? 2'300 : 4'800));
        scheduler.at(now + fate.there, [flight] {
            flight->end(
                failed(base::Code::Unavailable, "connection reset", net::Delivery::Unknown));
        });
        scheduler.at(now + fate.there + lag, arrive);
    } else if (fate.fault != "hangs") {
        scheduler.at(now + fate.there, arrive);
        if (fate.fault == "repeated") {
            scheduler.at(now + fate.there + milliseconds(world_.draw(500)), arrive);
        }
    } else if (world_.draw(2) == 0) {
        scheduler.at(now + fate.there, arrive);   // and hangs with its answer
    }
}

}

std::unique_ptr<net::Transport> make_transport(World& world) {
    return std::make_unique<Transport>(world);
}

}
