#include "providers/extension/provider.hpp"

#include "engine/workspace/extensions.hpp"
#include "providers/extension/connection.hpp"
#include "providers/extension/manifest.hpp"

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

private:
    const Manifest manifest_;
};

}

base::Result<std::vector<std::unique_ptr<provider::Provider>>>
load(const engine::Workspace& workspace) {
    std::vector<std::unique_ptr<provider::Provider>> out;
    for (const std::string& name : TRY(engine::extension_names(workspace))) {
        const engine::Extension extension = TRY(engine::load_extension(workspace, name));
        // Packages of the workspace of another kind have no program, and nothing of them is run.
        if (extension.kind != engine::Extension::Kind::Provider) continue;
        out.push_back(std::make_unique<ExtensionProvider>(TRY(read_manifest(extension))));
    }
    return out;
}

}
