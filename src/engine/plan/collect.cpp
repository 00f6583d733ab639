#include "engine/plan/collect.hpp"

#include "engine/plan/changes.hpp"
#include "value/builder.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

value::InputPlace place_of(const lang::Program* program, const Resource& resource,
                           std::string_view input) {
    if (!resource.desired || program == nullptr) return {};
    const value::InstanceId instance = resource.desired->instance;
    value::InputPlace place = program->place(instance, input);
    // A default of the contract stands in our own module, which nobody can edit.
    const bool is_builtin = place.file.starts_with('<');
    return is_builtin ? program->place(instance, {}) : place;
}

// The program says nothing about these: what stands there is the default of our own module.
static void use_defaults_beside_secrets(const lang::Program& program, value::InstanceId instance,
                                        const provider::ResourceType& type, value::Value& inputs) {
    for (const provider::InputField& field : type.inputs) {
        if (field.default_beside_secret.empty()) continue;
        const bool is_beside_secret =
            std::ranges::any_of(*inputs.as_record(), [&](const value::Value::Member& member) {
                return member.first != field.name && member.second.has_secret();
            });
        if (is_beside_secret && program.place(instance, field.name).file.starts_with('<'))
            inputs.set(field.name, value::Value(field.default_beside_secret));
    }
}

base::Result<GivenInputs> read_inputs(const lang::Program& program, value::InstanceId instance,
                                      const provider::ResourceType& type) {
    InputReader reader;
    program.emit_inputs(instance, reader);
    GivenInputs out{
        .inputs = TRY(reader.take()), .lifecycle = {}, .references = reader.references()};
    value::Value::Record* members = out.inputs.as_record();
    // A record that is unknown as a whole: not even which inputs there are can be told.
    if (members == nullptr) {
        return base::invalid_argument(
            fmt::format("the inputs of {} are not known", program.address(instance)));
    }
    std::erase_if(*members, [&](value::Value::Member& member) {
        // It says where the thing goes, and is no field of it.
        if (member.first == "connection") return true;
        if (member.first == "lifecycle") {
            out.lifecycle = std::move(member.second);
            return true;
        }
        // A field that takes anything takes null as a value; to any other it says that there is
        // none.
        const provider::InputField* field = type.input(member.first);
        const bool takes_null =
            field != nullptr && field->type.kind == provider::FieldType::Kind::Any;
        return member.second.is_null() && !takes_null;
    });
    // Secret by its type, whatever it was made from: a password written in clear is one as well.
    for (value::Value::Member& member : *members) {
        const provider::InputField* field = type.input(member.first);
        if (field != nullptr && field->secret) member.second.mark_secret();
    }
    use_defaults_beside_secrets(program, instance, type, out.inputs);
    return out;
}

// A secret that cannot be had is told where it is asked for, before anything is done.
bool stamp_secrets(const provider::ProviderRegistry& registry, const Resource& resource,
                   const lang::Program& program, value::Value& inputs, ProblemList& problems) {
    value::Value::Record* members = inputs.as_record();
    if (registry.secrets() == nullptr || members == nullptr) return true;
    bool fine = true;
    for (auto& [name, value] : *members) {
        // References become fingerprints here; the secret itself is read by whoever makes the call.
        if (!value.has_secret()) continue;
        auto stamped = registry.secrets()->stamp(value);
        if (stamped.ok()) {
            const bool is_secret = value.is_secret();
            value = std::move(stamped).value();
            // The whole may be secret by its type, beside the parts that name one.
            if (is_secret) value.mark_secret();
            continue;
        }
        Problem problem = Problem::of(stamped.error(), resource.address);
        problem.message = fmt::format("`{}` of {}: {}", name, resource.address, problem.message);
        problem.place = place_of(&program, resource, name);
        problems.add(std::move(problem));
        fine = false;
    }
    return fine;
}

bool check_against_schema(const provider::ResourceType& type, const Resource& resource,
                          const lang::Program& program, const value::Value& inputs,
                          ProblemList& problems) {
    bool fine = true;
    for (const InputProblem& found : check_inputs(type, inputs)) {
        problems.add({.address = resource.address,
                      .message = found.message,
                      .help = found.help,
                      .place = place_of(&program, resource, found.input)});
        fine = false;
    }
    return fine;
}

// Whether the output has this value only when the change of its resource is made.
static bool is_given_by_change(const Resource& owner, const provider::OutputField& output,
                               const value::Value* value) {
    if (value == nullptr || value->has_unknown()) return true;
    // It is there already: to read it needs no step.
    if (owner.difference.action == StepAction::None) return false;
    const state::Row* row = owner.recorded.row;
    if (row == nullptr || owner.difference.action == StepAction::Create) return true;
    const value::Value* recorded = row->outputs.find(output.name);
    return recorded == nullptr || !recorded->same_as(*value);
}

Reads reads_of(const ResourceTable& table, ResourceIndex reader,
               std::span<const value::CellId> touched) {
    Reads out;
    bool waits = false;
    bool only_fresh = true;
    for (const value::CellId& cell : touched) {   // sorted
        const ResourceIndex index = table.find(cell.instance);
        // Cells of connections have no resource, and a thing does not wait for itself.
        if (index == kNoResource || index == reader) continue;
        if (out.resources.empty() || out.resources.back() != index) out.resources.push_back(index);
        const Resource& owner = table[index];
        const provider::OutputField& output = owner.type->outputs[cell.output];
        if (!output.relation.empty()) out.shared.push_back({.owner = index, .output = &output});
        const value::Value* value = owner.difference.change.outputs.find(output.name);
        if (out.needed.empty() || out.needed.back() != index) {
            if (is_given_by_change(owner, output, value)) out.needed.push_back(index);
        }
        if (value != nullptr && !value->has_unknown()) continue;
        waits = true;
        // The id of something new is certainly another one; any other output of it may well come
        // out as it was.
        const StepAction action = owner.difference.action;
        const bool is_made = action == StepAction::Create || action == StepAction::Replace;
        only_fresh = only_fresh && output.fresh && is_made;
    }
    out.waits_for_fresh_only = waits && only_fresh;
    return out;
}

}
