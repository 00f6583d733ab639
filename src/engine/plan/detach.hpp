#pragma once

#include "engine/plan/plan.hpp"
#include "engine/plan/resource.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

// What is attached to what, by the ids that recorded inputs have (provider::Attachment), and what
// has to be detached before something goes away or goes elsewhere. A name that only one thing can
// have (provider::Uniqueness) is given up like a place that has room for one.
namespace engine {

// The inputs without these attachments: of an array the entry that attaches goes; a field that is
// only an id is null, which tells the provider to take away what it would leave alone if it were
// absent. A name that another one is to have becomes a name of its own.
value::Value detached(const provider::ResourceType& type, value::Value inputs,
                      std::span<const Detach> detaches);

// Without what others may look after as well, beside what is detached: it may change meanwhile by
// other steps, and is not to be set back.
value::Value without_left_alone(const provider::ResourceType& type, const value::Value& inputs,
                                std::span<const Detach> detaches);

// What was attached by the program, and now is not mentioned any more, is let go: null, as if the
// program had said so. `recorded` are the inputs as last applied. An input that nothing was said of
// before is still left to others, and so is this one once it is let go.
value::Value with_released(const provider::ResourceType& type, const value::Value& recorded,
                           value::Value inputs);

struct AttachingId;

class Attachments {
public:
    // To something that goes away.
    struct ToRemoved {
        ResourceIndex owner = kNoResource;
        Detach detach;
        bool forces_replacement = false;   // it cannot be detached otherwise
        // Its update alone would not detach it: it wants the same id again, or leaves it alone.
        bool must_detach = false;
        bool attaches_again = false;   // by its update, when the other one is gone
    };
    // To something that has room for one, and is to have another; or of a name.
    struct Taken {
        ResourceIndex owner = kNoResource;   // who has it now
        Detach detach;
        bool can_detach = true;   // or it has to go away, or change, for the other to have it
    };

    Attachments(const provider::ProviderRegistry& registry, const ResourceTable& table,
                const std::vector<StepAction>& actions);

    std::vector<ToRemoved> to_removed(ResourceIndex index) const;
    // Whether what is recorded of it names that one, which goes away: it keeps it there, or goes
    // away with it.
    bool names(ResourceIndex index, ResourceIndex removed) const;
    // What others have to let this one have first.
    std::vector<Taken> taken_by(ResourceIndex index) const;

private:
    using Id = std::tuple<std::string, std::string, std::string, std::string>;

    void find_targets();
    void index_removed();
    void index_exclusive();
    void index_names(ResourceIndex index);
    void add_names_taken_by(ResourceIndex index, std::vector<Taken>& out) const;
    void add_to_removed(std::vector<ToRemoved>& out, ResourceIndex index,
                        const AttachingId& by) const;
    bool is_attached(const Resource& resource, const Resource& owner,
                     const provider::Attachment::Target& target) const;
    ToRemoved judge(const Resource& resource, const AttachingId& by, ResourceIndex owner,
                    bool is_key) const;
    std::string address_of(const provider::Attachment& attachment, const std::string& id) const;

    const provider::ProviderRegistry& registry_;
    const ResourceTable& table_;
    const std::vector<StepAction>& actions_;
    std::set<std::pair<std::string, std::string>> targets_;   // type, output
    bool has_exclusive_ = false;
    std::map<Id, std::vector<ResourceIndex>> removed_;   // by type, output, id and place
    struct Exclusive {
        Taken taken;   // without the address of what it is
        const provider::Attachment* attachment = nullptr;
    };
    std::map<std::string, Exclusive> exclusive_;     // by what it is that only one can have
    std::unordered_map<std::string, Taken> names_;   // by conflict key and place
};

// The stage: what would not change, and has to be detached all the same so that something can go
// away, changes after all.
void detach_from_removed(const provider::ProviderRegistry& registry, ResourceTable& table);

}
