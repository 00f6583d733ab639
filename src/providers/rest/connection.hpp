#pragma once

#include "net/client/client.hpp"
#include "providers/rest/known_objects.hpp"
#include "providers/rest/resource_handler.hpp"
#include "providers/rest/resource_queue.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace providers::rest {

// A connection whose types are data: it owns what they share and hands calls on to the handler of
// the type. start() and poll() hold no thread while they wait for a turn, for the account's rate
// budget, or for a service that asks for a pause: they answer Queued, or Running, and are asked
// again. Any thread.
class RestConnection final : public provider::Connection {
public:
    struct Options {
        std::string identity;
        Api::Options api;
        const ErrorMapping* error_mapping = nullptr;   // static, as the conventions
        const ApiConventions* conventions = nullptr;
        Labels default_labels;
        std::chrono::nanoseconds poll_interval{std::chrono::seconds{1}};
        std::size_t most_polled_at_once = 25;
        provider::Capabilities capabilities;
        // Shared with the other connections of the provider, and of the account.
        std::shared_ptr<net::Client> client;
        std::shared_ptr<ResourceQueue> queue;
        const base::Clock* clock = nullptr;   // of the waiting; null: the system's
        // Before a change is planned: what is recorded in another spelling becomes that of the
        // program. Null: nothing has several that only the platform can tell.
        base::Result<void> (*respell)(const Api&, provider::Change&, const CallScope&) = nullptr;
        // Who we are and what we may do, without changing anything. Null: the service cannot tell.
        base::Result<provider::AccessReport> (*check_access)(const Api&,
                                                             const CallScope&) = nullptr;
    };
    using MakeHandler = std::function<std::unique_ptr<ResourceHandler>(const ConnectionContext&)>;
    // Looks at what a whole change needs beyond its own fields, before it is approved.
    using Check = std::function<base::Result<void>(
        const Api&, const provider::Change&, const provider::PlannedChange&, const CallScope&)>;

    RestConnection(Options options, std::span<const MakeHandler> handlers, Check check = nullptr);
    // Whatever of its intents is still in the account's queue leaves it.
    ~RestConnection() override;
    RestConnection(const RestConnection&) = delete;
    RestConnection& operator=(const RestConnection&) = delete;

    const provider::Capabilities& capabilities() const override { return options_.capabilities; }
    std::string identity() const override { return options_.identity; }
    base::Result<void> validate(const provider::ResourceType& type,
                                const value::Value& inputs) override;
    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext context) override;
    bool plan_calls_out(const provider::ResourceType& type) const override;
    base::Result<provider::AccessReport> check_access(provider::CallContext context) override;
    base::Result<provider::Page> list(const provider::ResourceType& type, std::string_view page,
                                      provider::CallContext context) override;
    base::Result<provider::Page> list_own(const provider::ResourceType& type,
                                          const provider::Scope& scope, std::string_view page,
                                          provider::CallContext context) override;
    std::string tag_of(std::string_view address) const override { return label_value(address); }
    void inherit(const provider::ResourceType& type, value::Value& inputs) override;
    void normalize(const provider::ResourceType& type, provider::ObservedResource& seen,
                   const value::Value& recorded_inputs) override;
    base::Result<std::optional<provider::ObservedResource>>
    read(const provider::ResourceType& type, const std::string& key,
         const value::Value& recorded_inputs, provider::CallContext context) override;
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override;
    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 provider::CallContext context) override;
    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              provider::CallContext context) override;

private:
    base::Result<const ResourceHandler*> handler(std::string_view type) const;
    base::Result<provider::PlannedChange> plan_within(const provider::Change& change,
                                                      const CallScope& scope) const;
    base::Result<provider::OperationResult> in_turn(const provider::Intent& intent,
                                                    const CallScope& context);
    void leave_queue(const std::string& token);
    using Step = std::function<base::Result<provider::OperationResult>(const CallScope&)>;
    base::Result<provider::OperationResult> within_budget(const provider::Intent& intent,
                                                          const provider::CallContext& context,
                                                          const provider::OperationResult& again,
                                                          const Step& step);

    Options options_;
    const base::Clock& clock_;
    Api api_;
    OperationPoller poller_;
    KnownObjects known_;
    ConnectionContext context_;
    Check check_;
    std::map<std::string_view, std::unique_ptr<ResourceHandler>> handlers_;
    base::Guarded<std::set<std::string>> in_queue_;   // tokens of intents
    // What the service asks an intent to wait for.
    struct Pause {
        std::chrono::nanoseconds since{0};   // the first of them in a row
        std::chrono::nanoseconds until{0};
        unsigned attempts = 0;
    };
    base::Guarded<std::map<std::string, Pause>> pauses_;   // by the intents' tokens
};

}
