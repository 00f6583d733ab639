#include "provider/secret_connection.hpp"

#include <algorithm>

namespace provider {
namespace {

class SecretConnection final : public Connection {
public:
    SecretConnection(std::unique_ptr<Connection> within, const Secrets& secrets, SecretTaker taker)
        : within_(std::move(within)), secrets_(secrets), taker_(std::move(taker)) {}

    // No secret passes through these.
    const Capabilities& capabilities() const override { return within_->capabilities(); }
    std::string identity() const override { return within_->identity(); }
    base::Result<AccessReport> check_access(CallContext context) override {
        return within_->check_access(std::move(context));
    }
    std::string tag_of(std::string_view address) const override { return within_->tag_of(address); }

    base::Result<void> validate(const ResourceType& type, const value::Value& inputs) override {
        if (!inputs.has_secret()) return within_->validate(type, inputs);
        // `check` runs without secrets: in CI, on another's machine. A text with one that is not
        // at hand, or that nobody agreed to give away, is judged as one that is not known yet.
        if (!may_give(inputs).ok()) return within_->validate(type, without_secrets(inputs));
        return concealed(within_->validate(type, secrets_.reveal_known(inputs)), inputs);
    }

    std::vector<ConflictKey> conflict_keys(const ResourceType& type,
                                           const value::Value& inputs) override {
        // The references are compared, not what they name: two names for one secret are rare, and
        // to resolve it here would need secrets at each plan.
        return within_->conflict_keys(type, inputs);
    }

    base::Result<PlannedChange> plan(const Change& change, CallContext context) override {
        // The common case, and the fast one: nothing is copied.
        if (!change.inputs.has_secret() && !change.recorded_inputs.has_secret())
            return within_->plan(change, std::move(context));
        TRY(may_give(change.inputs));
        Change revealed{.type = change.type,
                        .prior = change.prior,
                        .recorded_inputs = revealed_like(change.recorded_inputs, change.inputs),
                        .inputs = TRY(secrets_.reveal(change.inputs))};
        if (revealed.prior) {
            revealed.prior->inputs = revealed_like(revealed.prior->inputs, change.inputs);
        }
        auto planned = concealed(within_->plan(revealed, std::move(context)), change.inputs);
        if (!planned.ok()) return planned;
        planned->outputs = secrets_.conceal(std::move(planned->outputs), change.inputs);
        return planned;
    }

    bool plan_calls_out(const ResourceType& type) const override {
        return within_->plan_calls_out(type);
    }

    base::Result<Page> list(const ResourceType& type, std::string_view page,
                            CallContext context) override {
        // Lists are handed no inputs, so nothing can come back. What a thing shows by itself is
        // the platform's.
        return within_->list(type, page, std::move(context));
    }

    base::Result<Page> list_own(const ResourceType& type, const Scope& scope, std::string_view page,
                                CallContext context) override {
        return within_->list_own(type, scope, page, std::move(context));
    }

    void inherit(const ResourceType& type, value::Value& inputs) override {
        within_->inherit(type, inputs);
    }

    void normalize(const ResourceType& type, ObservedResource& seen,
                   const value::Value& recorded) override {
        if (!recorded.has_secret()) return within_->normalize(type, seen, recorded);
        const bool is_given = may_give(recorded).ok();
        within_->normalize(type, seen,
                           is_given ? secrets_.reveal_known(recorded) : without_secrets(recorded));
        recognise(seen, recorded);
    }

    base::Result<std::optional<ObservedResource>> read(const ResourceType& type,
                                                       const std::string& key,
                                                       const value::Value& recorded,
                                                       CallContext context) override {
        if (!recorded.has_secret()) return within_->read(type, key, recorded, std::move(context));
        TRY(may_give(recorded));
        auto seen =
            concealed(within_->read(type, key, secrets_.reveal_known(recorded), std::move(context)),
                      recorded);
        if (seen.ok() && seen->has_value()) recognise(**seen, recorded);
        return seen;
    }

    base::Result<OperationResult> start(const Intent& intent, CallContext context) override {
        // `find` as well: whether an update has happened may only be seen by comparing with what
        // was wanted.
        return call(intent, [&](const Intent& given) { return within_->start(given, context); });
    }
    base::Result<OperationResult> poll(const Intent& intent, CallContext context) override {
        return call(intent, [&](const Intent& given) { return within_->poll(given, context); });
    }
    base::Result<LookupResult> find(const Intent& intent, CallContext context) override {
        return call(intent, [&](const Intent& given) { return within_->find(given, context); });
    }

private:
    // Asked before each call that has secrets: nobody was, where none was to be given away.
    base::Result<void> may_give(const value::Value& value) const {
        if (taker_.name.empty()) return {};
        for (const Program& one : secrets_for(taker_.name, taker_.role, value)) {
            TRY(may_start(*taker_.host, one));
        }
        return {};
    }

    static value::Value without_secrets(value::Value value) {
        if (value.is_secret()) return value::Value::unknown(value::ValueType::String);
        if (value::Value::Array* items = value.as_array()) {
            for (value::Value& item : *items) item = without_secrets(std::move(item));
        } else if (value::Value::Record* members = value.as_record()) {
            for (auto& member : *members) member.second = without_secrets(std::move(member.second));
        }
        return value;
    }

