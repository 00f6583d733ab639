#include "engine/plan/beneath.hpp"

#include <algorithm>
#include <map>

namespace engine {
namespace {

// Of its first input that is a place; empty: it has none, or it is not known yet.
std::string place_of(const Resource& resource) {
    if (!resource.desired || resource.type == nullptr) return {};
    for (const provider::InputField& field : resource.type->inputs) {
        if (!field.is_place) continue;
        const value::Value* value = resource.desired->inputs.find(field.name);
        const std::string* text = value != nullptr ? value->as_string() : nullptr;
        if (text == nullptr) return {};
        const auto normalize = field.type.normalize;
        // Of another provider, or another machine, a path says something else.
        return std::string(resource.type->name, 0, resource.type->name.find('.')) + "\n" +
               (normalize != nullptr ? normalize(*text) : *text);
    }
    return {};
}

}

void find_beneath(ResourceTable& table) {
    std::map<std::string, ResourceIndex> owners;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        std::string place = place_of(table[i]);
        if (!place.empty()) owners.emplace(std::move(place), i);
    }
    for (const auto& [place, index] : owners) {
        Desired& desired = *table[index].desired;
        for (std::size_t slash = place.rfind('/'); slash != std::string::npos && slash > 0;
             slash = place.rfind('/', slash - 1)) {
            const auto above = owners.find(place.substr(0, slash));
            if (above == owners.end()) continue;
            const bool is_read = std::ranges::binary_search(desired.reads, above->second);
            if (!is_read) desired.follows.push_back(above->second);
            break;   // that one follows what is above it
        }
    }
}

}
