#pragma once

#include "base/guarded.hpp"
#include "providers/kit/kind.hpp"
#include "providers/kit/rest_type.hpp"

#include <map>

namespace providers::kit {

// What a RestType does. A change is made by looking at the object, making the first call that
// brings it nearer to what is wanted, and looking again: so it goes on from wherever it was left.
class RestKind final : public Kind {
public:
    // The type is static.
    RestKind(const Account& account, const RestType& rest) : Kind(account), rest_(rest) {}

    const infra::ResourceType& type() const override { return rest_.schema; }
    base::Result<void> validate(const infra::Value& inputs) const override;
    base::Result<infra::PlannedChange> plan(const infra::Change& change) const override;
    base::Result<infra::Page> list(std::string_view page,
                                   const infra::CallContext& context) const override;
    base::Result<infra::Page> list_own(const infra::Scope& scope, std::string_view page,
                                       const infra::CallContext& context) const override;
    void spell(infra::Seen& seen, const infra::Value& recorded_inputs) const override;
    base::Result<std::optional<infra::Seen>> read(const std::string& key,
                                                  const infra::CallContext& context) const override;
    std::vector<std::string> changes(const infra::Intent& intent) const override;
    base::Result<infra::Started> start(const infra::Intent& intent,
                                       const infra::CallContext& context) const override;
    base::Result<infra::Started> poll(const infra::Intent& intent,
                                      const infra::CallContext& context) const override;
    base::Result<infra::Found> find(const infra::Intent& intent,
                                    const infra::CallContext& context) const override;

private:
    using Object = std::optional<json::Value>;

    base::Result<Object> get(std::string_view id, const infra::CallContext& context) const;
    base::Result<Object> find_one(std::string query, const infra::CallContext& context) const;
    base::Result<Object> find_by_token(const infra::Intent& intent,
                                       const infra::CallContext& context) const;
    base::Result<Object> find_by_name(const infra::Intent& intent,
                                      const infra::CallContext& context) const;

    base::Result<infra::Started> create(const infra::Intent& intent,
                                        const infra::CallContext& context) const;
    base::Result<infra::Started> take_over(const infra::Intent& intent, base::Error refused,
                                           const infra::CallContext& context) const;
    base::Result<infra::Started> change(const infra::Intent& intent, const Place& place,
                                        const infra::CallContext& context) const;
    base::Result<infra::Started> remove(const infra::Intent& intent, const Place& place,
                                        const infra::CallContext& context) const;
    base::Result<infra::Started> settle(const infra::Intent& intent, const Place& made,
                                        const json::Value& object) const;
    base::Result<infra::Started> settle_attempt(const infra::Intent& intent, const Place& made,
                                                const infra::CallContext& context) const;
    bool is_attempt(const infra::Intent& intent, const Place& made,
                    const json::Value& object) const;
    bool has_patience(const infra::Intent& intent, std::chrono::nanoseconds patience) const;
    base::Result<infra::Found> find_created(const infra::Intent& intent,
                                            const infra::CallContext& context) const;

    json::Value body_of(const infra::Intent& intent) const;
    std::optional<Call> next_call(const infra::Intent& intent, const json::Value& object,
                                  std::string_view named = {}, std::string_view made = {}) const;
    std::optional<Call> put_call(const infra::Intent& intent, const json::Value& object,
                                 const infra::Value& shown) const;
    Labels wanted_labels(const infra::Intent& intent, const Labels& now) const;
    std::string what(std::string_view verb, const infra::Value& inputs, std::string_view id) const;

    void spell_fields(infra::Seen& seen, const infra::Value& recorded) const;
    infra::Value shown_inputs(const json::Value& object) const;
    infra::Value shown_labels(const infra::Value& shown, const infra::Value& wanted) const;
    infra::Seen seen_of(const json::Value& object) const;
    infra::Seen made(const infra::Intent& intent, const json::Value& object) const;
    void remember(std::string_view id, const json::Value& answer) const;

    const RestType& rest_;
    // What a create told once, by id: until the program ends, as the engine records it before.
    mutable base::Guarded<std::map<std::string, infra::Value>> told_once_;
    // Until when an attempt is given time, by the intent's token.
    mutable base::Guarded<std::map<std::string, std::chrono::nanoseconds>> patient_until_;
};

}
