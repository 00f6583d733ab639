#pragma once

#include "lang/resolve/resolution.hpp"
#include "lang/syntax/ast.hpp"
#include "lang/syntax/source.hpp"
#include "value/diagnostic.hpp"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string_view>
#include <vector>

namespace lang::types {

// A file whose names are resolved. Lives as long as the Typechecker.
struct File {
    const ast::Node* root = nullptr;   // null: data
    const resolve::Resolution* names = nullptr;
    bool is_text = false;      // data of which the type is known: a string
    bool is_library = false;   // a module of the standard library
};

// Where the checker finds what a file refers to.
class Files {
public:
    virtual ~Files() = default;
    // What the import with this number names; null where it could not be loaded.
    virtual const File* imported(const File& importer, std::uint32_t import) = 0;
    // A module of the standard library, `root` or `array`, say: a function of the natives and of
    // `std`, whose body is a record. Null for what is none.
    virtual const File* library(std::string_view module) = 0;
};

enum class Mode : std::uint8_t {
    Walk,     // only what stands behind a `:`
    Strict,   // all of it
};

// Finds ill-typed code, file by file, without running anything (README.md). What it learns of one
// file, the type of an import say, it keeps for the others. One thread.
class Typechecker {
public:
    Typechecker(Files& files, const SourceMap& sources, std::stop_token stop = {});
    ~Typechecker();
    Typechecker(const Typechecker&) = delete;
    Typechecker& operator=(const Typechecker&) = delete;

    // At most one finding for each typed part, in the order of the text.
    void check(const File& file, Mode mode, std::vector<value::Diagnostic>& diagnostics);
    std::uint64_t allocated() const;   // bytes, roughly

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
