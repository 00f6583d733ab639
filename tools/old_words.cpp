#include "old_words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace tidy {
namespace {

// Words of our own that gave way to those of the field (docs/glossary.md).
struct OldWord {
    std::vector<std::string_view> forms;
    std::string_view instead;
    std::vector<std::string_view> where;   // in paths that begin so it means something else
};

const std::vector<OldWord> kOldWords{
    {{"spine", "spines"}, "resource tree", {}},
    {{"frontier", "Frontier", "frontiers"}, "deferral", {}},
    {{"hold_one", "withheld", "Withheld"}, "blocked, with its reason", {}},
    {{"settle", "settles", "settled", "Settled"}, "resolve, if it is said by hand", {}},
    // A stray byte or character is one that belongs to nothing.
    {{"stray", "strays", "Stray"}, "orphan", {"src/lang/", "tests/lang/"}},
    // How an option, an identifier or a name of RE2 is written.
    {{"spell", "spells", "spelled"},
     "normalize, if it is brought to one form",
     {"src/base/", "src/cli/", "src/lang/", "src/sandbox/kit/labels.cpp"}},
    {{"stands_for"}, "conflict_key", {}},
    {{"told_once"}, "create_only", {}},
    {{"RestKind"}, "RestResource", {}},
    {{"PartKind"}, "SubResource", {}},
    {{"LookupKind"}, "DataSource", {}},
    {{"KindEntry"}, "HandlerEntry", {}},
    {{"Dialect"}, "ErrorMapping", {}},
    {{"Likeness"}, "PlanMatch", {}},
    {{"bury", "buries", "buried", "bury_dead"}, "reap", {}},
    {{"Tally", "tally", "tallies"}, "Checksums", {}},
    {{"Platforms"}, "ProviderRegistry", {}},
    {{"Goings"}, "PendingActions", {}},
    {{"providers/kit"}, "providers/rest", {}},
};

// Records are not edited, and this is the list.
constexpr std::string_view kExempt[] = {"docs/adr/", "tools/old_words.cpp"};

bool is_within(std::string_view path, std::string_view folder) { return path.starts_with(folder); }

}

bool stands_alone(std::string_view line, std::string_view text, std::size_t at) {
    const auto continues = [](char edge, char beside) {
        const auto is_word = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_';
        };
        return is_word(edge) && (is_word(beside) || beside == '/');
    };
    const std::size_t end = at + text.size();
    return (at == 0 || !continues(text.front(), line[at - 1])) &&
           (end == line.size() || !continues(text.back(), line[end]));
}

void find_old_words(std::string_view path, std::string_view line,
                    const std::function<void(std::string what)>& tell) {
    const auto is_here = [&](std::string_view folder) { return is_within(path, folder); };
    if (std::ranges::any_of(kExempt, is_here)) return;
    for (const OldWord& old : kOldWords) {
        if (std::ranges::any_of(old.where, is_here)) continue;
        for (const std::string_view form : old.forms) {
            std::size_t at = line.find(form);
            while (at != line.npos && !stands_alone(line, form, at)) at = line.find(form, at + 1);
            if (at != line.npos) tell(fmt::format("\"{}\" is an old word: {}", form, old.instead));
        }
    }
}

}
