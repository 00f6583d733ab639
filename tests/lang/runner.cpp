// Runs the programs under a folder and holds them to their first lines (README.md).
// Usage: lang_goldens FOLDER. PROVISIONING_TEST_FILTER: only those whose path contains it.
#include "support/suite.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "lang/data.hpp"
#include "lang/evaluation.hpp"
#include "json/format.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr auto kTimeLimit = std::chrono::seconds(60);

// Asks a program to stop that runs for too long.
class Deadline {
public:
    Deadline()
        : thread_([this](const std::stop_token& done) {
              std::unique_lock lock(mutex_);
              const bool is_done = wait_.wait_for(lock, done, kTimeLimit, [] { return false; }) ||
                                   done.stop_requested();
              if (!is_done) stop_.request_stop();
          }) {}
    std::stop_token token() const { return stop_.get_token(); }

private:
    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable_any wait_;
    std::jthread thread_;
};

struct Expected {
    bool passes = false;
    std::string value;   // of a passing program, may be empty
    std::string kind;
    std::vector<std::string> expectations;   // NAME=TEXT
};

std::optional<Expected> read_header(const std::string& text) {
    Expected expected;
    bool first = true;
    for (const std::string_view line : base::split(text, '\n')) {
        const auto after = [&](std::string_view prefix) -> std::optional<std::string> {
            if (!line.starts_with(prefix)) return std::nullopt;
            return std::string(line.substr(prefix.size()));
        };
        if (first) {
            first = false;
            expected.passes = line == "# expect: pass";
            const auto kind = after("# expect: error ");
            if (!expected.passes && !kind) return std::nullopt;
            expected.kind = kind.value_or("");
        } else if (!line.starts_with("#")) {
            break;
        } else if (const auto value = after("# value: ")) {
            expected.value = *value;
        } else if (const auto expectation = after("# expectation: ")) {
            expected.expectations.push_back(*expectation);
        }
    }
    return expected;
}

struct Outcome {
    std::string value;   // of a program that passes
    std::string kind;
    std::string message;
    std::vector<std::string> expectations;
};

Outcome outcome_of(const value::Diagnostic& diagnostic) {
    Outcome outcome{{}, diagnostic.kind, diagnostic.message, {}};
    for (const auto& [name, text] : diagnostic.expectation) {
        outcome.expectations.push_back(name + "=" + text);
    }
    return outcome;
}

enum class Collections : std::uint8_t { AsEver, Often };

Outcome run(const std::string& path, Collections collections) {
    lang::EvaluationOptions options;
    // Collecting often takes its time with what is large.
    options.limits.max_memory = std::uint64_t{collections == Collections::Often ? 64U : 1024U}
                                << 20U;
    const Deadline deadline;
    options.stop = deadline.token();
    options.limits.collects_often = collections == Collections::Often;
    // Both ways to the library, as commands take one or the other.
    options.library_in_parts = collections == Collections::Often;
    lang::Evaluation evaluation(std::move(options));
    std::vector<value::Diagnostic> diagnostics;
    const lang::Word program =
        evaluation.load_file(path, lang::ast::ImportFormat::Nickel, diagnostics);
    if (!diagnostics.empty()) return outcome_of(diagnostics.front());
    std::optional<value::Diagnostic> error;
    const lang::Word value =
        evaluation.evaluate_deep(program, error, lang::Machine::Depth::Exported);
    if (error) return outcome_of(*error);
    Outcome outcome;
    const auto writer = json::make_writer(json::Format::CompactJson, outcome.value);
    lang::ExportFailure failure;
    if (lang::write_data(evaluation.machine, value, *writer, failure)) return outcome;
    return {{}, failure.kind, failure.message, {}};
}

// What is wrong; empty if nothing is.
std::string difference(const Expected& expected, const Outcome& outcome) {
    if (expected.passes && !outcome.kind.empty()) {
        return fmt::format("fails with {}: {}", outcome.kind, outcome.message);
    }
    if (expected.passes) {
        if (expected.value.empty() || expected.value == outcome.value) return {};
        return fmt::format("gives {}, not {}", outcome.value, expected.value);
    }
    if (outcome.kind.empty()) return fmt::format("passes, not {}", expected.kind);
    if (outcome.kind != expected.kind) {
        return fmt::format("is {} ({}), not {}", outcome.kind, outcome.message, expected.kind);
    }
    for (const std::string& wanted : expected.expectations) {
        if (std::ranges::find(outcome.expectations, wanted) == outcome.expectations.end()) {
            return fmt::format("lacks the expectation {}", wanted);
        }
    }
    return {};
}

std::set<std::string> read_known(const std::string& path) {
    std::set<std::string> known;
    const auto text = base::read_file(path);
    if (!text) return known;
    for (const std::string_view line : base::split(*text, '\n')) {
        if (line.empty() || line.starts_with("#")) continue;
        known.emplace(line.substr(0, line.find(": ")));
    }
    return known;
}

// Material of other programs lies in folders `files`; parse/ is judged by the parser's own test.
bool is_program(const std::string& name) {
    return name.ends_with(".ncl") && name.find("/files/") == name.npos &&
           !name.starts_with("parse/");
}

std::vector<std::string> programs_under(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        std::string name = entry.path().string().substr(folder.size() + 1);
        if (is_program(name)) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    return names;
}

class Judge {
public:
    Judge(std::string folder, suite::Suite& suite)
        : folder_(std::move(folder)), suite_(suite), known_(read_known(folder_ + "/KNOWN")) {}

    void judge(const std::string& name) {
        const std::string path = folder_ + "/" + name;
        const auto expected = read_header(suite::must(base::read_file(path)));
        if (!expected) {
            suite_.judge(name,
                         "its first line is neither `# expect: pass` nor `# expect: error …`");
        } else {
            std::string wrong = difference(*expected, run(path, Collections::AsEver));
            if (wrong.empty()) {
                wrong = difference(*expected, run(path, Collections::Often));
                if (!wrong.empty()) wrong = "with garbage collected all the time it " + wrong;
            }
            agree(name, wrong);
        }
    }

    void finish() {
        for (const std::string& name : known_) {
            if (suite_.wants(name))
                suite_.judge(name, "listed in KNOWN, but there is no such program");
        }
        fmt::print("{} known differences\n", differ_);
    }

private:
    void agree(const std::string& name, const std::string& wrong) {
        const bool is_known = known_.erase(name) > 0;
        if (is_known && !wrong.empty()) {
            ++differ_;
            return;
        }
        suite_.judge(name, is_known ? "agrees now: take it off the list KNOWN" : wrong);
    }

    std::string folder_;
    suite::Suite& suite_;
    std::set<std::string> known_;
    int differ_ = 0;
};

}

int main(int count, char** words) {
    if (count != 2) {
        fmt::print(stderr, "usage: lang_goldens FOLDER\n");
        return 2;
    }
    suite::Suite suite;
    Judge judge(words[1], suite);
    for (const std::string& name : programs_under(words[1])) {
        if (!suite.wants(name)) continue;
        std::fflush(stdout);   // what a crash would lose
        judge.judge(name);
    }
    judge.finish();
    return suite.finish();
}
