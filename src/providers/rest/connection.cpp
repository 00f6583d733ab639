#include "providers/rest/connection.hpp"

#include "providers/rest/references.hpp"

#include "base/last_catch.hpp"

#include <algorithm>

namespace providers::rest {

using provider::PlannedAction;

namespace {

// The handle of a later phase that waits for its turn.
// No handle of an operation looks like this, as those have a blank in them.
constexpr const char* kTurn = "turn";

// To be asked again. What has sent nothing at all may as well be dropped meanwhile; a later phase
// may not, as its step has begun.
// Queued tells the engine that nothing was sent, so that an interrupt may drop it.
provider::OperationResult waiting(const provider::Intent& intent) {
    provider::OperationResult out;
    const bool has_begun = !intent.phase.empty();
    out.kind = has_begun ? provider::OperationResult::Kind::Running
                         : provider::OperationResult::Kind::Queued;
    if (has_begun) out.handle = kTurn;
    return out;
}

bool is_unreached(const base::Error& error) {
    return error.code() == base::Code::Unavailable ||
           error.code() == base::Code::DeadlineExceeded || error.code() == base::Code::Busy;
}

provider::Intent without_turn(provider::Intent intent) {
    if (intent.handle == kTurn) intent.handle.clear();
    return intent;
}

}

RestConnection::RestConnection(Options options, std::span<const MakeHandler> handlers, Check check)
    : options_(std::move(options)),
      clock_(options_.clock != nullptr ? *options_.clock : base::system_clock()),
      api_(options_.client, *options_.error_mapping, std::move(options_.api)),
      poller_(
          [this](std::span<const std::string> waits, const CallScope& context) {
              return progress_of(api_, *options_.conventions, waits, context);
          },
          options_.most_polled_at_once, options_.poll_interval, clock_),
      context_{.api = &api_,
               .poller = &poller_,
               .conventions = options_.conventions,
               .default_labels = options_.default_labels,
               .clock = &clock_,
               .known = &known_},
      check_(std::move(check)) {
    for (const MakeHandler& make : handlers) {
        std::unique_ptr<ResourceHandler> made = make(context_);
        const std::string_view name = made->type().name;
        handlers_.emplace(name, std::move(made));
    }
}

// Otherwise a run that was cut off would leave its place, and others of this process would wait
// for it.
RestConnection::~RestConnection() {
    in_queue_.with([&](const auto& tokens) {
        for (const std::string& token : tokens) options_.queue->leave(token);
    });
}

void RestConnection::leave_queue(const std::string& token) {
    options_.queue->leave(token);
    in_queue_.with([&](auto& tokens) { tokens.erase(token); });
}

base::Result<const ResourceHandler*> RestConnection::handler(std::string_view type) const {
    const auto found = handlers_.find(type);
    if (found != handlers_.end()) return found->second.get();
    return base::not_found("there is no type \"" + std::string(type) + "\" here");
}

base::Result<void> RestConnection::validate(const provider::ResourceType& type,
                                            const value::Value& inputs) {
    return TRY(handler(type.name))->validate(inputs);
}

base::Result<provider::PlannedChange> RestConnection::plan_within(const provider::Change& change,
                                                                  const CallScope& scope) const {
    const CallTime time(clock_, scope);
    provider::Change normalized = change;
    if (options_.respell != nullptr) TRY(options_.respell(api_, normalized, time.left()));
    const ResourceHandler* of_type = TRY(handler(change.type.name));
    provider::PlannedChange planned = TRY(of_type->plan(normalized, time.left()));
    TRY(check_references(context_, of_type->description(), normalized, planned, time.left()));
    // Only if something is to be done: checks may cost calls (prices, limits of the account).
    if (check_ && planned.action != PlannedAction::None) {
        TRY(check_(api_, change, planned, time.left()));
    }
    return planned;
}

base::Result<provider::PlannedChange> RestConnection::plan(const provider::Change& change,
                                                           provider::CallContext context) {
    auto planned = plan_within(change, {context});
    // The outcome of the last attempt is of no interest to whoever has broken it off.
    if (!planned.ok() && context.stop.stop_requested() && is_unreached(planned.error())) {
        return base::Error(base::Code::Cancelled, planned.error().text());
    }
    return planned;
}

bool RestConnection::plan_calls_out(const provider::ResourceType& type) const {
    const auto of_type = handler(type.name);
    return check_ != nullptr || (of_type.ok() && ((*of_type)->plan_calls_out() ||
                                                  !(*of_type)->description().references.empty()));
}

base::Result<provider::AccessReport> RestConnection::check_access(provider::CallContext context) {
    provider::AccessReport out;
    if (options_.check_access != nullptr) {
        const CallTime time(clock_, {std::move(context)});
        out = TRY(options_.check_access(api_, time.left()));
    }
    if (out.account.empty()) out.account = options_.identity;
    return out;
}

base::Result<provider::Page> RestConnection::list(const provider::ResourceType& type,
                                                  std::string_view page,
                                                  provider::CallContext context) {
    // Lists are not bounded by what one call may take: a list of many pages is asked for page by
    // page.
    context.timeout = options_.capabilities.call_deadline;
    return TRY(handler(type.name))->list(page, {std::move(context)});
}

base::Result<provider::Page> RestConnection::list_own(const provider::ResourceType& type,
                                                      const provider::Scope& scope,
                                                      std::string_view page,
                                                      provider::CallContext context) {
    context.timeout = options_.capabilities.call_deadline;
    return TRY(handler(type.name))->list_own(scope, page, {std::move(context)});
}

base::Result<std::optional<provider::ObservedResource>>
RestConnection::read(const provider::ResourceType& type, const std::string& key,
                     const value::Value& recorded_inputs, provider::CallContext context) {
    const ResourceHandler* of_type = TRY(handler(type.name));
    std::optional<provider::ObservedResource> seen =
        TRY(of_type->read_again(key, recorded_inputs, {context}));
    // A look for `import` has no record, so there is no spelling to go by.
    if (seen && !recorded_inputs.is_null()) of_type->normalize(*seen, recorded_inputs);
    return seen;
}

void RestConnection::inherit(const provider::ResourceType& type, value::Value& inputs) {
    const auto found = handlers_.find(type.name);
    if (found != handlers_.end()) found->second->inherit(inputs);
}

void RestConnection::normalize(const provider::ResourceType& type, provider::ObservedResource& seen,
                               const value::Value& recorded_inputs) {
    const auto found = handlers_.find(type.name);
    if (found != handlers_.end()) found->second->normalize(seen, recorded_inputs);
}

// A step that found the budget spent, or was told to pause, before it had any effect is asked for
// again, and until then nobody's thread waits. One that is refused again and again has to end:
// after the time of a call it is made once more, and then what the service says is the outcome.
base::Result<provider::OperationResult>
RestConnection::within_budget(const provider::Intent& intent, const provider::CallContext& context,
                              const provider::OperationResult& again, const Step& step) {
    const std::chrono::nanoseconds now = clock_.elapsed();
    const std::optional<Pause> pause = pauses_.with([&](const auto& pauses) {
        const auto known = pauses.find(intent.token);
        return known != pauses.end() ? std::optional(known->second) : std::nullopt;
    });
    if (pause && now < pause->until) return again;
    // Since the first refusal by the service, not by our own count of its budget, which always
    // ends.
    const bool is_last = pause && now - pause->since > context.timeout;
    bool may_begin_again = true;
    // On its last attempt the step waits for its budget like any other call.
    // An exception is an error here already: the place in the queue has to be given back.
    auto stepped = base::last_catch([&] {
        return step(
            {context, is_last ? nullptr : &may_begin_again, is_last, pause ? pause->attempts : 0});
    });
    const bool is_spent = !stepped.ok() && net::is_budget_spent(stepped.error());
    pauses_.with([&](auto& pauses) {
        if (!is_spent) pauses.erase(intent.token);
        // A turn of our own count comes for certain; only refusals are counted.
        const auto asked = is_spent ? net::pause_of(stepped.error()) : std::chrono::nanoseconds(0);
        if (!is_spent || (net::status_of(stepped.error()) == 0 && asked.count() == 0)) return;
        Pause& told = pauses.try_emplace(intent.token, Pause{.since = now}).first->second;
        told.until = clock_.elapsed() + asked;
        // Those that the rate limit knows of are counted by their time alone.
        if (asked.count() != 0) ++told.attempts;
    });
    return is_spent ? base::Result<provider::OperationResult>(again) : std::move(stepped);
}

base::Result<provider::OperationResult> RestConnection::in_turn(const provider::Intent& intent,
                                                                const CallScope& context) {
    const ResourceHandler* of_type = TRY(handler(intent.type));
    // Noted before it queues: the destructor must find it whatever happens in between.
    in_queue_.with([&](auto& tokens) { tokens.insert(intent.token); });
    if (!options_.queue->is_next(intent.token, of_type->changes(intent))) return waiting(intent);
    return of_type->start(intent, context);
}

base::Result<provider::OperationResult> RestConnection::start(const provider::Intent& intent,
                                                              provider::CallContext context) {
    // Given up or done. Queued and Running keep the place: whoever was first stays first.
    auto started = within_budget(intent, context, waiting(intent),
                                 [&](const CallScope& scope) { return in_turn(intent, scope); });
    if (!started.ok() || started->kind == provider::OperationResult::Kind::Done)
        leave_queue(intent.token);
    return started;
}

base::Result<provider::OperationResult> RestConnection::poll(const provider::Intent& intent,
                                                             provider::CallContext context) {
    if (intent.handle == kTurn) return start(without_turn(intent), std::move(context));
    const ResourceHandler* of_type = TRY(handler(intent.type));
    provider::OperationResult still;
    still.kind = provider::OperationResult::Kind::Running;
    still.handle = intent.handle;
    auto polled = within_budget(intent, context, still, [&](const CallScope& scope) {
        return of_type->poll(intent, scope);
    });
    if (!polled.ok() || polled->kind == provider::OperationResult::Kind::Done)
        leave_queue(intent.token);
    // What is polled was begun, so no refusal of a later call may say "nothing happened".
    if (!polled.ok()) return after_effect(std::move(polled).error());
    return polled;
}

base::Result<provider::LookupResult> RestConnection::find(const provider::Intent& intent,
                                                          provider::CallContext context) {
    const ResourceHandler* of_type = TRY(handler(intent.type));
    provider::LookupResult found = TRY(of_type->find(without_turn(intent), {std::move(context)}));
    // In the program's spelling: of a change that is half made it is recorded.
    if (!found.seen) return found;
    const value::Value shown = found.seen->inputs;
    of_type->normalize(*found.seen, intent.inputs);
    if (found.kind == provider::LookupResult::Kind::Partial)
        of_type->keep_prior(*found.seen, shown, intent);
    return found;
}

}
