#pragma once

#include "providers/kit/kind.hpp"
#include "providers/kit/part_type.hpp"

namespace providers::kit {

// What a PartType does. Nothing carries the token of a part's intent; so before one is added, a
// read has to find it absent, and that is a phase: what is there after it is ours (ENGINE §7).
class PartKind final : public Kind {
public:
    PartKind(const Account& account, const PartType& part) : Kind(account), part_(part) {}

    const infra::ResourceType& type() const override { return part_.schema; }
    base::Result<void> validate(const infra::Value& inputs) const override;
    base::Result<infra::PlannedChange> plan(const infra::Change& change) const override;
    base::Result<infra::Page> list(std::string_view page,
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
    using Owner = std::optional<json::Value>;

    std::string key_of(const infra::Intent& intent) const;
    base::Result<Owner> owner(std::string_view id, const infra::CallContext& context) const;
    std::optional<Part> part_in(const json::Value& owner, std::string_view name) const;
    base::Result<std::optional<infra::Seen>> look(std::string_view key,
                                                  const infra::CallContext& context) const;
    base::Result<infra::Started> add(const infra::Intent& intent,
                                     const infra::CallContext& context) const;
    base::Result<infra::Started> make(const infra::Intent& intent, Call call,
                                      const infra::CallContext& context) const;
    base::Result<infra::Started> settle(const infra::Intent& intent,
                                        const infra::CallContext& context) const;
    bool is_as_wanted(const infra::Intent& intent, const infra::Seen& seen) const;
    std::string what(std::string_view verb, std::string_view key) const;

    const PartType& part_;
};

}
