#pragma once

#include "provider/provider.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace providers::local {

class Workspace;

// One resource type of this provider: its description and what it does. Calls may come from
// several threads at once. One file per type; resource_handlers.cpp lists them.
class ResourceHandler {
public:
    explicit ResourceHandler(const Workspace& workspace) : workspace_(workspace) {}
    virtual ~ResourceHandler() = default;
    virtual const provider::ResourceType& type() const = 0;

    virtual base::Result<void> validate(const value::Value&) const { return {}; }
    // Sharpens the schema's diff: outputs that follow from the inputs, changes it cannot see.
    virtual base::Result<void> refine(const provider::Change&, provider::PlannedChange&) const {
        return {};
    }
    // Whether refine() reads from the disk, which may keep it waiting.
    virtual bool refine_reads() const { return false; }
    // What read() and find() start for a thing with these inputs.
    virtual std::vector<provider::Program> programs_to_look(const value::Value&) const {
        return {};
    }
    virtual base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const value::Value& recorded_inputs,
         const provider::CallContext&) const = 0;
    virtual base::Result<provider::OperationResult> start(const provider::Intent&,
                                                          const provider::CallContext&) const = 0;
    virtual base::Result<provider::OperationResult> poll(const provider::Intent&,
                                                         const provider::CallContext&) const;
    virtual base::Result<provider::LookupResult> find(const provider::Intent&,
                                                      const provider::CallContext&) const = 0;

protected:
    const Workspace& workspace_;
};

// The description of each type, without a workspace: they exist once.
const provider::ResourceType& data_type();
const provider::ResourceType& file_type();
const provider::ResourceType& directory_type();
const provider::ResourceType& template_type();
const provider::ResourceType& command_type();
const provider::ResourceType& process_type();

std::unique_ptr<ResourceHandler> make_data(const Workspace& workspace);
std::unique_ptr<ResourceHandler> make_file(const Workspace& workspace);
std::unique_ptr<ResourceHandler> make_directory(const Workspace& workspace);
std::unique_ptr<ResourceHandler> make_template(const Workspace& workspace);
std::unique_ptr<ResourceHandler> make_command(const Workspace& workspace);
std::unique_ptr<ResourceHandler> make_process(const Workspace& workspace);

}
