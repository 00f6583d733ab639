#include "providers/kit/connection.hpp"

#include <algorithm>

namespace providers::kit {

using infra::PlannedAction;

namespace {

// The handle of what waits for its turn and has made no call since its phase became durable.
constexpr const char* kTurn = "turn";

infra::Intent without_turn(infra::Intent intent) {
    if (intent.handle == kTurn) intent.handle.clear();
    return intent;
}

}

KitConnection::KitConnection(Options options, std::span<const MakeKind> kinds, Check check)
    : options_(std::move(options)), client_(*options_.transport, {.trace = options_.trace}),
      api_(client_, *options_.dialect, std::move(options_.api)),
      waits_(
          [this](std::span<const std::string> ids, const infra::CallContext& context) {
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
    for (const MakeKind& make : kinds) {
        std::unique_ptr<Kind> kind = make(account_);
        const std::string_view name = kind->type().name;
        kinds_.emplace(name, std::move(kind));
    }
}

base::Result<const Kind*> KitConnection::kind(std::string_view type) const {
    const auto found = kinds_.find(type);
    if (found != kinds_.end()) return found->second.get();
    return base::not_found("there is no type \"" + std::string(type) + "\" here");
}

base::Result<void> KitConnection::validate(const infra::ResourceType& type,
                                           const infra::Value& inputs) {
    return TRY(kind(type.name))->validate(inputs);
}

base::Result<infra::PlannedChange> KitConnection::plan(const infra::Change& change) {
    infra::PlannedChange planned = TRY(TRY(kind(change.type.name))->plan(change));
    if (check_ && planned.action != PlannedAction::None) {
        TRY(check_(api_, change));
    }
    return planned;
}

base::Result<infra::Page> KitConnection::list(const infra::ResourceType& type,
                                              std::string_view page) {
    return TRY(kind(type.name))->list(page, {.timeout = options_.capabilities.call_deadline});
}

base::Result<infra::Page> KitConnection::list_own(const infra::ResourceType& type,
                                                  const infra::Scope& scope,
                                                  std::string_view page) {
    return TRY(kind(type.name))
        ->list_own(scope, page, {.timeout = options_.capabilities.call_deadline});
}

base::Result<std::optional<infra::Seen>> KitConnection::read(const infra::ResourceType& type,
                                                             const std::string& key,
                                                             const infra::Value& recorded_inputs,
                                                             infra::CallContext context) {
    const Kind* of_type = TRY(kind(type.name));
    std::optional<infra::Seen> seen = TRY(of_type->read_again(key, recorded_inputs, context));
    if (seen && !recorded_inputs.is_null()) of_type->spell(*seen, recorded_inputs);
    return seen;
}

void KitConnection::spell(const infra::ResourceType& type, infra::Seen& seen,
                          const infra::Value& recorded_inputs) {
    const auto found = kinds_.find(type.name);
    if (found != kinds_.end()) found->second->spell(seen, recorded_inputs);
}

base::Result<infra::Started> KitConnection::in_turn(const infra::Intent& intent,
                                                    const infra::CallContext& context) {
    const Kind* of_type = TRY(kind(intent.type));
    if (!turns_.is_next(intent.token, of_type->changes(intent))) {
        infra::Started waiting;
        waiting.kind = infra::Started::Kind::Running;
        waiting.handle = kTurn;
        return waiting;
    }
    return of_type->start(intent, context);
}

base::Result<infra::Started> KitConnection::start(const infra::Intent& intent,
                                                  infra::CallContext context) {
    auto started = in_turn(intent, context);
    if (!started.ok() || started->kind == infra::Started::Kind::Done) turns_.leave(intent.token);
    return started;
}

base::Result<infra::Started> KitConnection::poll(const infra::Intent& intent,
                                                 infra::CallContext context) {
    if (intent.handle == kTurn) return start(without_turn(intent), std::move(context));
    auto polled = TRY(kind(intent.type))->poll(intent, context);
    if (!polled.ok() || polled->kind == infra::Started::Kind::Done) turns_.leave(intent.token);
    if (!polled.ok()) return after_effect(std::move(polled).error());
    return polled;
}

base::Result<infra::Found> KitConnection::find(const infra::Intent& intent,
                                               infra::CallContext context) {
    return TRY(kind(intent.type))->find(without_turn(intent), context);
}

}
