#pragma once

#include "lang/syntax/ast.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lang::resolve {

// Which file imports which. Files are added as they are found; nothing is read here.
class ImportGraph {
public:
    using FileId = std::uint32_t;

    struct Edge {
        FileId from = 0;
        FileId to = 0;
        Span span{};   // of the import
    };
    struct File {
        std::string name;   // as shown to people
        ast::ImportFormat format = ast::ImportFormat::Nickel;
        std::vector<Edge> imports;   // in the order of the text
    };

    FileId add(std::string name, ast::ImportFormat format);
    // As the next import of `from`.
    void connect(FileId from, FileId to, Span span);

    const File& operator[](FileId id) const { return files_[id]; }
    std::size_t size() const { return files_.size(); }

    // `root` and all that it needs, each after what it imports; where a cycle is closed, the file
    // that was entered first comes last. Files that do not stand in each other's way could be
    // loaded at the same time.
    std::vector<FileId> loading_order(FileId root) const;
    // The way from `root` to a file, by the imports that were found first; empty for itself.
    std::vector<Edge> way_to(FileId root, FileId file) const;
    // Files that need themselves, in groups that need each other. Cycles are legal: values are
    // lazy.
    std::vector<std::vector<FileId>> cycles() const;

private:
    std::vector<File> files_;
};

}
