#include "provider/provider.hpp"

#include "provider/values.hpp"

#include <fmt/core.h>

namespace provider {

const CallFailure* call_failure_of(const base::Error& error) {
    return dynamic_cast<const CallFailure*>(error.detail());
}

bool is_without_effect(const base::Error& error) {
    const CallFailure* failure = call_failure_of(error);
    return failure != nullptr && failure->is_without_effect;
}

bool is_about_connection(const base::Error& error) {
    switch (error.code()) {
        case base::Code::Unavailable:
        case base::Code::DeadlineExceeded:
        case base::Code::Cancelled:
        case base::Code::Unauthenticated: return true;
        default: break;
    }
    const CallFailure* failure = call_failure_of(error);
    return failure != nullptr && failure->is_about_account;
}

base::Code call_code(const base::Error& error) {
    switch (error.code()) {
        case base::Code::PermissionDenied:
        case base::Code::DeadlineExceeded:
        case base::Code::Unauthenticated:
        case base::Code::NotApproved:
        case base::Code::Busy:
        case base::Code::Cancelled: return error.code();
        default: return base::Code::Unavailable;
    }
}

// Of a text or a number; empty of what is unknown, null or neither.
static std::string unique_text(const value::Value* value, const Uniqueness& unique) {
    if (value == nullptr || value->has_unknown()) return {};
    const std::string* text = value->as_string();
    if (text == nullptr) return id_text(value);
    return unique.form != nullptr ? unique.form(*text) : *text;
}

std::vector<ConflictKey> Connection::conflict_keys(const ResourceType& type,
                                                   const value::Value& inputs) {
    std::vector<ConflictKey> out;
    for (const InputField& field : type.inputs) {
        if (!field.unique.holds && field.name != type.key) continue;
        std::string own = unique_text(inputs.find(field.name), field.unique);
        if (own.empty()) continue;
        std::string key = fmt::format("{}\n{}\n{}", type.name, field.name, own);
        bool is_known = true;
        for (const std::string& name : field.unique.within) {
            const std::string beside = unique_text(inputs.find(name), {});
            is_known = is_known && !beside.empty();
            key += "\n" + beside;
        }
        if (is_known) out.push_back({.text = std::move(key), .input = field.name});
    }
    return out;
}

base::Result<PlannedChange> Connection::plan(const Change& change, CallContext) {
    return plan_by_schema(change);
}

bool Connection::plan_calls_out(const ResourceType&) const { return false; }

base::Result<std::optional<Program>> Provider::program(const Host&) const {
    return std::optional<Program>();
}

std::vector<Program> Provider::programs_to_look(const Host&, const ResourceType&,
                                                const value::Value&) const {
    return {};
}

// An error and not an empty page: a list that cannot be had must not look like one with nothing in
// it.
base::Result<Page> Connection::list(const ResourceType& type, std::string_view, CallContext) {
    return base::Error(base::Code::Unimplemented,
                       "listing all of " + type.name + " is not supported");
}

// Empty is the truth here: without tags nothing carries ours.
base::Result<Page> Connection::list_own(const ResourceType&, const Scope&, std::string_view,
                                        CallContext) {
    return Page{};
}

base::Result<AccessReport> Connection::check_access(CallContext) {
    return AccessReport{.account = identity(), .permissions = {}, .notes = {}};
}

std::string Connection::tag_of(std::string_view address) const { return std::string(address); }

void Connection::inherit(const ResourceType&, value::Value&) {}

void Connection::normalize(const ResourceType&, ObservedResource&, const value::Value&) {}

base::Result<OperationResult> Connection::poll(const Intent& intent, CallContext) {
    return base::internal("nothing of " + intent.type + " runs in the background");
}

}
