#include "providers/local/files_read.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "provider/provider.hpp"
#include "providers/local/fields.hpp"

namespace providers::local {
namespace {

using value::Value;

// Beneath the workspace alone: what belongs to the machine is another one's on another machine.
void add_named(std::string_view word, const std::string& folder, const provider::Host& host,
               std::vector<std::string>& out) {
    constexpr std::size_t kLongest = 4096;
    if (word.empty() || word.size() > kLongest) return;
    std::string path = base::normal_path(base::join_path(folder, word));
    if (!path.starts_with(host.workspace_dir + "/") || path.starts_with(host.state_dir + "/") ||
        base::kind_of(path) != base::FileKind::Regular) {
        return;
    }
    out.push_back(std::move(path));
}

// A text is for the shell; what in it looks like a file and is one, is meant.
void add_words(std::string_view text, const std::string& folder, const provider::Host& host,
               std::vector<std::string>& out) {
    constexpr std::string_view kBetween = " \t\n\r;|&<>()\"'`$=";
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(kBetween);
        add_named(text.substr(0, end), folder, host, out);
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

}

std::vector<std::string> files_of(std::string_view type, const Value& inputs,
                                  const provider::Host& host) {
    std::vector<std::string> out;
    if (type == "local.Template") {
        const std::string& source = text_of(inputs, "source");
        if (!source.empty()) out.push_back(source);
        return out;
    }
    if (type != "local.Command" && type != "local.Process") return out;
    const std::string folder = base::join_path(host.workspace_dir, text_of(inputs, "directory"));
    for (const std::string_view field : {"create", "update", "undo", "check", "command"}) {
        add_words(text_of(inputs, field), folder, host, out);
        for (const std::string& word : texts_of(inputs, field)) {
            add_named(word, folder, host, out);
        }
    }
    return out;
}

}
