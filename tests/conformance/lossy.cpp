#include "suite.hpp"

#include <optional>
#include <utility>

namespace conformance {
namespace {

// What is lost next, and what is still on its way.
struct Wire {
    std::optional<Loss> next;
    std::optional<provider::Intent> under_way;
};

class LossyConnection final : public provider::Connection {
public:
    LossyConnection(std::unique_ptr<provider::Connection> inner, std::shared_ptr<Wire> wire)
        : inner_(std::move(inner)), wire_(std::move(wire)) {}

    const provider::Capabilities& capabilities() const override { return inner_->capabilities(); }
    std::string identity() const override { return inner_->identity(); }
    base::Result<void> validate(const provider::ResourceType& type,
                                const value::Value& inputs) override {
        return inner_->validate(type, inputs);
    }
    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext context) override {
        return inner_->plan(change, std::move(context));
    }
    base::Result<provider::Page> list_own(const provider::ResourceType& type,
                                          const provider::Scope& scope, std::string_view page,
                                          provider::CallContext context) override {
        return inner_->list_own(type, scope, page, std::move(context));
    }
    base::Result<provider::Page> list(const provider::ResourceType& type, std::string_view page,
                                      provider::CallContext context) override {
        return inner_->list(type, page, std::move(context));
    }
    base::Result<std::optional<provider::ObservedResource>>
    read(const provider::ResourceType& type, const std::string& key,
         const value::Value& recorded_inputs, provider::CallContext context) override {
        return inner_->read(type, key, recorded_inputs, context);
    }
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override {
        if (!wire_->next || intent.action != provider::Action::Create) {
            return inner_->start(intent, context);
        }
        switch (*std::exchange(wire_->next, std::nullopt)) {
            case Loss::ActedBefore: (void)inner_->start(intent, context); break;
            case Loss::ActedLater: wire_->under_way = intent; break;
            case Loss::NeverActed: break;
        }
        return base::Error(base::Code::Unavailable, "the connection was cut");
    }
    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 provider::CallContext context) override {
        return inner_->poll(intent, context);
    }
    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              provider::CallContext context) override {
        return inner_->find(intent, context);
    }

private:
    std::unique_ptr<provider::Connection> inner_;
    std::shared_ptr<Wire> wire_;
};

}

void lose_answers_in_front(Subject& subject) {
    auto wire = std::make_shared<Wire>();
    const Connect inner = subject.connect;
    subject.connect = [inner, wire]() -> base::Result<std::unique_ptr<provider::Connection>> {
        return std::unique_ptr<provider::Connection>(
            std::make_unique<LossyConnection>(TRY(inner()), wire));
    };
    subject.faults.lose_answer = [wire](Loss loss) { wire->next = loss; };
    subject.faults.deliver = [inner, wire] {
        auto connection = inner();
        if (connection.ok() && wire->under_way) {
            (void)(*connection)->start(*std::exchange(wire->under_way, std::nullopt), {});
        }
    };
}

}
