#include "cli/settings.hpp"

namespace cli {

const std::vector<SettingSpec>& setting_specs() {
    using enum SettingType;
    static const std::vector<SettingSpec> specs{
        // Calls wait for platforms most of the time.
        {"apply.parallelism", Number, "16", "provider calls in flight at once", {}},
        {"http.trace",
         Text,
         "",
         "where each request is noted, as JSON lines; - is standard error",
         {}},
        // Ends a recursion without end before the memory does.
        {"limits.depth", Number, "100000", "nesting of an evaluation", {}},
        {"limits.import_roots",
         Text,
         "",
         "folders to import from beside the workspace's, by colons; with `nickel`: only these",
         {}},
        {"limits.memory_mib", Number, "4096", "memory of an evaluation", {}},
        {"limits.number_digits", Number, "100000", "digits of a number", {}},
        {"limits.steps",
         Number,
         // Minutes of computing: no program that describes infrastructure comes near it, and one
         // that never ends is ended.
         "20000000000",
         "calls and values of an evaluation; 0: any number",
         {}},
        {"log.file", Text, "", "where the log goes; standard error when empty", {}},
        {"log.level", Choice, "off", "what is logged", {"off", "error", "warn", "info", "debug"}},
        {"state.history", Text, "90d", "age of what is kept of past runs: 90d, 12w, or all", {}},
        {"ui.color", Choice, "auto", "colours in what is printed", {"auto", "always", "never"}},
        {"ui.progress", Choice, "auto", "live progress", {"auto", "always", "never"}},
    };
    return specs;
}

}
