#include "providers/extension/provider.hpp"

#include "infra/workspace/extensions.hpp"
#include "providers/extension/connection.hpp"
#include "providers/extension/manifest.hpp"

namespace providers::extension {
namespace {

class ExtensionProvider final : public infra::Provider {
public:
    explicit ExtensionProvider(Manifest manifest) : manifest_(std::move(manifest)) {}
    const infra::Schema& schema() const override { return manifest_.schema; }
    base::Result<std::unique_ptr<infra::Connection>>
    connect(const infra::Value& settings, const infra::Host& host) const override {
        return extension::connect(manifest_, settings, host);
    }

private:
    const Manifest manifest_;
};

}

base::Result<std::vector<std::unique_ptr<infra::Provider>>>
load(const infra::Workspace& workspace) {
    std::vector<std::unique_ptr<infra::Provider>> out;
    for (const std::string& name : TRY(infra::extension_names(workspace))) {
        const infra::Extension extension = TRY(infra::load_extension(workspace, name));
        if (extension.kind != infra::Extension::Kind::Provider) continue;
        out.push_back(std::make_unique<ExtensionProvider>(TRY(read_manifest(extension))));
    }
    return out;
}

}
