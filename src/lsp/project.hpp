#pragma once

#include "lang/program.hpp"
#include "lsp/analysis.hpp"
#include "lsp/text.hpp"
#include "lsp/workspace_check.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lsp {

// What the server is told when it is started.
struct Options {
    std::vector<lang::BuiltinModule> modules;   // of the providers
    std::vector<std::string> import_paths;
    WorkspaceCheck::Command check;   // null: contracts are not checked
};

// The files that an editor has open, and those on the disk that they import: each parsed once for
// each of its contents.
class Project {
public:
    explicit Project(Options options) : options_(std::move(options)) {}

    // Before each request: analyses that were handed out live until then.
    void begin_request();

    void open(const std::string& path, Text text);
    void close(const std::string& path);
    Text* open_text(const std::string& path);
    const std::map<std::string, Text>& open_files() const { return open_; }

    // Null for what is not there, or no Nickel.
    const Analysis* file(const std::string& path);
    const Analysis* library(std::string_view name);
    const Analysis* imported(const Analysis& importer, const ast::Import& import);
    // Of the workspace's: what has been looked at.
    std::vector<const Analysis*> known_files() const;

    const Options& options() const { return options_; }
    // The nearest folder upward with a main.ncl; empty: none.
    static std::string workspace_of(const std::string& path);

private:
    struct Entry {
        std::unique_ptr<Analysis> analysis;
        std::uint64_t looked_at = 0;   // in which request
    };
    const Analysis* made(const std::string& key, std::string text, bool is_library);

    Options options_;
    std::map<std::string, Text> open_;
    std::map<std::string, Entry> entries_;
    std::vector<std::unique_ptr<Analysis>> retired_;
    std::uint64_t request_ = 1;
};

// The path without links, as far as it leads somewhere.
std::string real_path_of(const std::string& path);

}
