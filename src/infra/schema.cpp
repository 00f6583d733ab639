#include "infra/schema.hpp"

#include "embedded/infra.hpp"

namespace infra {

const ResourceType* Schema::find(std::string_view type_name) const {
    for (const ResourceType& type : types) {
        if (type.name == type_name) return &type;
    }
    return nullptr;
}

const InputField* ResourceType::input(std::string_view field) const {
    for (const InputField& candidate : inputs) {
        if (candidate.name == field) return &candidate;
    }
    return nullptr;
}

const OutputField* ResourceType::output(std::string_view field) const {
    for (const OutputField& candidate : outputs) {
        if (candidate.name == field) return &candidate;
    }
    return nullptr;
}

lang::BuiltinModule builtin_module(const Schema& schema) {
    lang::BuiltinModule module{
        .name = schema.provider, .source = print_module(schema), .types = {}};
    for (const ResourceType& type : schema.types) {
        lang::TypeInfo info{.name = type.name, .is_connection = type.is_connection, .outputs = {}};
        for (const OutputField& output : type.outputs) {
            info.outputs.push_back(
                {.name = output.name, .type = output.type, .secret = output.secret});
        }
        module.types.push_back(std::move(info));
    }
    return module;
}

// The prelude is our own text: a field's name stands by itself on a line, its one-line doc follows.
std::string prelude_doc(std::string_view contract) {
    std::string head = "\n  " + std::string(contract) + "\n    | doc \"";
    std::size_t at = embedded::prelude_ncl.find(head);
    if (at == std::string_view::npos) return {};
    std::string out;
    for (at += head.size(); at < embedded::prelude_ncl.size() && embedded::prelude_ncl[at] != '"';
         ++at) {
        if (embedded::prelude_ncl[at] == '\\') ++at;
        out += embedded::prelude_ncl[at];
    }
    return out;
}

lang::BuiltinModule prelude_module() {
    return {.name = "prelude", .source = std::string(embedded::prelude_ncl), .types = {}};
}

}
