#pragma once

#include "base/guarded.hpp"
#include "providers/rest/resource_handler.hpp"
#include "providers/rest/rest_type.hpp"

#include <functional>
#include <map>

namespace providers::rest {

// Names of the calls that every type has; phases are named by them.
inline constexpr const char* kCreate = "create";
inline constexpr const char* kUpdate = "update";
inline constexpr const char* kDelete = "delete";
inline constexpr const char* kWalkBack = "walk_back";   // its end is that of a failed change
inline constexpr const char* kWait = "wait";            // until what goes on at an object has ended

// In the phase in which it is noted what there was: nothing is made yet.
inline constexpr const char* kNoId = "-";

// What is to be seen of the inputs alone.
base::Result<void> validate(const RestType& type, const value::Value& inputs);

// What a RestType does. A change is made by looking at the object, making the first call that
// brings it nearer to what is wanted, and looking again: so it goes on from wherever it was left.
class RestResource final : public ResourceHandler {
public:
    RestResource(const ConnectionContext& connection, const RestType& rest)
        : ResourceHandler(connection, rest), rest_(rest) {}

    base::Result<void> validate(const value::Value& inputs) const override;
    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               const CallScope& context) const override;
    base::Result<provider::Page> list(std::string_view page,
                                      const CallScope& context) const override;
    base::Result<provider::Page> list_own(const provider::Scope& scope, std::string_view page,
                                          const CallScope& context) const override;
    void inherit(value::Value& inputs) const override;
    void normalize(provider::ObservedResource& seen,
                   const value::Value& recorded_inputs) const override;
    void keep_prior(provider::ObservedResource& seen, const value::Value& shown,
                    const provider::Intent& intent) const override;
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
    using Object = std::optional<json::Value>;
    using Fits = std::function<bool(const json::Value& object)>;

    // The answer to a GET of the object, with the object as its body; none: there is none.
    base::Result<std::optional<Answer>> fetch(std::string_view key, const CallScope& context) const;
    base::Result<Object> get(std::string_view key, const CallScope& context) const;
    base::Result<provider::Page> list_page(std::string path, std::string_view page,
                                           const Fits& fits, const CallScope& context) const;
    base::Result<std::vector<json::Value>> objects_in(const Answer& answer) const;
    const Paging& paging() const;
    base::Result<Object> find_first(std::string query, const Fits& fits,
                                    const CallScope& context) const;
    base::Result<Object> find_by_token(const provider::Intent& intent,
                                       const CallScope& context) const;
    base::Result<Object> find_by_name(const provider::Intent& intent,
                                      const CallScope& context) const;
    base::Result<std::vector<std::string>> running_at(const provider::Intent& intent,
                                                      std::string_view key,
                                                      const CallScope& context) const;
    bool is_busy(const json::Value& object) const;
    bool is_as_before(const provider::Intent& intent, const json::Value& object) const;

    base::Result<provider::OperationResult> note_what_is_there(const CallScope& context) const;
    base::Result<provider::OperationResult> create(const provider::Intent& intent,
                                                   const CallScope& context) const;
    base::Result<provider::OperationResult>
    take_over(const provider::Intent& intent, base::Error refused, const CallScope& context) const;
    base::Result<provider::OperationResult> change(const provider::Intent& intent,
                                                   const OperationCursor& place,
                                                   const CallScope& context) const;
    base::Result<provider::OperationResult> after_change(const provider::Intent& intent,
                                                         const OperationCursor& next,
                                                         const Answer& answer,
                                                         const CallScope& context) const;
    base::Result<provider::OperationResult> walk_back(const provider::Intent& intent,
                                                      std::string_view key, const Call& failed,
                                                      base::Error why,
                                                      const CallScope& context) const;
    base::Result<provider::OperationResult> after_walk_back(const provider::Intent& intent) const;
    base::Result<bool> is_still_due(const provider::Intent& intent, std::string_view key,
                                    const Call& refused, std::string_view named,
                                    const CallScope& context) const;
    base::Result<std::optional<Call>> call_before_delete(const provider::Intent& intent,
                                                         const json::Value& object,
                                                         const CallScope& context) const;
    base::Result<provider::OperationResult> remove(const provider::Intent& intent,
                                                   const OperationCursor& place,
                                                   const CallScope& context) const;
    base::Result<provider::OperationResult> poll_removal(const provider::Intent& intent,
                                                         const OperationCursor& place,
                                                         const CallScope& context) const;
    base::Result<provider::OperationResult> after_call(const provider::Intent& intent,
                                                       const OperationCursor& made,
                                                       const json::Value& object) const;
    base::Result<provider::OperationResult> after_attempt(const provider::Intent& intent,
                                                          const OperationCursor& made,
                                                          const CallScope& context) const;
    bool is_attempt(const provider::Intent& intent, const OperationCursor& made,
                    const json::Value& object) const;
    bool is_in_grace(const provider::Intent& intent, const Call& call) const;
    base::Result<std::vector<json::Value>> all(const CallScope& context) const;
    base::Result<provider::LookupResult> find_by_difference(const provider::Intent& intent,
                                                            const CallScope& context) const;
    base::Result<provider::LookupResult> find_changed(const provider::Intent& intent,
                                                      const std::string& key,
                                                      const CallScope& context) const;
    bool is_as_created(const provider::Intent& intent, const json::Value& object) const;
    base::Result<provider::LookupResult> find_created(const provider::Intent& intent,
                                                      const CallScope& context) const;

    Call create_call(const provider::Intent& intent) const;
    std::string created_key(const provider::Intent& intent, const Answer& answer) const;
    json::Value body_of(const provider::Intent& intent, const Labels& now) const;
    std::optional<Call> next_call(const provider::Intent& intent, const json::Value& object,
                                  std::string_view key, std::string_view named = {},
                                  std::string_view made = {}) const;
    std::optional<Call> update_call(const provider::Intent& intent, const json::Value& object,
                                    std::string_view key, const value::Value& shown) const;
    json::Value changes_of(const provider::Intent& intent, const json::Value& object,
                           const value::Value& shown) const;
    base::Error is_gone(std::string_view key) const;
    base::Error does_not_show() const;
    Labels wanted_labels(const provider::Intent& intent, const Labels& now) const;
    std::string what(std::string_view verb, const value::Value& inputs, std::string_view key) const;

    enum class Against : std::uint8_t { Record, Wish };
    void normalize_fields(provider::ObservedResource& seen, const value::Value& known,
                          Against against) const;
    void show_key(provider::ObservedResource& seen) const;
    value::Value shown_inputs(const json::Value& object) const;
    provider::ObservedResource seen_of(const json::Value& object, std::string_view key) const;
    provider::ObservedResource made(const provider::Intent& intent, const json::Value& object,
                                    std::string_view key) const;
    void remember(std::string_view key, const json::Value& answer) const;

    const RestType& rest_;
    // What a create told once, by id: until the program ends, as the engine records it before.
    mutable base::Guarded<std::map<std::string, value::Value>> create_only_;
    // Until when a call is given time to show, by the intent's token and its name.
    mutable base::Guarded<std::map<std::string, std::chrono::nanoseconds>> grace_until_;
    // Why a change failed whose way back is waited for; by token.
    mutable base::Guarded<std::map<std::string, base::Error>> failed_;
};

}
