#pragma once

#include "infra/provider.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace providers::local {

class Workspace;

// One resource type of this provider: its description and what it does. Calls may come from
// several threads at once. One file per type; kinds.cpp lists them.
class Kind {
public:
    explicit Kind(const Workspace& workspace) : workspace_(workspace) {}
    virtual ~Kind() = default;
    virtual const infra::ResourceType& type() const = 0;

    virtual base::Result<void> validate(const infra::Value&) const { return {}; }
    // Sharpens the schema's diff: outputs that follow from the inputs, changes it cannot see.
    virtual base::Result<void> refine(const infra::Change&, infra::PlannedChange&) const {
        return {};
    }
    virtual base::Result<std::optional<infra::Seen>> read(const std::string& key,
                                                          const infra::Value& recorded_inputs,
                                                          const infra::CallContext&) const = 0;
    virtual base::Result<infra::Started> start(const infra::Intent&,
                                               const infra::CallContext&) const = 0;
    virtual base::Result<infra::Started> poll(const infra::Intent&,
                                              const infra::CallContext&) const;
    virtual base::Result<infra::Found> find(const infra::Intent&,
                                            const infra::CallContext&) const = 0;

protected:
    const Workspace& workspace_;
};

// The description of each type, without a workspace: they exist once.
const infra::ResourceType& data_type();
const infra::ResourceType& file_type();
const infra::ResourceType& directory_type();
const infra::ResourceType& template_type();
const infra::ResourceType& command_type();
const infra::ResourceType& process_type();

std::unique_ptr<Kind> make_data(const Workspace& workspace);
std::unique_ptr<Kind> make_file(const Workspace& workspace);
std::unique_ptr<Kind> make_directory(const Workspace& workspace);
std::unique_ptr<Kind> make_template(const Workspace& workspace);
std::unique_ptr<Kind> make_command(const Workspace& workspace);
std::unique_ptr<Kind> make_process(const Workspace& workspace);

}
