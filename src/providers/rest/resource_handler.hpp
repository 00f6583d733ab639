#pragma once

#include "provider/results.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/api_conventions.hpp"
#include "providers/rest/operation_poller.hpp"
#include "providers/rest/tags.hpp"
#include "providers/rest/type_description.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace providers::rest {

class KnownObjects;

// What the types of one connection share. Outlives them.
struct ConnectionContext {
    const Api* api = nullptr;
    OperationPoller* poller = nullptr;
    const ApiConventions* conventions = nullptr;
    Labels default_labels;   // put on everything that has tags
    const base::Clock* clock = nullptr;
    KnownObjects* known = nullptr;
};

// One resource type on one account. Calls may come from several threads at once.
class ResourceHandler {
public:
    // What the type says of itself is static.
    ResourceHandler(const ConnectionContext& connection, const TypeDescription& description)
        : connection_(connection), description_(description) {}
    virtual ~ResourceHandler() = default;
    const provider::ResourceType& type() const { return description_.schema; }
    const TypeDescription& description() const { return description_; }

    virtual base::Result<void> validate(const value::Value& inputs) const {
        return description_.validate != nullptr ? description_.validate(inputs)
                                                : base::Result<void>();
    }
    virtual base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                                       const CallScope& context) const = 0;
    // As provider::Connection::plan_calls_out.
    virtual bool plan_calls_out() const { return false; }
    virtual base::Result<provider::Page> list(std::string_view page,
                                              const CallScope& context) const = 0;
    // As provider::Connection::list_own.
    virtual base::Result<provider::Page> list_own(const provider::Scope&, std::string_view /*page*/,
                                                  const CallScope&) const {
        return provider::Page{};
    }
    // As provider::Connection::inherit.
    virtual void inherit(value::Value& /*inputs*/) const {}
    // As provider::Connection::normalize.
    virtual void normalize(provider::ObservedResource& seen,
                           const value::Value& recorded_inputs) const = 0;
    // The same of what is left of a change that was not made to its end: `shown` is what the
    // platform shows of the inputs, `seen` has been normalized.
    virtual void keep_prior(provider::ObservedResource& /*seen*/, const value::Value& /*shown*/,
                            const provider::Intent&) const {}
    virtual base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const CallScope& context) const = 0;
    // The same for what a row tells of, where that is what it is found by.
    virtual base::Result<std::optional<provider::ObservedResource>>
    read_again(const std::string& key, const value::Value& /*recorded_inputs*/,
               const CallScope& context) const {
        return read(key, context);
    }
    // What the platform lets only one change at a time, and this changes: "server:4711".
    virtual std::vector<std::string> changes(const provider::Intent& intent) const {
        return description_.changes != nullptr ? description_.changes(intent)
                                               : std::vector<std::string>();
    }
    virtual base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                          const CallScope& context) const = 0;
    virtual base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                         const CallScope& context) const = 0;
    virtual base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                                      const CallScope& context) const = 0;

protected:
    const ConnectionContext& connection() const { return connection_; }
    // What an answer says has begun: ids or URLs to wait for.
    std::vector<std::string> begun(const Answer& answer) const;
    std::string_view service() const { return connection_.api->error_mapping().service; }

private:
    const ConnectionContext& connection_;
    const TypeDescription& description_;
};

// Where a change has come to, in the text of a phase or a handle: the id of what is changed, the
// name of the call that is made next or has been made, and what is waited for.
struct OperationCursor {
    std::string id;
    std::string call;
    std::vector<std::string> waits;

    std::string text() const;
    static OperationCursor from_text(std::string_view text);
};

using provider::done;
using provider::found;
inline provider::OperationResult running(const OperationCursor& place) {
    return provider::running(place.text());
}
inline provider::OperationResult next_phase(const OperationCursor& place) {
    return provider::next_phase(place.text());
}
inline provider::LookupResult found_running(const OperationCursor& place) {
    return provider::found_running(place.text());
}

// The failure of something that a service did in the background.
base::Error failed_in_background(const Api& api, const Progress& progress);

}
