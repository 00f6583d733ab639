#include "cli/nickel/import_paths.hpp"

#include "base/text.hpp"
#include "cli/environment.hpp"

#include <utility>

namespace cli::nickel {

void declare_import_paths(Args& args, std::vector<std::string>& paths) {
    args.option("import-path,I", &paths, "where imports are looked for, too")
        .value_name("DIR")
        .completes(Completes::Directory);
}

// After the options, as the official command has it: what is nearer to the call wins.
std::vector<std::string> all_import_paths(std::vector<std::string> paths) {
    const std::string more = environment("NICKEL_IMPORT_PATH").value_or("");
    for (const std::string_view folder : base::split(more, ':')) {
        if (!folder.empty()) paths.emplace_back(folder);
    }
    return paths;
}

}
