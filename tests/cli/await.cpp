#include "await.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>

#include <sys/wait.h>

namespace await {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kUsage = "usage: await [--for MS] file PATH | no-file PATH | "
                                    "line TEXT PATH | end PID | taken PID | "
                                    "output TEXT COMMAND\n";

bool has_line(const std::string& text, const std::string& part) {
    // Only whole lines: what is being written is not there yet.
    const std::size_t end = text.rfind('\n');
    if (end == text.npos) return false;
    for (const std::string_view line : base::split_lines(text.substr(0, end + 1))) {
        if (line.find(part) != line.npos) return true;
    }
    return false;
}

// Empty while there is none.
std::string text_of(const std::string& path) {
    auto text = base::read_file(path);
    return text.ok() ? std::move(text).value() : std::string();
}

std::string status_of(const std::string& pid) { return text_of("/proc/" + pid + "/status"); }

// Who has ended may be left for its parent to be looked at.
bool has_ended(const std::string& pid) {
    const std::string status = status_of(pid);
    return status.empty() || status.find("\nState:\tZ") != status.npos;
}

// No signal waits for it: it has taken those that were sent.
bool has_taken_signals(const std::string& pid) {
    const std::string status = status_of(pid);
    return status.empty() || status.find("\nShdPnd:\t0000000000000000\n") != status.npos;
}

std::string output_of(const std::string& command) {
    std::string out;
    std::FILE* pipe = ::popen(command.c_str(), "re");
    if (pipe == nullptr) return out;
    char buffer[4096];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
        out.append(buffer, got);
    }
    ::pclose(pipe);
    return out;
}

// Empty for words that say nothing.
std::function<bool()> condition(const Words& words) {
    const std::string& kind = words[0];
    if (words.size() == 2) {
        const std::string& what = words[1];
        if (kind == "file") return [what] { return base::file_exists(what); };
        if (kind == "no-file") return [what] { return !base::file_exists(what); };
        if (kind == "end") return [what] { return has_ended(what); };
        if (kind == "taken") return [what] { return has_taken_signals(what); };
    }
    if (words.size() == 3) {
        const std::string &text = words[1], &from = words[2];
        if (kind == "line") {
            return [=] { return has_line(text_of(from), text); };
        }
        if (kind == "output") return [=] { return has_line(output_of(from), text); };
    }
    return {};
}

}

int run(const Words& given) {
    using Clock = std::chrono::steady_clock;
    Words words = given;
    std::chrono::milliseconds limit{30'000};
    if (words.size() > 2 && words[0] == "--for") {
        limit = std::chrono::milliseconds(std::stoi(words[1]));
        words.erase(words.begin(), words.begin() + 2);
    }
    const std::function<bool()> met = words.empty() ? nullptr : condition(words);
    if (!met) {
        std::fputs(std::string(kUsage).c_str(), stderr);
        return 64;
    }
    const auto deadline = Clock::now() + limit;
    while (!met()) {
        if (Clock::now() > deadline) {
            fmt::print(stderr, "await: not after {} ms: {}\n", limit.count(),
                       base::join(words, " "));
            return 1;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return 0;
}

}
