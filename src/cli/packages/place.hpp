#pragma once

#include "base/result.hpp"
#include "cli/args.hpp"
#include "lang/loader.hpp"

#include <optional>
#include <string>

namespace cli {
class Context;
}

namespace cli::packages {

// Where fetched packages lie when nobody says where.
std::string default_cache();

// What the commands about packages take: which manifest, which cache, which index.
struct Place {
    std::optional<std::string> manifest;
    std::optional<std::string> cache;
    std::optional<std::string> index;
    std::optional<std::string> github;

    void declare(Args& args);
    void declare_index(Args& args);
    // The manifest that is meant. NotFound where there is none.
    base::Result<std::string> find_manifest(const lang::EvaluationOptions& options) const;
    base::Result<std::string> find_cache() const;   // absolute
    std::string index_url() const;
    lang::EvaluationOptions evaluation(const Context& context) const;
};

// Beside the manifest.
std::string lock_of(const std::string& manifest);

}
