#pragma once

#include "providers/rest/resource_handler.hpp"
#include "providers/rest/sub_resource_type.hpp"

namespace providers::rest {

// What a SubResourceType does. Nothing carries the token of a part's intent; so before one is
// added, a read has to find it absent, and that is a phase: what is there after it is ours (ENGINE
// §7).
class SubResource final : public ResourceHandler {
public:
    SubResource(const ConnectionContext& connection, const SubResourceType& type)
        : ResourceHandler(connection, type), type_(type) {}

    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               const CallScope& context) const override;
    base::Result<provider::Page> list(std::string_view page,
                                      const CallScope& context) const override;
    void normalize(provider::ObservedResource& seen,
                   const value::Value& recorded_inputs) const override;
    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const CallScope& context) const override;
    std::vector<std::string> changes(const provider::Intent& intent) const override;
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  const CallScope& context) const override;
    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 const CallScope& context) const override;
    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const CallScope& context) const override;

private:
    using Parent = std::optional<json::Value>;

    std::string key_of(const provider::Intent& intent) const;
    base::Result<Parent> parent(std::string_view id, const CallScope& context) const;
    std::optional<SubObject> object_in(const json::Value& parent, std::string_view name) const;
    base::Result<std::optional<provider::ObservedResource>> look(std::string_view key,
                                                                 const CallScope& context) const;
    base::Result<provider::OperationResult> add(const provider::Intent& intent,
                                                const CallScope& context) const;
    base::Result<provider::OperationResult> make(const provider::Intent& intent, Call call,
                                                 const CallScope& context) const;
    base::Result<provider::OperationResult> after_call(const provider::Intent& intent,
                                                       const CallScope& context) const;
    base::Result<std::vector<std::string>> running_at(std::string_view id,
                                                      const std::vector<std::string>& begun_before,
                                                      const CallScope& context) const;
    bool is_as_wanted(const provider::Intent& intent, const provider::ObservedResource& seen) const;
    std::string what(std::string_view verb, std::string_view key) const;

    const SubResourceType& type_;
};

}
