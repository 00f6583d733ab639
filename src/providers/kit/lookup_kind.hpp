#pragma once

#include "base/guarded.hpp"
#include "providers/kit/kind.hpp"
#include "providers/kit/lookup_type.hpp"

#include <map>

namespace providers::kit {

// What a LookupType does. What it found is kept for as long as the connection lives: a plan and its
// apply see the same.
class LookupKind final : public Kind {
public:
    // The type is static.
    LookupKind(const Account& account, const LookupType& lookup) : Kind(account), lookup_(lookup) {}

    const infra::ResourceType& type() const override { return lookup_.schema; }
    base::Result<void> validate(const infra::Value& inputs) const override;
    // The outputs are known as soon as the inputs are.
    base::Result<infra::PlannedChange> plan(const infra::Change& change) const override;
    base::Result<infra::Page> list(std::string_view page,
                                   const infra::CallContext& context) const override;
    void spell(infra::Seen&, const infra::Value&) const override {}
    base::Result<std::optional<infra::Seen>> read(const std::string& key,
                                                  const infra::CallContext& context) const override;
    base::Result<std::optional<infra::Seen>>
    read_again(const std::string& key, const infra::Value& recorded_inputs,
               const infra::CallContext& context) const override;
    std::vector<std::string> changes(const infra::Intent&) const override { return {}; }
    base::Result<infra::Started> start(const infra::Intent& intent,
                                       const infra::CallContext& context) const override;
    base::Result<infra::Started> poll(const infra::Intent& intent,
                                      const infra::CallContext& context) const override;
    base::Result<infra::Found> find(const infra::Intent& intent,
                                    const infra::CallContext& context) const override;

private:
    base::Result<std::optional<infra::Seen>> look_up(const infra::Value& inputs,
                                                     const infra::CallContext& context) const;
    base::Error nothing_fits(const infra::Value& inputs) const;
    infra::Value outputs_of(const json::Value& object) const;

    const LookupType& lookup_;
    mutable base::Guarded<std::map<std::string, infra::Seen>> found_;   // by query
};

}
