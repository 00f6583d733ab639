#pragma once

#include "value/value.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace provider {

// The description of a resource type. It exists once; contracts with documentation, diff rules and
// the reference page derive from it (ENGINE §1, §4).

// The type of a field, as data. Prints as a Nickel contract.
struct FieldType {
    enum class Kind { Any, Bool, Number, Integer, String, Enum, Array, Dict, Record };
    Kind kind = Kind::Any;
    std::vector<std::string> tags;           // Enum: 'Tag names; values are strings
    std::vector<FieldType> element;          // Array, Dict: exactly one
    std::vector<struct InputField> fields;   // Record
    std::string contract;   // a further Nickel contract over provisioning/prelude.ncl, may be empty
    bool any_order = false;   // Array: the order of its elements says nothing
    // String: one form of all spellings of the same, by which two are compared. Null: the text
    // itself is all it says.
    std::string (*normalize)(std::string_view text) = nullptr;
};

// What an input attaches its resource to: each id in it is that of another thing.
struct Attachment {
    struct Target {
        std::string type;     // "hetzner.Subnet"
        std::string output;   // of it, that has the id
        // Where things share an id: whether it really is this one, from what is recorded of the
        // thing (inputs) and of what is attached (outputs). Null: the id tells.
        bool (*is_it)(const value::Value& target_inputs, const value::Value& outputs) = nullptr;
    };
    std::vector<Target> to;
    bool keeps = false;          // what it is attached to cannot be deleted before it is detached
    bool is_exclusive = false;   // the other thing has room for one …
    std::vector<std::string> one_of_each;   // … of each value of these inputs beside it
    // Names the place that it takes, where inputs of other types take the same: from the id, the
    // record that has the field, and the resource's outputs. Empty: not known. Null: the field's.
    std::string (*place)(const std::string& id, const value::Value& beside,
                         const value::Value& outputs) = nullptr;

    // Whether its values are ids of other things, or, with `is_exclusive` alone, such that only one
    // resource can have: a name, an address.
    bool is_any() const { return is_exclusive || !to.empty(); }
};

// What a change costs while it runs, or for good, beside the change itself.
enum class Cost : std::uint8_t {
    PoweredOff,    // and on again
    DiskEmptied,   // the thing stays, what is on its disk does not
    BackupsDeleted,
    AddressLost,   // a public address goes, and what comes instead has another
};
inline constexpr Cost kLastCost = Cost::AddressLost;

// Of what no two things of an account have the same. Texts and numbers only.
struct Uniqueness {
    bool holds = false;
    std::vector<std::string> within = {};   // … beside the same values of these inputs
    // What spellings of one value have in common; null: nothing but the value.
    std::string (*form)(std::string_view text) = nullptr;
};

struct InputField {
    std::string name;
    FieldType type;
    std::string doc;
    bool required = false;
    std::string default_nickel;   // Nickel text of the default; empty: optional without one
    // The text that is the default instead, where another input of the resource holds a secret.
    std::string default_beside_secret = {};
    bool forces_replacement = false;   // a change cannot be made in place
    Attachment attaches = {};          // an id, or an array of them
    Uniqueness unique = {};
    std::vector<Cost> costs = {};   // of a change of it in place
    bool is_left_alone = false;     // not looked after where the program leaves it out
    bool write_only = false;        // never read back: no drift
    bool guards = false;            // true: the platform refuses to delete the thing, whoever asks
    bool secret = false;
    bool is_place = false;   // a path: what lies beneath it is made after it and deleted before it
    bool in_arguments = false;   // its texts become arguments of a program, which others can see
};

struct OutputField {
    std::string name;
    value::ValueType type = value::ValueType::Dyn;
    std::string doc;
    bool fresh = false;   // an id: certainly different after a replace
    bool secret = false;
    bool create_only = false;   // a read does not show it: what is recorded stands
    std::string relation;   // a WrittenRelation's name: whoever writes that changes this too, which
                            // is no drift; empty: none
    std::vector<std::string>
        changes_with;                // inputs whose change makes it unknown in an in-place update
    bool computed_in_plan = false;   // the provider computes it from known inputs when planning
};

// A relation between two things that several inputs can write: the one that names the firewalls of
// a server, and the one that names the servers of a firewall. Two owners of one would undo each
// other.
struct WrittenRelation {
    struct End {
        std::string type;    // "hetzner.Server"
        std::string input;   // path of the ids, through lists ("apply_to.server"); "": itself
    };
    std::string name;   // the same for all that write it: "firewalls of a server"
    End first;
    End second;
};

struct ResourceType {
    std::string name;   // "local.File"
    std::string doc;
    std::vector<InputField> inputs;
    std::vector<OutputField> outputs;
    std::string key;   // the input or output that names the real thing
    bool is_connection = false;
    bool outside_effects = true;   // false: nothing exists outside the state; results alone
                                   // are recorded, and there is nothing to read back
    bool is_outlived = false;      // what was made with it does not need it any more
    bool is_looked_up = false;     // … but each refresh reads it again: what it tells of is
                                   // there without us
    bool starts_program = false;   // making or changing it runs what the program names
    std::string example;           // Nickel, runs in the tests
    std::vector<WrittenRelation> relations = {};

    const InputField* input(std::string_view field) const;
    const OutputField* output(std::string_view field) const;
};

// All types of a provider: the module `provisioning/<provider>.ncl`.
struct Schema {
    std::string provider;   // "local"
    std::string doc;
    std::vector<ResourceType> types;

    const ResourceType* find(std::string_view type_name) const;
};

// The schema as the text of the Nickel module `provisioning/<provider>.ncl`: a record of contracts
// with documentation. It is what our evaluator imports and, with the prelude found at `prelude`,
// what the official tools check a workspace with.
std::string print_module(const Schema& schema,
                         std::string_view prelude = "provisioning/prelude.ncl");
std::string print_type(const FieldType& type);

// The text of the module of helpers that every workspace may import.
std::string_view prelude_source();
// What the prelude says of one of its contracts ("Path"), or empty.
std::string prelude_doc(std::string_view contract);

}
