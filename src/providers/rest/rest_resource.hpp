#pragma once

#include "base/guarded.hpp"
#include "providers/rest/resource_handler.hpp"
#include "providers/rest/rest_type.hpp"

#include <map>

namespace providers::rest {

// What a RestType does. A change is made by looking at the object, making the first call that
// brings it nearer to what is wanted, and looking again: so it goes on from wherever it was left.
class RestResource final : public ResourceHandler {
public:
    // The type is static.
    RestResource(const ConnectionContext& account, const RestType& rest)
        : ResourceHandler(account), rest_(rest) {}

    const provider::ResourceType& type() const override { return rest_.schema; }
    base::Result<void> validate(const value::Value& inputs) const override;
    base::Result<provider::PlannedChange> plan(const provider::Change& change) const override;
    base::Result<provider::Page> list(std::string_view page,
                                      const provider::CallContext& context) const override;
    base::Result<provider::Page> list_own(const provider::Scope& scope, std::string_view page,
                                          const provider::CallContext& context) const override;
    void normalize(provider::ObservedResource& seen,
                   const value::Value& recorded_inputs) const override;
    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const provider::CallContext& context) const override;
    std::vector<std::string> changes(const provider::Intent& intent) const override;
    base::Result<provider::OperationResult>
    start(const provider::Intent& intent, const provider::CallContext& context) const override;
    base::Result<provider::OperationResult>
    poll(const provider::Intent& intent, const provider::CallContext& context) const override;
    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const provider::CallContext& context) const override;

private:
    using Object = std::optional<json::Value>;

    base::Result<Object> get(std::string_view id, const provider::CallContext& context) const;
    base::Result<Object> find_one(std::string query, const provider::CallContext& context) const;
    base::Result<Object> find_by_token(const provider::Intent& intent,
                                       const provider::CallContext& context) const;
    base::Result<Object> find_by_name(const provider::Intent& intent,
                                      const provider::CallContext& context) const;

    base::Result<provider::OperationResult> create(const provider::Intent& intent,
                                                   const provider::CallContext& context) const;
    base::Result<provider::OperationResult> take_over(const provider::Intent& intent,
                                                      base::Error refused,
                                                      const provider::CallContext& context) const;
    base::Result<provider::OperationResult> change(const provider::Intent& intent,
                                                   const OperationCursor& place,
                                                   const provider::CallContext& context) const;
    base::Result<provider::OperationResult> remove(const provider::Intent& intent,
                                                   const OperationCursor& place,
                                                   const provider::CallContext& context) const;
    base::Result<provider::OperationResult> settle(const provider::Intent& intent,
                                                   const OperationCursor& made,
                                                   const json::Value& object) const;
    base::Result<provider::OperationResult>
    settle_attempt(const provider::Intent& intent, const OperationCursor& made,
                   const provider::CallContext& context) const;
    bool is_attempt(const provider::Intent& intent, const OperationCursor& made,
                    const json::Value& object) const;
    bool has_patience(const provider::Intent& intent, std::chrono::nanoseconds patience) const;
    base::Result<provider::LookupResult> find_created(const provider::Intent& intent,
                                                      const provider::CallContext& context) const;

    json::Value body_of(const provider::Intent& intent) const;
    std::optional<Call> next_call(const provider::Intent& intent, const json::Value& object,
                                  std::string_view named = {}, std::string_view made = {}) const;
    std::optional<Call> put_call(const provider::Intent& intent, const json::Value& object,
                                 const value::Value& shown) const;
    Labels wanted_labels(const provider::Intent& intent, const Labels& now) const;
    std::string what(std::string_view verb, const value::Value& inputs, std::string_view id) const;

    void normalize_fields(provider::ObservedResource& seen, const value::Value& recorded) const;
    value::Value shown_inputs(const json::Value& object) const;
    value::Value shown_labels(const value::Value& shown, const value::Value& wanted) const;
    provider::ObservedResource seen_of(const json::Value& object) const;
    provider::ObservedResource made(const provider::Intent& intent,
                                    const json::Value& object) const;
    void remember(std::string_view id, const json::Value& answer) const;

    const RestType& rest_;
    // What a create told once, by id: until the program ends, as the engine records it before.
    mutable base::Guarded<std::map<std::string, value::Value>> create_only_;
    // Until when an attempt is given time, by the intent's token.
    mutable base::Guarded<std::map<std::string, std::chrono::nanoseconds>> patient_until_;
};

}
