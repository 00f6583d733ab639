#pragma once

#include "net/client/client.hpp"
#include "providers/kit/kind.hpp"
#include "providers/kit/turns.hpp"

#include <functional>
#include <map>
#include <memory>

namespace providers::kit {

// A connection whose types are kinds of the kit: it owns what they share and hands calls on. Any
// thread.
class KitConnection final : public infra::Connection {
public:
    struct Options {
        std::string identity;
        Api::Options api;
        const Dialect* dialect = nullptr;   // static, as the style
        const Style* style = nullptr;
        Labels default_labels;
        std::chrono::nanoseconds poll_interval{std::chrono::seconds{1}};
        std::size_t most_polled_at_once = 25;
        infra::Capabilities capabilities;
        net::Trace* trace = nullptr;   // borrowed
        std::unique_ptr<net::Transport> transport;
        const base::Clock* clock = nullptr;   // of the waiting; null: the system's
    };
    using MakeKind = std::function<std::unique_ptr<Kind>(const Account&)>;
    // Looks at what a whole change needs beyond its own fields, before it is approved.
    using Check = std::function<base::Result<void>(const Api&, const infra::Change&)>;

    KitConnection(Options options, std::span<const MakeKind> kinds, Check check = nullptr);

    const infra::Capabilities& capabilities() const override { return options_.capabilities; }
    std::string identity() const override { return options_.identity; }
    base::Result<void> validate(const infra::ResourceType& type,
                                const infra::Value& inputs) override;
    base::Result<infra::PlannedChange> plan(const infra::Change& change) override;
    base::Result<infra::Page> list(const infra::ResourceType& type, std::string_view page) override;
    base::Result<infra::Page> list_own(const infra::ResourceType& type, const infra::Scope& scope,
                                       std::string_view page) override;
    void spell(const infra::ResourceType& type, infra::Seen& seen,
               const infra::Value& recorded_inputs) override;
    base::Result<std::optional<infra::Seen>> read(const infra::ResourceType& type,
                                                  const std::string& key,
                                                  const infra::Value& recorded_inputs,
                                                  infra::CallContext context) override;
    base::Result<infra::Started> start(const infra::Intent& intent,
                                       infra::CallContext context) override;
    base::Result<infra::Started> poll(const infra::Intent& intent,
                                      infra::CallContext context) override;
    base::Result<infra::Found> find(const infra::Intent& intent,
                                    infra::CallContext context) override;

private:
    base::Result<const Kind*> kind(std::string_view type) const;
    base::Result<infra::Started> in_turn(const infra::Intent& intent,
                                         const infra::CallContext& context);

    Options options_;
    net::Client client_;
    Api api_;
    Waits waits_;
    Turns turns_;
    Account account_;
    Check check_;
    std::map<std::string_view, std::unique_ptr<Kind>> kinds_;
};

}
