#include "base/hash.hpp"
#include "embedded/providers.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/resource_handler.hpp"

// local.Data: a value that passes through the state. Nothing outside exists, so nothing can drift.
namespace providers::local {
namespace {

provider::ResourceType describe() {
    provider::ResourceType type;
    type.name = "local.Data";
    type.doc = "A value that is kept in the state and can be referred to. It changes nothing "
               "outside: it gives a computed value a name, an id and a place in the order.";
    type.inputs = {
        Input("value", anything(), "Anything.").required(),
    };
    type.outputs = {
        Output("result", value::ValueType::Dyn,
               "The value. Known while planning as far as `value` is known.")
            .changes_with({"value"})
            .computed_in_plan(),
        Output("id", value::ValueType::String,
               "A random name, known after creation; updates keep it.")
            .fresh(),
    };
    type.key = "id";
    type.outside_effects = false;
    type.example = embedded::local_data_ncl;
    return type;
}

class Data final : public ResourceHandler {
public:
    using ResourceHandler::ResourceHandler;
    const provider::ResourceType& type() const override { return data_type(); }

    base::Result<void> refine(const provider::Change& change,
                              provider::PlannedChange& planned) const override {
        const value::Value* value = change.inputs.find("value");
        planned.outputs.set("result", value != nullptr ? *value : value::Value());
        return {};
    }

    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const value::Value& recorded_inputs,
         const provider::CallContext&) const override {
        return std::optional(seen(key, recorded_inputs));
    }

    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  const provider::CallContext&) const override {
        switch (intent.action) {
            case provider::Action::Create: return done(seen(id_of(intent), intent.inputs));
            case provider::Action::Update: return done(seen(intent.key, intent.inputs));
            case provider::Action::Delete: return done();
        }
        UNREACHABLE();
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const provider::CallContext&) const override {
        if (intent.action == provider::Action::Delete)
            return found(provider::LookupResult::Kind::Done);
        const bool is_new = intent.action == provider::Action::Create;
        return found(provider::LookupResult::Kind::Done,
                     seen(is_new ? id_of(intent) : intent.key, intent.inputs));
    }

private:
    // The same for each attempt at one intent.
    // Data are made again if a run dies before they are recorded; with the same id nobody notices.
    static std::string id_of(const provider::Intent& intent) {
        return base::sha256_hex("local.Data " + intent.token).substr(0, 16);
    }

    static provider::ObservedResource seen(const std::string& id, const value::Value& inputs) {
        provider::ObservedResource out;
        out.key = id;
        const value::Value* value = inputs.find("value");
        out.inputs.set("value", value != nullptr ? *value : value::Value());
        out.outputs.set("result", value != nullptr ? *value : value::Value());
        out.outputs.set("id", id);
        return out;
    }
};

}

const provider::ResourceType& data_type() {
    static const provider::ResourceType kType = describe();
    return kType;
}

std::unique_ptr<ResourceHandler> make_data(const Workspace& workspace) {
    return std::make_unique<Data>(workspace);
}

}
