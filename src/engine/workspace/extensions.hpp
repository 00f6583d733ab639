#pragma once

#include "base/result.hpp"
#include "engine/workspace/workspace.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a workspace brings along beside its program: `extensions/NAME/`, each with a manifest
// `extension.ncl` and whatever it offers to import (docs/formats/extension.md).
namespace engine {

struct Extension {
    enum class Kind : std::uint8_t { Provider, Taskserv, Cluster, Policy };

    std::string name;      // of the folder and in the manifest
    std::string folder;    // absolute
    std::string version;   // "1.2.0"
    std::string description;
    Kind kind = Kind::Taskserv;
    std::vector<std::string> modules;   // what may be imported: "NAME/module.ncl", sorted
    value::Value manifest;              // all of it, for what a kind has beside these
};
std::string_view name_of(Extension::Kind kind);   // "Provider", …

// Names of the folders in `extensions/`, sorted; none where there is no such folder. Names that
// begin with a dot are left out. Nothing is read.
base::Result<std::vector<std::string>> extension_names(const Workspace& workspace);

struct ExtensionLimits {
    std::uint64_t max_memory = std::uint64_t{256} << 20U;
    std::uint32_t max_depth = 100'000;
    std::vector<std::string> import_roots = {};   // beside the workspace's folder
};

// Evaluates one manifest against `prelude.Extension`. NotFound without such a folder or
// manifest, with a suggestion; InvalidArgument with the finding and its place as the error's
// detail.
base::Result<Extension> load_extension(const Workspace& workspace, std::string_view name,
                                       const ExtensionLimits& limits = {});

}
