#include "providers/extension/provider.hpp"

#include "base/fs.hpp"
#include "engine/workspace/extensions.hpp"
#include "providers/extension/connection.hpp"
#include "providers/extension/manifest.hpp"
#include "providers/extension/process.hpp"

namespace providers::extension {
namespace {

class ExtensionProvider final : public provider::Provider {
public:
    explicit ExtensionProvider(Manifest manifest) : manifest_(std::move(manifest)) {}
    const provider::Schema& schema() const override { return manifest_.schema; }
    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value& settings, const provider::Host& host) const override {
        return extension::connect(manifest_, settings, host);
    }
    // What it is made of here; an interpreter is the machine's.
    std::vector<std::string> files_of(const provider::ResourceType&, const value::Value&,
                                      const provider::Host&) const override {
        std::vector<std::string> out{base::join_path(manifest_.folder, "extension.ncl")};
        for (const std::string& word : manifest_.program) {
            std::string path = base::normal_path(base::join_path(manifest_.folder, word));
            const bool is_part = path.starts_with(manifest_.folder + "/");
            if (is_part && base::kind_of(path) == base::FileKind::Regular) {
                out.push_back(std::move(path));
            }
        }
        return out;
    }
    base::Result<std::optional<provider::Program>>
    program(const provider::Host& host) const override {
        return std::optional(TRY(described_program(manifest_, host)));
    }

    // Whatever it does with them.
    std::string takes_secrets(const value::Value&, const provider::Host&) const override {
        return "the extension " + manifest_.schema.provider;
    }

private:
    const Manifest manifest_;
};

}

base::Result<std::vector<std::unique_ptr<provider::Provider>>>
load(const engine::Workspace& workspace, const engine::ExtensionLimits& limits) {
    std::vector<std::unique_ptr<provider::Provider>> out;
    for (const std::string& name : TRY(engine::extension_names(workspace))) {
        const engine::Extension extension = TRY(engine::load_extension(workspace, name, limits));
        // Packages of the workspace of another kind have no program, and nothing of them is run.
        if (extension.kind != engine::Extension::Kind::Provider) continue;
        out.push_back(std::make_unique<ExtensionProvider>(TRY(read_manifest(extension))));
    }
    return out;
}

}
