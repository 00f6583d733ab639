#include "engine/workspace/modules.hpp"

namespace engine {

// A provider's schema is turned into source text and read like any other module: so contracts,
// documentation and completion have one way into the language.
lang::BuiltinModule builtin_module(const provider::Schema& schema) {
    lang::BuiltinModule module{
        .name = schema.provider, .source = provider::print_module(schema), .types = {}};
    for (const provider::ResourceType& type : schema.types) {
        lang::TypeInfo info{.name = type.name, .is_connection = type.is_connection, .outputs = {}};
        for (const provider::OutputField& output : type.outputs) {
            info.outputs.push_back(
                {.name = output.name, .type = output.type, .secret = output.secret});
        }
        for (const provider::InputField& input : type.inputs) info.inputs.push_back(input.name);
        if (!type.is_connection) info.inputs.insert(info.inputs.end(), {"connection", "lifecycle"});
        module.types.push_back(std::move(info));
    }
    return module;
}

lang::BuiltinModule prelude_module() {
    return {.name = "prelude", .source = std::string(provider::prelude_source()), .types = {}};
}

}
