#include "engine/plan/causes.hpp"

#include "engine/plan/collect.hpp"

#include <algorithm>
#include <string>

namespace engine {
namespace {

// Whether the value is this part, has it somewhere, or was made from its text.
bool has_part(const value::Value& value, const value::Value& part) {
    if (value.same_as(part)) return true;
    if (const value::Value::Array* items = value.as_array()) {
        return std::ranges::any_of(*items,
                                   [&](const value::Value& item) { return has_part(item, part); });
    }
    if (const value::Value::Record* members = value.as_record()) {
        return std::ranges::any_of(*members, [&](const value::Value::Member& member) {
            return has_part(member.second, part);
        });
    }
    const std::string* text = value.as_string();
    if (text == nullptr) return false;
    if (const std::string* is = part.as_string()) {
        return !is->empty() && text->find(*is) != std::string::npos;
    }
    const std::int64_t* number = part.as_integer();
    return number != nullptr && text->find(std::to_string(*number)) != std::string::npos;
}

// Whether a part of an output that differs now (`was`, `is`) stands in an input in the same way.
bool reaches(const value::Value& before, const value::Value& after, const value::Value& was,
             const value::Value& is) {
    if (is.has_unknown() || was.same_as(is)) return false;
    if (has_part(before, was) && has_part(after, is)) return true;
    const value::Value::Record* members = is.as_record();
    if (members == nullptr) return false;
    return std::ranges::any_of(*members, [&](const value::Value::Member& member) {
        const value::Value* old = was.find(member.first);
        return old != nullptr && reaches(before, after, *old, member.second);
    });
}

class Finder {
public:
    Finder(const ResourceTable& table, const lang::Program* program)
        : table_(table), program_(program) {}

    std::vector<Cause> causes_of(const Resource& resource) {
        std::vector<Cause> causes;
        const Difference& difference = resource.difference;
        if (difference.cause) causes.push_back(*difference.cause);
        if (!resource.desired) return causes;
        if (difference.action == StepAction::Create) {
            if (causes.empty()) {
                causes.push_back({.kind = Cause::Kind::New,
                                  .subject = {},
                                  .place = program_->place(resource.desired->instance, {})});
            }
            return causes;
        }
        bool waits = false;
        for (const std::string& input : difference.change.changed) {
            waits = add_input(causes, resource, input) || waits;
        }
        if (!waits) return causes;
        for (const ResourceIndex owner : resource.desired->reads) {
            if (table_[owner].has_unknown_outputs()) add_upstream(causes, owner);
        }
        return causes;
    }

private:
    // Tells whether the input waits for a value, so that the cause is whatever it reads.
    bool add_input(std::vector<Cause>& causes, const Resource& resource,
                   const std::string& input) const {
        const value::Value* wanted = resource.desired->inputs.find(input);
        const state::Row* row = resource.recorded.row;
        const value::Value* recorded = row != nullptr ? row->inputs.find(input) : nullptr;
        if (wanted != nullptr && wanted->has_unknown()) return true;
        const bool is_edited = wanted != nullptr && recorded != nullptr
                                   ? !wanted->same_as(*recorded)
                                   : wanted != recorded;
        if (!is_edited) {
            // The program wants what is recorded, so it is the world that moved.
            causes.push_back({.kind = Cause::Kind::Drift, .subject = input, .place = {}});
        } else if (!add_known_upstream(causes, resource, recorded, wanted)) {
            Cause cause{.kind = Cause::Kind::Edited,
                        .subject = input,
                        .place = place_of(program_, resource, input),
                        .called_at = {}};
            // A module's line has not been edited by whoever calls it with something else.
            value::InputPlace called_at = program_->tree_place(resource.desired->instance);
            const bool is_library = called_at.file.starts_with('<');
            if (!is_library && called_at.file != cause.place.file)
                cause.called_at = std::move(called_at);
            causes.push_back(std::move(cause));
        }
        return false;
    }

    void add_upstream(std::vector<Cause>& causes, ResourceIndex owner) const {
        const Resource& from = table_[owner];
        const bool is_told = std::ranges::any_of(causes, [&](const Cause& cause) {
            return cause.kind == Cause::Kind::Upstream && cause.subject == from.address;
        });
        if (is_told) return;
        causes.push_back({.kind = Cause::Kind::Upstream,
                          .subject = from.address,
                          .place = {},
                          .action = from.difference.action});
    }

    // An input that differs although nobody edited it: an output that it was made from did, and is
    // known already, because it is computed while planning or was changed outside.
    bool add_known_upstream(std::vector<Cause>& causes, const Resource& resource,
                            const value::Value* before, const value::Value* after) const {
        if (before == nullptr || after == nullptr) return false;
        bool found = false;
        for (const ResourceIndex owner : resource.desired->reads) {
            const Resource& from = table_[owner];
            const value::Value::Record* outputs = from.difference.change.outputs.as_record();
            const state::Row* row = from.recorded.row;
            if (row == nullptr || outputs == nullptr) continue;
            const bool is_from_here =
                std::ranges::any_of(*outputs, [&](const value::Value::Member& output) {
                    const value::Value* was = row->outputs.find(output.first);
                    return was != nullptr && reaches(*before, *after, *was, output.second);
                });
            if (!is_from_here) continue;
            add_upstream(causes, owner);
            found = true;
        }
        return found;
    }

    const ResourceTable& table_;
    const lang::Program* program_;
};

}

std::vector<std::vector<Cause>> find_causes(const ResourceTable& table,
                                            const lang::Program* program) {
    std::vector<std::vector<Cause>> out(table.size());
    Finder finder(table, program);
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (table[i].difference.action != StepAction::None) out[i] = finder.causes_of(table[i]);
    }
    return out;
}

}
