#pragma once

#include "base/threads.hpp"
#include "engine/apply/apply.hpp"
#include "engine/apply/intents.hpp"
#include "engine/apply/node.hpp"
#include "engine/apply/steps_now.hpp"
#include "state/batch.hpp"

#include <deque>
#include <mutex>
#include <queue>
#include <set>
#include <unordered_map>

namespace engine {

// The coordinator of one apply: the only one that touches the evaluation and the state. Workers do
// provider calls and send back what came of them.
//
// A node waits until those before it are done; then it is prepared (what it would do now is held
// against what was approved), its intent becomes durable together with whatever results have come
// in, and only then a worker makes the call. Resources without outside effects need neither.
class Scheduler {
public:
    Scheduler(const Plan& plan, LateEvaluation* late, provider::ProviderRegistry& registry,
              state::Run& run, std::string workspace, base::WorkerPool& workers,
              ApplyListener& listener, const ApplyOptions& options);

    void run();
    ApplyReport take_report() { return std::move(report_); }

private:
    struct NodeRun {
        NodeState state = NodeState::Waiting;
        std::uint32_t waits_for = 0;
        std::uint32_t height = 0;   // of the longest chain that waits for it
        provider::Action action = provider::Action::Create;
        provider::ProviderInstance* link = nullptr;
        std::shared_ptr<state::OpenIntent> open;   // while it is under way
        bool pure = false;                         // nothing outside: no intent
        bool probed = false;
        std::chrono::nanoseconds started{0};
        std::chrono::nanoseconds poll_after{0};
        std::chrono::nanoseconds ask_at{0};   // its place in polling_, while it is there
        bool is_wait_told = false;
        bool is_woken = false;   // there is more to be told than the last answer
    };
    // What a worker sends back.
    struct Message {
        // Answered: of late_; Woken: the connection has more to tell.
        enum class Kind : std::uint8_t { Probed, Called, Answered, Woken };
        Kind kind = Kind::Called;
        std::uint32_t node = 0;
        bool found_absent = false;
        std::optional<base::Result<provider::OperationResult>> outcome;
        std::optional<provider::LookupResult> found;   // what is there after a failure
    };
    // Shared with the jobs: one that is not waited for may outlive the scheduler.
    struct Inbox {
        void put(Message message) {
            const std::lock_guard lock(mutex);
            messages.push_back(std::move(message));
            arrived.notify_one();
        }

        std::mutex mutex;
        base::Condition arrived;
        std::deque<Message> messages;
    };

    // scheduler.cpp: the loop
    void number_heights();
    void enter(std::uint32_t node, NodeState state);
    void make_ready(std::uint32_t node);
    void take_back(std::uint32_t node);
    void take_back_queued();
    void ask_later(std::uint32_t node, std::chrono::nanoseconds pause);
    void on_woken(std::uint32_t node);
    bool launch();
    bool may_start() const;
    bool nothing_more_begins() const;
    std::size_t room(const provider::ProviderInstance& link) const;
    void take_those_with_room();
    void wait();
    void receive();
    void poll_due();
    void evaluate_on();
    bool catch_up();
    bool commit();
    void leave_begun();
    void write_the_rest();
    std::chrono::nanoseconds elapsed() const;

    // calls.cpp: what workers do
    provider::CallContext context_of(std::uint32_t node) const;
    void probe(std::uint32_t node);
    void call(std::uint32_t node);
    void call_pure(std::uint32_t node);

    // results.cpp: one node
    enum class Prepared : std::uint8_t { Start, Done, Wait, Stopped };
    Prepared prepare(std::uint32_t node);
    Prepared prepare_maker(std::uint32_t node, const Step& step);
    Prepared prepare_detach(std::uint32_t node, const Step& step);
    std::vector<Detach> due_detaches(const Step& step) const;
    value::Value inputs_seen(const Step& step) const;
    Prepared prepare_remover(std::uint32_t node, const Step& step);
    void prepare_intent(std::uint32_t node, const IntentRequest& request);
    Prepared wait_for_owners(std::uint32_t node);
    provider::ProviderInstance* instance_of(std::uint32_t node,
                                            const provider::ConnectionRef& connection);
    std::uint32_t node_of(std::string_view address) const;
    void on_message(Message& message);
    void on_started(std::uint32_t node, provider::OperationResult started);
    void on_failed(std::uint32_t node, const base::Error& error,
                   const std::optional<provider::LookupResult>& found);
    void finish_maker(std::uint32_t node, const provider::ObservedResource& seen);
    void finish_detach(std::uint32_t node, const provider::ObservedResource& seen);
    void finish_remover(std::uint32_t node);
    void finish_unchanged(std::uint32_t node);
    void warn_of_surprises(std::uint32_t step, const value::Value& outputs);
    void finish_node(std::uint32_t node, StepAction did);
    void poll_later(std::uint32_t node, provider::OperationResult started);
    // Why a step was not done, as its event tells it.
    struct StopReason {
        std::string message = {};
        std::string help = {};
        std::optional<base::Advice> advice = {};
        std::optional<base::Code> code = {};   // of an error
        std::string input = {};   // of the resource, that it is about; "": of all of it
    };
    static StopReason reason_of(const base::Error& error);
    void stop_node(std::uint32_t node, StepEvent::Kind kind, state::Outcome outcome,
                   StopReason why);
    void skip_followers(std::uint32_t node);
    void tell(std::uint32_t node, StepEvent::Kind kind) { tell(node, kind, StopReason()); }
    void tell(std::uint32_t node, StepEvent::Kind kind, StopReason why);

    const Step& step_of(std::uint32_t node) const { return plan_.steps[order_.nodes()[node].step]; }

    const Plan& plan_;
    LateEvaluation* late_;   // null: nothing becomes known later
    provider::ProviderRegistry& registry_;
    StepsNow now_;
    Order order_;   // a copy: edges appear while applying
    state::Run& run_;
    std::string workspace_;
    base::WorkerPool& workers_;
    ApplyListener& listener_;
    const ApplyOptions& options_;
    const base::Clock& clock_;

    std::vector<NodeRun> nodes_;
    using Queue = std::priority_queue<std::pair<std::uint32_t, std::uint32_t>>;   // height, ~node
    Queue ready_;
    std::unordered_map<const provider::ProviderInstance*, Queue>
        no_room_;   // ready, while others keep the link busy
    std::unordered_map<const provider::ProviderInstance*, std::size_t> calls_of_link_;
    std::unordered_map<const provider::ProviderInstance*, std::size_t> queued_of_link_;
    std::size_t in_flight_ = 0;                                        // messages that will come
    using Poll = std::pair<std::chrono::nanoseconds, std::uint32_t>;   // when, which node
    std::set<Poll> polling_;
    std::vector<std::uint32_t> to_call_;   // once the pending batch is durable
    std::vector<std::uint32_t> step_nodes_left_;
    state::Batch pending_;   // to be written with the next commit
    bool cells_set_ = false, caught_up_ = false;
    bool late_waits_ = false;     // for the platform: what becomes of steps is not known yet
    bool state_broken_ = false;   // a commit failed: nothing new starts
    std::chrono::nanoseconds broken_since_{0};
    bool lease_lost_ = false;
    bool failed_ = false;
    std::set<std::string> appeared_;
    std::vector<StepAction> did_;                              // what came of each step
    std::vector<bool> removed_;                                // by step: the old thing is gone
    std::unordered_map<std::uint32_t, state::Row> detached_;   // by step: as it is since then
    std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
    ApplyReport report_;
};

}
