#include "providers/rest/connection.hpp"

#include <algorithm>

namespace providers::rest {

using provider::PlannedAction;

namespace {

// The handle of what waits for its turn and has made no call since its phase became durable.
constexpr const char* kTurn = "turn";

provider::Intent without_turn(provider::Intent intent) {
    if (intent.handle == kTurn) intent.handle.clear();
    return intent;
}

}

RestConnection::RestConnection(Options options, std::span<const MakeHandler> kinds, Check check)
    : options_(std::move(options)), client_(*options_.transport, {.trace = options_.trace}),
      api_(client_, *options_.error_mapping, std::move(options_.api)),
      waits_(
          [this](std::span<const std::string> ids, const provider::CallContext& context) {
              return options_.style->progress_of(api_, ids, context);
          },
          options_.most_polled_at_once, options_.poll_interval,
          options_.clock != nullptr ? *options_.clock : base::system_clock()),
      account_{.api = &api_,
               .waits = &waits_,
               .style = options_.style,
               .default_labels = options_.default_labels,
               .clock = options_.clock != nullptr ? options_.clock : &base::system_clock()},
      check_(std::move(check)) {
    for (const MakeHandler& make : kinds) {
        std::unique_ptr<ResourceHandler> kind = make(account_);
        const std::string_view name = kind->type().name;
        handlers_.emplace(name, std::move(kind));
    }
}

base::Result<const ResourceHandler*> RestConnection::kind(std::string_view type) const {
    const auto found = handlers_.find(type);
    if (found != handlers_.end()) return found->second.get();
    return base::not_found("there is no type \"" + std::string(type) + "\" here");
}

base::Result<void> RestConnection::validate(const provider::ResourceType& type,
                                            const value::Value& inputs) {
    return TRY(kind(type.name))->validate(inputs);
}

base::Result<provider::PlannedChange> RestConnection::plan(const provider::Change& change) {
    provider::PlannedChange planned = TRY(TRY(kind(change.type.name))->plan(change));
    if (check_ && planned.action != PlannedAction::None) {
        TRY(check_(api_, change));
    }
    return planned;
}

base::Result<provider::Page> RestConnection::list(const provider::ResourceType& type,
                                                  std::string_view page,
                                                  provider::CallContext context) {
    context.timeout = options_.capabilities.call_deadline;
    return TRY(kind(type.name))->list(page, context);
}

base::Result<provider::Page> RestConnection::list_own(const provider::ResourceType& type,
                                                      const provider::Scope& scope,
                                                      std::string_view page,
                                                      provider::CallContext context) {
    context.timeout = options_.capabilities.call_deadline;
    return TRY(kind(type.name))->list_own(scope, page, context);
}

base::Result<std::optional<provider::ObservedResource>>
RestConnection::read(const provider::ResourceType& type, const std::string& key,
                     const value::Value& recorded_inputs, provider::CallContext context) {
    const ResourceHandler* of_type = TRY(kind(type.name));
    std::optional<provider::ObservedResource> seen =
        TRY(of_type->read_again(key, recorded_inputs, context));
    if (seen && !recorded_inputs.is_null()) of_type->normalize(*seen, recorded_inputs);
    return seen;
}

void RestConnection::normalize(const provider::ResourceType& type, provider::ObservedResource& seen,
                               const value::Value& recorded_inputs) {
    const auto found = handlers_.find(type.name);
    if (found != handlers_.end()) found->second->normalize(seen, recorded_inputs);
}

base::Result<provider::OperationResult>
RestConnection::in_turn(const provider::Intent& intent, const provider::CallContext& context) {
    const ResourceHandler* of_type = TRY(kind(intent.type));
    if (!turns_.is_next(intent.token, of_type->changes(intent))) {
        provider::OperationResult waiting;
        waiting.kind = provider::OperationResult::Kind::Running;
        waiting.handle = kTurn;
        return waiting;
    }
    return of_type->start(intent, context);
}

base::Result<provider::OperationResult> RestConnection::start(const provider::Intent& intent,
                                                              provider::CallContext context) {
    auto started = in_turn(intent, context);
    if (!started.ok() || started->kind == provider::OperationResult::Kind::Done)
        turns_.leave(intent.token);
    return started;
}

base::Result<provider::OperationResult> RestConnection::poll(const provider::Intent& intent,
                                                             provider::CallContext context) {
    if (intent.handle == kTurn) return start(without_turn(intent), std::move(context));
    auto polled = TRY(kind(intent.type))->poll(intent, context);
    if (!polled.ok() || polled->kind == provider::OperationResult::Kind::Done)
        turns_.leave(intent.token);
    if (!polled.ok()) return after_effect(std::move(polled).error());
    return polled;
}

base::Result<provider::LookupResult> RestConnection::find(const provider::Intent& intent,
                                                          provider::CallContext context) {
    return TRY(kind(intent.type))->find(without_turn(intent), context);
}

}
