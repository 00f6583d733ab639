#pragma once

#include "infra/provider.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace conformance {

// One resource type of one provider, in a world of its own.
struct Subject {
    std::string name;   // "local.File"
    std::shared_ptr<infra::Connection> connection;
    const infra::ResourceType* type = nullptr;
    infra::Value inputs;     // to create it with
    infra::Value updated;    // a change in place
    infra::Value replaced;   // a change that replaces; null: the type has none
    // Changes what exists without the provider's help; empty where that cannot be.
    std::function<void()> change_outside;
    std::function<void()> remove_outside;
    // Makes something foreign where `inputs` would be created.
    std::function<void()> make_foreign;
};
// Made anew for each demand, in an empty world.
using MakeSubject = std::function<Subject()>;

struct Result {
    int passed = 0;
    int failed = 0;
    std::vector<std::string> not_applicable;
};

// Prints a line for each failure.
Result run(const MakeSubject& make);

std::vector<MakeSubject> local_subjects();
std::vector<MakeSubject> fake_subjects();

}
