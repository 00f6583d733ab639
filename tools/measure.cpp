// Runs a command many times and prints one JSON object: wall and CPU time in milliseconds, memory,
// and the most threads that were seen at once (looked at every few milliseconds).
// Usage: measure RUNS COMMAND [ARGUMENT]...   Its output is thrown away; it must end with 0.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

struct Run {
    double wall_ms;
    double cpu_ms;
    double memory_mib;
    double threads_most = 1;
};

double milliseconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000;
}

// Until it is told to stop; the most is written before it ends.
void watch_threads(const std::stop_token& stop, pid_t child, double& most) {
    constexpr std::chrono::milliseconds kStep{4};
    const std::string path = fmt::format("/proc/{}/status", child);
    while (!stop.stop_requested()) {
        std::ifstream status(path);
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with("Threads:")) most = std::max(most, std::stod(line.substr(8)));
        }
        std::this_thread::sleep_for(kStep);
    }
}

bool run(char** words, Run& result) {
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::vfork();
    if (child == 0) {
        const int nothing = ::open("/dev/null", O_WRONLY);
        ::dup2(nothing, STDOUT_FILENO);
        ::execvp(words[0], words);
        ::_exit(127);
    }
    int status = 0;
    rusage usage{};
    std::jthread watcher(
        [&](const std::stop_token& stop) { watch_threads(stop, child, result.threads_most); });
    if (child < 0 || ::wait4(child, &status, 0, &usage) != child) return false;
    const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - start;
    watcher.request_stop();
    watcher.join();
    result.wall_ms = wall.count();
    result.cpu_ms = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
    result.memory_mib = static_cast<double>(usage.ru_maxrss) / 1024;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

double median(const std::vector<Run>& runs, double Run::* field) {
    std::vector<double> values;
    for (const Run& one : runs) values.push_back(one.*field);
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double most(const std::vector<Run>& runs, double Run::* field) {
    double value = runs.front().*field;
    for (const Run& one : runs) value = std::max(value, one.*field);
    return value;
}

double least(const std::vector<Run>& runs, double Run::* field) {
    double value = runs.front().*field;
    for (const Run& one : runs) value = std::min(value, one.*field);
    return value;
}

}

int main(int count, char** arguments) {
    const long wanted = count > 2 ? std::strtol(arguments[1], nullptr, 10) : 0;
    if (wanted < 1 || wanted > 100'000) {
        std::fputs("usage: measure RUNS COMMAND [ARGUMENT]...\n", stderr);
        return 64;
    }
    std::vector<Run> runs(static_cast<std::size_t>(wanted));
    for (Run& one : runs) {
        if (!run(arguments + 2, one)) {
            std::fputs("measure: the command failed\n", stderr);
            return 1;
        }
    }
    std::fputs(
        fmt::format("{{\"runs\": {}, \"wall_ms\": {:.3f}, \"wall_ms_least\": {:.3f}, "
                    "\"cpu_ms\": {:.3f}, \"memory_mib\": {:.1f}, \"threads_most\": {:.0f}}}\n",
                    wanted, median(runs, &Run::wall_ms), least(runs, &Run::wall_ms),
                    median(runs, &Run::cpu_ms), median(runs, &Run::memory_mib),
                    most(runs, &Run::threads_most))
            .c_str(),
        stdout);
    return 0;
}
