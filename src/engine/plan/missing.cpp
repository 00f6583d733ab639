#include "engine/plan/missing.hpp"

#include "engine/plan/collect.hpp"
#include "provider/values.hpp"

#include <map>

namespace engine {

void find_missing(const lang::Program& program, ResourceTable& table, ProblemList& problems) {
    using Named = std::pair<std::string, std::string>;   // type and name
    std::map<Named, ResourceIndex> makers;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        for (const auto& missing : table[i].difference.change.missing)
            makers.emplace(Named(missing.type, missing.name), kNoResource);
    }
    if (makers.empty()) return;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        if (!resource.desired || resource.type == nullptr) continue;
        const std::string& name = provider::text_of(resource.desired->inputs, "name");
        const auto wanted = makers.find(Named(resource.type->name, name));
        if (wanted != makers.end()) wanted->second = i;
    }
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        for (const auto& missing : table[i].difference.change.missing) {
            const ResourceIndex maker = makers.at(Named(missing.type, missing.name));
            if (maker != kNoResource) {
                table[i].desired->follows.push_back(maker);
                continue;
            }
            problems.add({.address = table[i].address,
                          .message = missing.message,
                          .place = place_of(&program, table[i], missing.input)});
        }
    }
}

}
