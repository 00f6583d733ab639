#pragma once

#include "base/result.hpp"
#include "lang/syntax/source.hpp"
#include "value/diagnostic.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cli::nickel {

// A file as it is, and as it should be; nothing in `after` if it is no program, which `findings`
// tell of.
struct FormattedFile {
    std::string path;
    std::string before;
    std::optional<std::string> after;

    bool differs() const { return after && *after != before; }
};

base::Result<FormattedFile> format_file(const std::string& path, lang::SourceMap& sources,
                                        std::vector<value::Diagnostic>& findings);
std::optional<std::string> format_text(std::string name, std::string text, lang::SourceMap& sources,
                                       std::vector<value::Diagnostic>& findings);
// Keeps the rights of the file, and a symbolic link that leads to it.
base::Result<void> rewrite(const FormattedFile& file);

// All .ncl files below a folder, sorted; hidden folders and links to folders are left out.
base::Result<std::vector<std::string>> nickel_files_below(const std::string& folder);

}
