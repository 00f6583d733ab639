#include "suite.hpp"

#include "fakes/fake_provider.hpp"

#include <gtest/gtest.h>

#include <algorithm>

// The suite has to notice what it demands: subjects with one mistake each.
namespace conformance {
namespace {

using provider::LookupResult;
using value::Value;

MakeSubject first_fake() { return fake_subjects()[0]; }

// A connection that passes on, for tests to override one call of.
class PassOn : public provider::Connection {
public:
    explicit PassOn(std::unique_ptr<provider::Connection> inner) : inner_(std::move(inner)) {}
    const provider::Capabilities& capabilities() const override { return inner_->capabilities(); }
    std::string identity() const override { return inner_->identity(); }
    base::Result<void> validate(const provider::ResourceType& type, const Value& inputs) override {
        return inner_->validate(type, inputs);
    }
    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext context) override {
        return inner_->plan(change, std::move(context));
    }
    base::Result<std::optional<provider::ObservedResource>>
    read(const provider::ResourceType& type, const std::string& key, const Value& recorded,
         provider::CallContext context) override {
        return inner_->read(type, key, recorded, context);
    }
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override {
        return inner_->start(intent, context);
    }
    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 provider::CallContext context) override {
        return inner_->poll(intent, context);
    }
    base::Result<LookupResult> find(const provider::Intent& intent,
                                    provider::CallContext context) override {
        return inner_->find(intent, context);
    }

protected:
    std::unique_ptr<provider::Connection> inner_;
};

template <typename Mistaken>
Connect mistaken(Connect connect) {
    return [connect]() -> base::Result<std::unique_ptr<provider::Connection>> {
        return std::unique_ptr<provider::Connection>(std::make_unique<Mistaken>(TRY(connect())));
    };
}

// The failures of the first fake subject with one mistake in all its connections.
template <typename Mistaken>
std::vector<std::string> failures_with() {
    return run([] {
               Subject subject = first_fake()();
               Faults& faults = subject.faults;
               for (Connect* connect : {&subject.connect, &faults.connect_with_wrong_credentials,
                                        &faults.connect_to_another_account}) {
                   *connect = mistaken<Mistaken>(*connect);
               }
               return subject;
           })
        .failures;
}

bool fails(const std::vector<std::string>& failures, std::string_view demand) {
    return std::any_of(failures.begin(), failures.end(),
                       [&](const std::string& failure) { return failure.starts_with(demand); });
}

struct FindsNothing : PassOn {
    using PassOn::PassOn;
    base::Result<LookupResult> find(const provider::Intent&, provider::CallContext) override {
        return LookupResult{
            .kind = LookupResult::Kind::Absent, .seen = {}, .handle = {}, .reason = {}};
    }
};
struct MakesTwo : PassOn {
    using PassOn::PassOn;
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override {
        if (intent.action == provider::Action::Create) (void)inner_->start(intent, context);
        return inner_->start(intent, context);
    }
};
struct TakesRefusalForAbsence : PassOn {
    using PassOn::PassOn;
    base::Result<std::optional<provider::ObservedResource>>
    read(const provider::ResourceType& type, const std::string& key, const Value& recorded,
         provider::CallContext context) override {
        auto seen = inner_->read(type, key, recorded, context);
        return seen.ok() ? std::move(seen) : std::optional<provider::ObservedResource>();
    }
};
struct SameIdentity : PassOn {
    using PassOn::PassOn;
    std::string identity() const override { return "fake"; }
};
struct ReadsTheRecord : PassOn {
    using PassOn::PassOn;
    base::Result<std::optional<provider::ObservedResource>>
    read(const provider::ResourceType& type, const std::string& key, const Value& recorded,
         provider::CallContext context) override {
        auto seen = inner_->read(type, key, recorded, context);
        if (seen.ok() && *seen && !recorded.is_null()) (*seen)->inputs = recorded;
        return seen;
    }
};
struct ThrottledForGood : PassOn {
    using PassOn::PassOn;
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override {
        auto started = inner_->start(intent, context);
        if (started.ok() || started.error().code() != base::Code::Busy) return started;
        return base::internal(started.error().text());
    }
};

TEST(Suite, PassesWhatIsRight) {
    const Result result = run(first_fake());
    EXPECT_TRUE(result.failures.empty()) << result.failures[0];
    EXPECT_GE(result.passed, 15);
}

TEST(Suite, NoticesALostCreate) {
    const auto failures = failures_with<FindsNothing>();
    EXPECT_TRUE(fails(failures, "answer lost, acted before: when only the answer was lost it is "
                                "found as absent"));
    EXPECT_TRUE(fails(failures, "answer lost, acted later: when the request has arrived"));
    EXPECT_TRUE(fails(failures, "delete, delete again: a finished delete is found as absent"));
}

TEST(Suite, NoticesASecondThing) {
    EXPECT_TRUE(fails(failures_with<MakesTwo>(),
                      "create and read: after a create there are 2 real things, expected 1"));
}

TEST(Suite, NoticesARefusalTakenForAbsence) {
    EXPECT_TRUE(fails(failures_with<TakesRefusalForAbsence>(),
                      "wrong credentials: read with wrong credentials is answered"));
}

TEST(Suite, NoticesAccountsThatAreNotToldApart) {
    EXPECT_TRUE(fails(failures_with<SameIdentity>(),
                      "another account: two accounts have the identity \"fake\""));
}

TEST(Suite, NoticesDriftThatIsNotSeen) {
    EXPECT_TRUE(
        fails(failures_with<ReadsTheRecord>(), "change outside is drift: the change is not seen"));
}

TEST(Suite, NoticesThrottlingThatIsAFailure) {
    EXPECT_TRUE(fails(failures_with<ThrottledForGood>(), "throttled: throttling is told as"));
}

TEST(Suite, DemandsADeclarationForWhatDoesNotApply) {
    const auto failures_of = [](auto change) {
        return run([change] {
                   Subject subject = first_fake()();
                   change(subject);
                   return subject;
               })
            .failures;
    };
    EXPECT_EQ(failures_of([](Subject& s) { s.faults.throttle = nullptr; }),
              (std::vector<std::string>{"throttled: `faults.throttle` is not given, and it is not "
                                        "declared not to apply"}));
    EXPECT_EQ(failures_of([](Subject& s) { s.exempt({"throttled"}, "of a whim"); }),
              (std::vector<std::string>{
                  "throttled: declared not to apply, though `faults.throttle` is given"}));
    EXPECT_EQ(failures_of([](Subject& s) { s.exempt({"throtled"}, "of a slip"); }),
              (std::vector<std::string>{"throtled: there is no such demand"}));
    EXPECT_EQ(failures_of([](Subject& s) { s.does_not_apply[0].reason.clear(); }),
              (std::vector<std::string>{"kill in a call: no reason is given"}));
    EXPECT_EQ(failures_of([](Subject& s) {
                  s.replaced = Value();
                  s.exempt({"replace"}, "all is in place");
              }),
              (std::vector<std::string>{
                  "replace: declared not to apply, but a change of `zone` replaces"}));
}

TEST(Suite, NoticesPhasesThatWereDeclaredAway) {
    const Result result = run([] {
        Subject subject = fake_subjects()[2]();
        subject.phased = Value();
        subject.exempt({"kill between phases"}, "of a whim");
        return subject;
    });
    EXPECT_EQ(result.failures,
              (std::vector<std::string>{"kill between phases: declared not to apply, but a start "
                                        "has answered NextPhase"}));
}

}
}
