#pragma once

#include "engine/plan/connections.hpp"
#include "engine/plan/planning.hpp"
#include "engine/plan/problems.hpp"
#include "engine/plan/references.hpp"
#include "engine/plan/resource.hpp"

#include <span>
#include <string>
#include <string_view>

// Collect: from what the evaluation tells of an instance to what is wanted of it.
namespace engine {

// Where an input of it is written; of one that is given nowhere, or of "", where the resource is.
// File "" for what is not in the program.
value::InputPlace place_of(const lang::Program* program, const Resource& resource,
                           std::string_view input);

// What `read_inputs` takes apart: `connection` and `lifecycle` are for the engine.
struct GivenInputs {
    value::Value inputs;      // a record, without what is null: absent and null are the same thing
    value::Value lifecycle;   // as given
    References references;
};
// InvalidArgument when they are not known as a whole.
base::Result<GivenInputs> read_inputs(const lang::Program& program, value::InstanceId instance,
                                      const provider::ResourceType& type);

// Puts the stamp of the secret in place of each reference to one (`value` in it is not shown).
// Problems name the input. Tells whether all could be had.
bool stamp_secrets(const provider::ProviderRegistry& registry, const Resource& resource,
                   const lang::Program& program, value::Value& inputs, ProblemList& problems);

// Whether all of these outputs of a connection or a resource are as the type wants them.
bool check_against_schema(const provider::ResourceType& type, const Resource& resource,
                          const lang::Program& program, const value::Value& inputs,
                          ProblemList& problems);

// Whose cells were touched: the resources, those of them whose change gives the values, and whether
// the unknown ones among the cells are all ids of things that are made by this plan.
struct Reads {
    std::vector<ResourceIndex> resources;   // ascending
    std::vector<ResourceIndex> needed;      // of them, ascending
    std::vector<SharedRead> shared;         // of cells that others change too
    bool waits_for_fresh_only = false;
};
Reads reads_of(const ResourceTable& table, ResourceIndex reader,
               std::span<const value::CellId> touched);

}