    template <typename Call>
    auto call(const Intent& intent, Call make) -> decltype(make(intent)) {
        if (!intent.inputs.has_secret() && !intent.prior.has_secret() &&
            !intent.prior_outputs.has_secret()) {
            return make(intent);
        }
        for (const value::Value* given : {&intent.inputs, &intent.prior, &intent.prior_outputs}) {
            TRY(may_give(*given));
        }
        // A copy, which lives as long as the call: the intent of the engine never has the secret.
        Intent revealed = intent;
        auto inputs = secrets_.reveal(intent.inputs);
        // What goes away does not need the secret that it was made with.
        if (!inputs.ok() && intent.action != Action::Delete) return std::move(inputs).error();
        revealed.inputs =
            inputs.ok() ? std::move(inputs).value() : secrets_.reveal_known(intent.inputs);
        // What was before may be named by a secret that is gone: it is not needed to make the new.
        revealed.prior = secrets_.reveal_known(intent.prior);
        // A create-only output (a password) may have gone in as a reference by way of an input.
        revealed.prior_outputs = secrets_.reveal_known(intent.prior_outputs);
        auto answer = concealed(make(revealed), intent.inputs);
        if (answer.ok() && answer->seen) conceal(*answer->seen, intent.inputs);
        return answer;
    }

    // What a read or a list showed has references again where the row has them.
    void recognise(ObservedResource& seen, const value::Value& recorded) const {
        conceal(seen, recorded);
        mark_like(seen.inputs, recorded);
        // Whether the secrets of today are those that the row was made with: their fingerprints
        // are in the stamps. If one was rotated, what came back cannot be told from what should
        // be.
        auto stamped = secrets_.stamp(recorded);
        if (!stamped.ok() || !stamped->same_as(recorded)) forget_unknowable(seen.inputs, recorded);
    }

    void conceal(ObservedResource& seen, const value::Value& handed) const {
        seen.inputs = secrets_.conceal(std::move(seen.inputs), handed);
        seen.outputs = secrets_.conceal(std::move(seen.outputs), handed);
    }

    // What is seen in the place of a secret is one too, also if it is not the one that was
    // recorded.
    static void mark_like(value::Value& inputs, const value::Value& recorded) {
        value::Value::Record* members = inputs.as_record();
        if (members == nullptr) return;
        for (auto& [name, value] : *members) {
            const value::Value* known = recorded.find(name);
            if (known == nullptr || !known->has_secret() || value.has_secret()) continue;
            if (known->is_secret()) {
                value.mark_secret();
            } else {
                mark_like(value, *known);
            }
        }
    }

    // What was made with a secret that is not at hand any more cannot be held against it: it is
    // taken to be as recorded, and the change of the secret itself is what the plan shows.
    static void forget_unknowable(value::Value& inputs, const value::Value& recorded) {
        value::Value::Record* members = inputs.as_record();
        if (members == nullptr) return;
        for (auto& [name, value] : *members) {
            const value::Value* known = recorded.find(name);
            if (known != nullptr && known->has_secret()) value = *known;
        }
    }

    // The platform's words may repeat what it was given.
    template <typename T>
    base::Result<T> concealed(base::Result<T> answer, const value::Value& handed) const {
        if (answer.ok()) return answer;
        const base::Error& error = answer.error();
        // An error that says nothing of ours goes on as it is, with its whole detail.
        std::string text = secrets_.conceal(error.text(), handed);
        if (text == error.text()) return answer;
        base::Error out = base::Error(error.code(), std::move(text))
                              .with_help(secrets_.conceal(std::string(error.help()), handed));
        if (const base::Advice* advice = error.advice()) {
            out = std::move(out).with_advice({.next = advice->next,
                                              .subject = secrets_.conceal(advice->subject, handed),
                                              .object = secrets_.conceal(advice->object, handed)});
        }
        // What the engine decides by must survive the rewriting: whether a call that failed may
        // still act.
        const CallFailure* failure = call_failure_of(error);
        if (failure == nullptr) return out;
        auto kept = std::make_shared<CallFailure>();
        kept->is_without_effect = failure->is_without_effect;
        kept->is_over = failure->is_over;
        kept->is_about_account = failure->is_about_account;
        kept->input = failure->input;
        return std::move(out).with_detail(std::move(kept));
    }

    // What is as wanted is compared as it is; elsewhere another secret is another value already by
    // its reference and fingerprint, and the old one may not be at hand any more.
    value::Value revealed_like(value::Value inputs, const value::Value& wanted) const {
        value::Value::Record* members = inputs.as_record();
        if (members == nullptr) return inputs;
        for (auto& [name, value] : *members) {
            const value::Value* same = wanted.find(name);
            // Different references are a change without looking at what they name.
            if (!value.has_secret() || same == nullptr || !same->same_as(value)) continue;
            value = secrets_.reveal_known(value);
        }
        return inputs;
    }

    std::unique_ptr<Connection> within_;
    const Secrets& secrets_;
    const SecretTaker taker_;
};

}

std::unique_ptr<Connection> with_secrets(std::unique_ptr<Connection> within, const Secrets& secrets,
                                         SecretTaker taker) {
    return std::make_unique<SecretConnection>(std::move(within), secrets, std::move(taker));
}

}
