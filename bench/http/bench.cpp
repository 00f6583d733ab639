// Many callers over one client, against a server of 50 ms: throughput, and the processor time that
// a call costs. Each way prints one member of a JSON object.
#include "net/client/client.hpp"
#include "net/client/curl_transport.hpp"
#include "net/server/server.hpp"

#include <fmt/core.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

// The server is a process of its own, so that its time is not counted.
struct Process {
    pid_t pid = 0;
    std::uint16_t port = 0;
};

Process start_server(std::chrono::milliseconds delay) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) std::abort();
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        auto server = net::Server::create({}, [delay](const net::Request&) {
            net::Answer answer(net::Response{.body = std::string(2000, 'x')});
            answer.delay = delay;
            return answer;
        });
        (*server)->start();
        const std::uint16_t port = (*server)->port();
        if (::write(pipe[1], &port, sizeof port) != sizeof port) std::abort();
        for (;;) ::pause();
    }
    Process process{.pid = pid};
    if (::read(pipe[0], &process.port, sizeof process.port) != sizeof process.port) std::abort();
    return process;
}

double processor_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Over one transport for all threads, or one for each.
void measure(const char* name, const std::string& url, int threads, int calls, bool shared) {
    std::vector<std::unique_ptr<net::CurlTransport>> transports;
    std::vector<std::unique_ptr<net::Client>> clients;
    for (int i = 0; i < (shared ? 1 : threads); ++i) {
        transports.push_back(std::make_unique<net::CurlTransport>(
            net::TransportOptions{.max_connections_per_host = static_cast<std::size_t>(threads)}));
        clients.push_back(std::make_unique<net::Client>(*transports.back()));
    }
    std::atomic<int> left = calls;
    std::atomic<int> failed = 0;
    const double processor = processor_seconds();
    const auto start = Clock::now();
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < threads; ++i) {
            net::Client& client = *clients[shared ? 0 : static_cast<std::size_t>(i)];
            workers.emplace_back([&] {
                while (left.fetch_sub(1) > 0) {
                    const auto answer = client.send(
                        {.method = "GET",
                         .target = url,
                         .headers = {{"Authorization", "Bearer " + std::string(64, 't')}},
                         .body = {}});
                    if (!answer.ok() || answer.value().status != 200) ++failed;
                }
            });
        }
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    fmt::print("\"{}\": {{\"seconds\": {:.3f}, \"calls_per_second\": {:.0f}, "
               "\"processor_us_per_call\": {:.0f}, \"failed\": {}}}",
               name, seconds, calls / seconds, (processor_seconds() - processor) / calls * 1e6,
               failed.load());
}

}

int main() {
    const Process slow = start_server(std::chrono::milliseconds(50));
    const Process fast = start_server(std::chrono::milliseconds(0));
    const auto url = [](const Process& server) {
        return fmt::format("http://127.0.0.1:{}/v1/servers", server.port);
    };
    // Loads the library, which is not what is measured.
    std::printf("{");
    measure("first call", url(fast), 1, 1, true);
    std::printf(", ");
    measure("50 ms, 50 threads, one transport", url(slow), 50, 500, true);
    std::printf(", ");
    measure("50 ms, 50 threads, one transport each", url(slow), 50, 500, false);
    std::printf(", ");
    measure("no delay, 50 threads, one transport", url(fast), 50, 20000, true);
    std::printf(", ");
    measure("no delay, 1 thread", url(fast), 1, 5000, true);
    std::printf("}\n");
    for (const Process& server : {slow, fast}) {
        ::kill(server.pid, SIGKILL);
        ::waitpid(server.pid, nullptr, 0);
    }
}
