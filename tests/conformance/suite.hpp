#pragma once

#include "provider/provider.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace conformance {

// Opens a connection to the subject's world, as a new process would. Called several times; what
// they reach is the same.
using Connect = std::function<base::Result<std::unique_ptr<provider::Connection>>()>;

// What becomes of a request whose answer never comes.
enum class Loss { ActedBefore, ActedLater, NeverActed };

// What can be made to go wrong on the way to the platform and back. Each is armed before a call.
struct Faults {
    // The answer of the next start of a create is lost: that call fails, as one does that was cut.
    std::function<void(Loss)> lose_answer;
    std::function<void()> deliver;   // Loss::ActedLater: the request arrives now
    // The next few requests are refused as sent too often; then they are served again.
    std::function<void()> throttle;
    Connect connect_with_wrong_credentials;
    Connect connect_to_another_account;
    // From now on answers have a field that no version of the platform had when this was written.
    std::function<void()> add_unknown_field;
};

// A demand that cannot be made of a subject, and why.
struct Exemption {
    std::string demand;
    std::string reason;
};

// An optional input, and how somebody takes it away again without the provider's help.
struct Removal {
    std::string input;
    value::Value value;   // that it is set to before; null: that of `inputs`
    std::function<void()> outside;
};
// Optional inputs that nobody can take away from what is there, and why.
struct Unremovable {
    std::vector<std::string> inputs;   // empty: all that `removals` does not have
    std::string reason;
};

// One resource type of one provider, in a world of its own that is empty at first: a temporary
// folder, a server that imitates the platform. What is left empty has to be declared in
// `does_not_apply`, and what is declared has to be empty.
struct Subject {
    std::string name;   // "local.File"
    const provider::ResourceType* type = nullptr;
    Connect connect;

    value::Value inputs;          // to create it with
    value::Value updated;         // a change of these in place
    value::Value replaced;        // a change of these that replaces
    value::Value slow;            // a create that takes long: start answers Running
    value::Value phased;          // a create in several calls: start answers NextPhase
    value::Value phased_update;   // instead of it, a change of `inputs` in several calls
    // Why find may answer Unsure after a kill; empty: it may not.
    std::string unsure_because;
    // Why a read shows what is recorded instead of what is there; empty: it does not.
    std::string unread_because;

    // How many real things there are in this world, leftovers and unfinished ones too.
    std::function<int()> count;
    // Change what exists without the provider's help.
    std::function<void()> change_outside;
    std::function<void()> remove_outside;
    // Each input that is optional and can be read back is in one of them.
    std::function<std::vector<Removal>()> removals;   // makes what they are to name
    std::vector<Unremovable> unremovable;
    // Makes something of another where `inputs` would be created.
    std::function<void()> make_foreign;
    // Makes by hand what `inputs` say; returns the key to import it by.
    std::function<std::string()> make_by_hand;
    // Whether a child process may make a call and be killed in it: the world is outside this one.
    bool is_outside_process = false;

    Faults faults;
    std::vector<Exemption> does_not_apply;

    Subject& exempt(const std::vector<std::string_view>& demands, const std::string& reason);
};
// Made anew for each demand.
using MakeSubject = std::function<Subject()>;

// Gives the subject `faults.lose_answer` and `deliver` by a connection in front of its own, for
// platforms without a wire on which an answer could be lost.
void lose_answers_in_front(Subject& subject);

struct Result {
    std::string name;
    int passed = 0;
    std::vector<std::string> failures;   // "demand: what is wrong"
    std::vector<Exemption> not_applicable;
};
Result run(const MakeSubject& make);
// The names of all demands, in their order.
std::vector<std::string_view> demand_names();

std::vector<MakeSubject> fake_subjects();
std::vector<MakeSubject> local_subjects();
std::vector<MakeSubject> hetzner_subjects();
std::vector<MakeSubject> upcloud_subjects();
std::vector<MakeSubject> acme_subjects();
std::vector<MakeSubject> aws_subjects();
std::vector<MakeSubject> extension_subjects();

}
