#include "provider/schema.hpp"

#include "embedded/provider.hpp"

namespace provider {

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

// The prelude is our own text: a field's name stands by itself on a line, its one-line doc follows.
// Read from the text, so that the reference page and the contract never say different things.
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

std::string_view prelude_source() { return embedded::prelude_ncl; }

}
