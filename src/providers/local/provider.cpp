#include "providers/local/provider.hpp"

#include "infra/provider.hpp"
#include "providers/local/kinds.hpp"
#include "providers/local/workspace.hpp"

#include <map>

namespace providers::local {
namespace {

// Calls to this machine as the user that runs the program.
class LocalConnection final : public infra::Connection {
public:
    explicit LocalConnection(const infra::Host& host) : workspace_(host) {
        capabilities_.tags = true;
        // A write ends with the process that makes it. Children of commands, and supervisors, live
        // on, but hold locks: find() sees them run.
        capabilities_.effects_die_with_process = true;
        capabilities_.max_parallel = 16;
        for (const KindEntry& entry : kinds()) {
            std::unique_ptr<Kind> kind = entry.make(workspace_);
            const std::string_view name = kind->type().name;
            kinds_.emplace(name, std::move(kind));
        }
    }

    const infra::Capabilities& capabilities() const override { return capabilities_; }
    std::string identity() const override { return "local"; }

    base::Result<void> validate(const infra::ResourceType& type,
                                const infra::Value& inputs) override {
        return TRY(kind(type.name))->validate(inputs);
    }

    // Files, directories and templates share the paths of this machine.
    std::string stands_for(const infra::ResourceType& type, const infra::Value& inputs) override {
        if (type.key != "path") return Connection::stands_for(type, inputs);
        const infra::Value* path = inputs.find(type.key);
        const std::string* text = path != nullptr ? path->as_string() : nullptr;
        return text != nullptr ? workspace_.absolute(*text) : std::string();
    }

    base::Result<infra::PlannedChange> plan(const infra::Change& change) override {
        const Kind* of_type = TRY(kind(change.type.name));
        infra::PlannedChange planned = infra::plan_by_schema(change);
        TRY(of_type->refine(change, planned));
        return planned;
    }

    base::Result<std::optional<infra::Seen>> read(const infra::ResourceType& type,
                                                  const std::string& key,
                                                  const infra::Value& recorded_inputs,
                                                  infra::CallContext context) override {
        return TRY(kind(type.name))->read(key, recorded_inputs, context);
    }

    base::Result<infra::Started> start(const infra::Intent& intent,
                                       infra::CallContext context) override {
        return TRY(kind(intent.type))->start(intent, context);
    }

    base::Result<infra::Started> poll(const infra::Intent& intent,
                                      infra::CallContext context) override {
        return TRY(kind(intent.type))->poll(intent, context);
    }

    base::Result<infra::Found> find(const infra::Intent& intent,
                                    infra::CallContext context) override {
        return TRY(kind(intent.type))->find(intent, context);
    }

private:
    base::Result<const Kind*> kind(std::string_view type) const {
        const auto found = kinds_.find(type);
        if (found != kinds_.end()) return found->second.get();
        return base::not_found("the local provider has no type \"" + std::string(type) + "\"");
    }

    Workspace workspace_;
    infra::Capabilities capabilities_;
    std::map<std::string_view, std::unique_ptr<Kind>> kinds_;
};

class LocalProvider final : public infra::Provider {
public:
    LocalProvider() {
        schema_.provider = "local";
        schema_.doc = "This machine: data, files, directories, templates, commands and processes.";
        for (const KindEntry& entry : kinds()) schema_.types.push_back(entry.type());
    }

    const infra::Schema& schema() const override { return schema_; }

    base::Result<std::unique_ptr<infra::Connection>>
    connect(const infra::Value&, const infra::Host& host) const override {
        return std::unique_ptr<infra::Connection>(std::make_unique<LocalConnection>(host));
    }

private:
    infra::Schema schema_;
};

}

const infra::Provider& provider() {
    static const LocalProvider* const kProvider = new LocalProvider;
    return *kProvider;
}

}
