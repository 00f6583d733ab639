#include "cli/nickel/formatting.hpp"

#include "base/fs.hpp"
#include "lang/format/format.hpp"

#include <sys/stat.h>

namespace cli::nickel {

std::optional<std::string> format_text(std::string name, std::string text, lang::SourceMap& sources,
                                       std::vector<value::Diagnostic>& findings) {
    const lang::Source* source = sources.add(std::move(name), std::move(text));
    if (source != nullptr) return lang::format::format(*source, findings);
    value::Diagnostic& found = findings.emplace_back();
    found.kind = "ImportError::IoError";
    found.message = "the sources together are too large";
    return std::nullopt;
}

base::Result<FormattedFile> format_file(const std::string& path, lang::SourceMap& sources,
                                        std::vector<value::Diagnostic>& findings) {
    FormattedFile file{path, {}, {}};
    TRY(base::expect_file(path));
    file.before = TRY(base::read_file(path));
    file.after = format_text(path, file.before, sources, findings);
    return file;
}

base::Result<void> rewrite(const FormattedFile& file) {
    const std::string path = TRY(base::real_path(file.path));
    base::WriteOptions options{.sync = false};
    struct stat info{};
    if (::stat(path.c_str(), &info) == 0) options.mode = info.st_mode & 07777U;
    return base::write_file_atomic(path, *file.after, options);
}

static base::Result<void> collect(const std::string& folder, std::vector<std::string>& files) {
    for (const std::string& name : TRY(base::list_directory(folder))) {
        if (name.starts_with('.')) continue;
        const std::string path = base::join_path(folder, name);
        if (base::kind_of(path) == base::FileKind::Directory) {
            TRY(collect(path, files));
        } else if (name.ends_with(".ncl") && base::file_exists(path)) {
            files.push_back(path);
        }
    }
    return {};
}

base::Result<std::vector<std::string>> nickel_files_below(const std::string& folder) {
    std::vector<std::string> files;
    TRY(collect(folder, files));
    return files;
}

}
