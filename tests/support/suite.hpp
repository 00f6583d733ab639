#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

// What every runner of a suite does: it reads the variables that ./dev test sets, judges cases by
// name, counts them, and ends with the line that ./dev test adds up.
namespace suite {

// A variable of the environment; "" when there is none.
std::string variable(const char* name);

// What a suite cannot do without: ends it with status 2.
[[noreturn]] void give_up(std::string_view why);
template <typename T>
T must(base::Result<T> result) {
    if (!result.ok()) give_up(result.error().text());
    return std::move(result).value();
}
inline void must(base::Result<void> result) {
    if (!result.ok()) give_up(result.error().text());
}

class Suite {
public:
    Suite();

    bool accepts() const { return accepts_; }   // expectations are rewritten
    bool is_filtered() const { return !filter_.empty(); }
    bool wants(std::string_view name) const { return name.find(filter_) != name.npos; }
    // PROVISIONING_TEST_SEED, of suites that leave something to chance; the same each time else.
    unsigned seed() const;

    // The files of a folder with this extension that the filter wants, in order.
    std::vector<std::string> files_in(const std::string& folder, std::string_view extension) const;

    // A case and what is wrong with it; empty if nothing.
    void judge(std::string_view name, std::string_view wrong);
    int failed() const { return failed_; }

    // Prints the last line. The exit code: a suite of which no case ran has not passed, unless the
    // filter was meant for another.
    int finish() const;

private:
    std::string filter_;
    bool accepts_ = false;
    int passed_ = 0;
    int failed_ = 0;
};

}
