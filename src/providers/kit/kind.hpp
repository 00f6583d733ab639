#pragma once

#include "infra/provider.hpp"
#include "providers/kit/api.hpp"
#include "providers/kit/style.hpp"
#include "providers/kit/tags.hpp"
#include "providers/kit/waits.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace providers::kit {

// What the types of one connection share. Outlives them.
struct Account {
    Api* api = nullptr;
    Waits* waits = nullptr;
    const Style* style = nullptr;
    Labels default_labels;   // put on everything that has labels
    const base::Clock* clock = nullptr;
};

// One resource type on one account. Calls may come from several threads at once.
class Kind {
public:
    explicit Kind(const Account& account) : account_(account) {}
    virtual ~Kind() = default;
    virtual const infra::ResourceType& type() const = 0;

    virtual base::Result<void> validate(const infra::Value& inputs) const = 0;
    virtual base::Result<infra::PlannedChange> plan(const infra::Change& change) const = 0;
    virtual base::Result<infra::Page> list(std::string_view page,
                                           const infra::CallContext& context) const = 0;
    // As infra::Connection::list_own.
    virtual base::Result<infra::Page> list_own(const infra::Scope&, std::string_view /*page*/,
                                               const infra::CallContext&) const {
        return infra::Page{};
    }
    // As infra::Connection::spell.
    virtual void spell(infra::Seen& seen, const infra::Value& recorded_inputs) const = 0;
    virtual base::Result<std::optional<infra::Seen>>
    read(const std::string& key, const infra::CallContext& context) const = 0;
    // The same for what a row tells of, where that is what it is found by.
    virtual base::Result<std::optional<infra::Seen>>
    read_again(const std::string& key, const infra::Value& /*recorded_inputs*/,
               const infra::CallContext& context) const {
        return read(key, context);
    }
    // What the platform lets only one change at a time, and this changes: "server:4711".
    virtual std::vector<std::string> changes(const infra::Intent& intent) const = 0;
    virtual base::Result<infra::Started> start(const infra::Intent& intent,
                                               const infra::CallContext& context) const = 0;
    virtual base::Result<infra::Started> poll(const infra::Intent& intent,
                                              const infra::CallContext& context) const = 0;
    virtual base::Result<infra::Found> find(const infra::Intent& intent,
                                            const infra::CallContext& context) const = 0;

protected:
    const Account& account() const { return account_; }

private:
    const Account& account_;
};

// Where a change has come to, in the text of a phase or a handle: the id of what is changed, the
// name of the call that is made next or has been made, and what is waited for.
struct Place {
    std::string id;
    std::string call;
    std::vector<std::string> waits;

    std::string text() const;
    static Place from_text(std::string_view text);
};

infra::Started done(std::optional<infra::Seen> seen = std::nullopt);
infra::Started running(const Place& place);
infra::Started next_phase(const Place& place);
infra::Found found(infra::Found::Kind kind, std::string reason = {});
infra::Found found(infra::Found::Kind kind, infra::Seen seen);
infra::Found found_running(const Place& place);

// The failure of something that a service did in the background.
base::Error failed_in_background(const Api& api, const Progress& progress);

}
