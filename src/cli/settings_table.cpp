#include "cli/settings.hpp"

namespace cli {

const std::vector<SettingSpec>& setting_specs() {
    using enum SettingType;
    using enum WorkspaceMay;
    static const std::vector<SettingSpec> specs{
        // Calls wait for platforms most of the time.
        {"apply.parallelism", Number, Lower, "16", "provider calls in flight at once", {}},
        {"http.patience",
         Number,
         Lower,
         "20",
         "seconds that a platform may be out of reach while planning",
         {}},
        {"http.trace",
         Text,
         SetNothing,
         "",
         "where each request is noted, as JSON lines; - is standard error",
         {}},
        // Ends a recursion without end before the memory does.
        {"limits.depth", Number, Lower, "10000000", "nesting of an evaluation", {}},
        {"limits.import_roots",
         Text,
         Narrow,
         "",
         "folders to import from beside the workspace's, by colons; with `nickel`: only these",
         {}},
        {"limits.memory_mib", Number, Lower, "4096", "memory of an evaluation", {}},
        {"limits.number_digits", Number, Lower, "100000", "digits of a number", {}},
        {"limits.steps",
         Number,
         LowerAboveZero,
         // Minutes of computing: no program that describes infrastructure comes near it, and one
         // that never ends is ended.
         "20000000000",
         "calls and values of an evaluation; 0: any number",
         {}},
        {"log.file", Text, SetNothing, "", "where the log goes; standard error when empty", {}},
        // Neither more, which may tell too much, nor less, which hides what is done.
        {"log.level",
         Choice,
         SetNothing,
         "off",
         "what is logged",
         {"off", "error", "warn", "info", "debug"}},
        // Of the workspace's own state.
        {"state.history",
         Text,
         Set,
         "90d",
         "age of what is kept of past runs: 90d, 12w, or all",
         {}},
        // How it looks, and nothing else.
        {"ui.color",
         Choice,
         Set,
         "auto",
         "colours in what is printed",
         {"auto", "always", "never"}},
        {"ui.progress", Choice, Set, "auto", "live progress", {"auto", "always", "never"}},
        {"workspace.protected",
         Text,
         Add,
         "",
         "environments, by commas, where what deletes is approved by typing the name",
         {}},
        {"workspace.trusted_folders",
         Text,
         SetNothing,
         "",
         "folders, by colons, in which a workspace may belong to somebody else; * is all",
         {}},
    };
    return specs;
}

}
