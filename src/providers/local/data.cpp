#include "base/hash.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/kind.hpp"

// local.Data: a value that passes through the state. Nothing outside exists, so nothing can drift.
namespace providers::local {
namespace {

infra::ResourceType describe() {
    infra::ResourceType type;
    type.name = "local.Data";
    type.doc = "A value that is kept in the state and can be referred to. It changes nothing "
               "outside: it gives a computed value a name, an id and a place in the order.";
    type.inputs = {
        Input("value", anything(), "Anything.").required(),
    };
    type.outputs = {
        Output("result", lang::ValueType::Dyn,
               "The value. Known while planning as far as `value` is known.")
            .changes_with({"value"})
            .computed_in_plan(),
        Output("id", lang::ValueType::String,
               "A random name, known after creation; updates keep it.")
            .fresh(),
    };
    type.key = "id";
    type.outside_effects = false;
    type.example = R"({
  resources = {
    base | local.Data = { value = { region = "north", size = 3 } },
    derived | local.Data = { value = base.result.size * 2 },
  },
}
)";
    return type;
}

class Data final : public Kind {
public:
    using Kind::Kind;
    const infra::ResourceType& type() const override { return data_type(); }

    base::Result<void> refine(const infra::Change& change,
                              infra::PlannedChange& planned) const override {
        const infra::Value* value = change.inputs.find("value");
        planned.outputs.set("result", value != nullptr ? *value : infra::Value());
        return {};
    }

    base::Result<std::optional<infra::Seen>> read(const std::string& key,
                                                  const infra::Value& recorded_inputs,
                                                  const infra::CallContext&) const override {
        return std::optional(seen(key, recorded_inputs));
    }

    base::Result<infra::Started> start(const infra::Intent& intent,
                                       const infra::CallContext&) const override {
        switch (intent.action) {
            case infra::Action::Create: return done(seen(id_of(intent), intent.inputs));
            case infra::Action::Update: return done(seen(intent.key, intent.inputs));
            case infra::Action::Delete: return done_without();
        }
        UNREACHABLE();
    }

    base::Result<infra::Found> find(const infra::Intent& intent,
                                    const infra::CallContext&) const override {
        if (intent.action == infra::Action::Delete) return found(infra::Found::Kind::Done);
        const bool is_new = intent.action == infra::Action::Create;
        return found_done(seen(is_new ? id_of(intent) : intent.key, intent.inputs));
    }

private:
    // The same for each attempt at one intent.
    static std::string id_of(const infra::Intent& intent) {
        return base::sha256_hex("local.Data " + intent.token).substr(0, 16);
    }

    static infra::Seen seen(const std::string& id, const infra::Value& inputs) {
        infra::Seen out;
        out.key = id;
        const infra::Value* value = inputs.find("value");
        out.inputs.set("value", value != nullptr ? *value : infra::Value());
        out.outputs.set("result", value != nullptr ? *value : infra::Value());
        out.outputs.set("id", id);
        return out;
    }
};

}

const infra::ResourceType& data_type() {
    static const infra::ResourceType kType = describe();
    return kType;
}

std::unique_ptr<Kind> make_data(const Workspace& workspace) {
    return std::make_unique<Data>(workspace);
}

}
