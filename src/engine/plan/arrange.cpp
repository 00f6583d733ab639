#include "engine/plan/arrange.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace engine {
namespace {

// A hold on a step's resource by another.
struct Hold {
    std::uint32_t owner = 0;   // the step of what is held
    Release release;
};

// Whether any text in the value has this one in it.
bool mentions(const value::Value& value, const std::string& text) {
    if (const std::string* is = value.as_string()) return is->find(text) != std::string::npos;
    if (const value::Value::Array* items = value.as_array()) {
        return std::ranges::any_of(*items,
                                   [&](const value::Value& item) { return mentions(item, text); });
    }
    const value::Value::Record* members = value.as_record();
    return members != nullptr &&
           std::ranges::any_of(*members, [&](const value::Value::Member& member) {
               return mentions(member.second, text);
           });
}

class Arranger {
public:
    Arranger(const provider::ProviderRegistry& registry, const ResourceTable& table,
             const Decisions& decisions)
        : registry_(registry), table_(table), decisions_(decisions) {}

    base::Result<Arrangement> run() {
        out_.step_of.assign(table_.size(), Order::kNone);
        for (const ResourceIndex index : sorted_by_address(table_)) {
            if (decisions_.actions[index] == StepAction::None) continue;
            out_.step_of[index] = static_cast<std::uint32_t>(out_.resources.size());
            out_.resources.push_back(index);
        }
        std::vector<OrderStep> steps(out_.resources.size());
        std::vector<std::vector<Hold>> holds(steps.size());
        for (std::uint32_t i = 0; i < steps.size(); ++i) steps[i] = order_step(i, holds[i]);
        out_.order = TRY(Order::create(steps));
        out_.releases.resize(steps.size());
        for (std::uint32_t i = 0; i < steps.size(); ++i) {
            if (out_.order.releaser(i) == Order::kNone) continue;
            for (Hold& hold : holds[i]) out_.releases[i].push_back(std::move(hold.release));
        }
        return std::move(out_);
    }

private:
    OrderStep order_step(std::uint32_t step, std::vector<Hold>& holds) const {
        const ResourceIndex index = out_.resources[step];
        const Resource& resource = table_[index];
        OrderStep out;
        out.address = resource.address;
        out.action = decisions_.actions[index];
        out.create_first = resource.lifecycle.create_first;
        if (resource.desired && out.action != StepAction::Delete) {
            for (const ResourceIndex owner : resource.desired->reads) {
                add_step(out.reads, step, out_.step_of[owner]);
            }
            for (const std::string& address : resource.lifecycle.after) {
                add_step(out.reads, step, step_at(address));
            }
            out.wanted_name =
                unique_name(resource, resource.desired->inputs, resource.desired->link);
        }
        const state::Row* row = resource.recorded.row;
        if (row == nullptr) return out;
        for (const std::string& address : row->dependencies) {
            add_step(out.read_before, step, step_at(address));
        }
        holds = holds_of(resource);
        for (const Hold& hold : holds) {
            if (hold.owner != step) out.holds.push_back(hold.owner);
        }
        if (removes(out.action)) {
            provider::ProviderInstance* link = resource.recorded.link;
            if (link == nullptr && resource.desired) link = resource.desired->link;
            out.removed_name = unique_name(resource, row->inputs, link);
        }
        return out;
    }

    static void add_step(std::vector<std::uint32_t>& steps, std::uint32_t self,
                         std::uint32_t other) {
        if (other != Order::kNone && other != self) steps.push_back(other);
    }

    std::uint32_t step_at(std::string_view address) const {
        const ResourceIndex index = table_.find(address);
        return index != kNoResource ? out_.step_of[index] : Order::kNone;
    }

    // What only one thing can have at the platform: its key, where that is an input.
    static std::string unique_name(const Resource& resource, const value::Value& inputs,
                                   const provider::ProviderInstance* link) {
        const provider::ResourceType* type = resource.type;
        if (type->input(type->key) == nullptr) return {};
        const value::Value* key = inputs.find(type->key);
        if (key == nullptr || key->as_string() == nullptr) return {};
        return fmt::format("{}\n{}\n{}", type->name, link != nullptr ? link->record->identity : "",
                           *key->as_string());
    }

    // What the recorded inputs hold, by the step of the thing held: an input whose schema says that
    // it holds what it points at, and in which the key or a fresh output of something is found.
    std::vector<Hold> holds_of(const Resource& resource) const {
        std::vector<Hold> out;
        const state::Row& row = *resource.recorded.row;
        if (resource.type->name != row.type) return out;
        for (const provider::InputField& field : resource.type->inputs) {
            const value::Value* value = field.holds ? row.inputs.find(field.name) : nullptr;
            if (value == nullptr) continue;
            for (const std::string& address : row.dependencies) {
                const ResourceIndex index = table_.find(address);
                if (index == kNoResource || out_.step_of[index] == Order::kNone) continue;
                const StepAction action = decisions_.actions[index];
                if (!removes(action) || !points_at(*value, table_[index])) continue;
                out.push_back({.owner = out_.step_of[index],
                               .release = {.input = field.name,
                                           .address = address,
                                           .may = action == StepAction::MayReplace}});
            }
        }
        return out;
    }

    bool points_at(const value::Value& value, const Resource& owner) const {
        const state::Row* row = owner.recorded.row;
        if (row == nullptr) return false;
        if (!row->key.empty() && mentions(value, row->key)) return true;
        const provider::ResourceType* type = registry_.type(row->type);
        return std::ranges::any_of(type->outputs, [&](const provider::OutputField& output) {
            const value::Value* id = output.fresh ? row->outputs.find(output.name) : nullptr;
            const std::string* text = id != nullptr ? id->as_string() : nullptr;
            return text != nullptr && !text->empty() && mentions(value, *text);
        });
    }

    const provider::ProviderRegistry& registry_;
    const ResourceTable& table_;
    const Decisions& decisions_;
    Arrangement out_;
};

}

std::vector<ResourceIndex> sorted_by_address(const ResourceTable& table) {
    std::vector<ResourceIndex> out(table.size());
    for (ResourceIndex i = 0; i < out.size(); ++i) out[i] = i;
    std::ranges::sort(out, [&](ResourceIndex a, ResourceIndex b) {
        const int order = table[a].address.compare(table[b].address);
        return order != 0 ? order < 0 : a < b;
    });
    return out;
}

base::Result<Arrangement> arrange(const provider::ProviderRegistry& registry,
                                  const ResourceTable& table, const Decisions& decisions) {
    return Arranger(registry, table, decisions).run();
}

}
