#pragma once

#include "provider/provider.hpp"
#include "providers/rest/api.hpp"
#include "json/value.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

// A resource type of a regular REST API, as data: from it come the schema that the engine sees and
// what a connection does (rest_kind.hpp). Functions stand only where an API is irregular.
namespace providers::rest {

// How a change of a field is brought about.
enum class UpdateMethod : std::uint8_t {
    Replace,   // not at all: a new object is made
    Put,       // together with others of its kind, by a PUT of the object
    Action,    // by a POST of its own
    Own,       // by RestType::next
};

// An input and where it is at the API.
struct Field {
    provider::InputField input;
    UpdateMethod way = UpdateMethod::Put;
    std::string member;     // in the documents that are sent; empty: the input's name
    std::string shown_at;   // path in the object; empty: `member`
    std::string action;   // Way::Action: POST {collection}/{id}/actions/{action} {"member": value}
    bool is_created_with = true;   // sent when the object is created
    std::string chosen;            // by the platform, when it is not given: then left alone; the
                                   // output that shows it
    bool is_never_shown = false;
    value::Value (*show)(const json::Value& object) = nullptr;   // instead of `shown_at`
    // Whether what is shown is what is wanted, in whatever spelling; null: if they are equal.
    bool (*same)(const value::Value& wanted, const value::Value& shown) = nullptr;

    bool is_left_alone = false;   // when it is not given, as others may look after it

    bool is_chosen() const { return is_left_alone || !chosen.empty(); }
    const std::string& member_name() const { return member.empty() ? input.name : member; }
    bool is_same(const value::Value& wanted, const value::Value& shown) const {
        return same != nullptr ? same(wanted, shown) : wanted.same_as(shown);
    }
};

struct OutputRule {
    provider::OutputField output;
    std::string shown_at;   // path in the object; empty: the output's name
    value::Value (*show)(const json::Value& object) = nullptr;   // instead of `shown_at`
    std::string create_only;   // path in the answer to the create, never shown again
};

// What a hook may look at.
struct UpdateContext {
    const json::Value& object;   // as it is now
    const value::Value& shown;   // its inputs
    const provider::Intent& intent;
    std::string_view named;   // the call that is durable and to be made now, if it is one
    std::string_view made;    // the call that has just come to its end
    const value::Value& wanted() const { return intent.inputs; }
};

struct RestType {
    provider::ResourceType schema;   // name, doc, example; complete() adds the rest
    std::vector<Field> fields;
    std::vector<OutputRule> results;   // "id" comes by itself
    std::string collection;            // "/ssh_keys"
    std::string singular;              // member of answers that has the object: "ssh_key"
    std::string words;                 // "SSH key"
    bool has_labels = true;
    bool has_actions = false;   // things go on in the background that can be asked for
    bool is_found_by_name = true;

    base::Result<void> (*validate)(const value::Value& inputs) = nullptr;
    // Sharpens the schema's diff.
    base::Result<void> (*refine)(const provider::Change& change,
                                 provider::PlannedChange& planned) = nullptr;
    // Changes the document that an object is created with.
    void (*complete_body)(const value::Value& inputs, json::Object& body) = nullptr;
    // The next call of a change, after those that come from the fields; none when all is as wanted.
    // Asked again after each; a call that is asked for twice in a row has failed.
    std::optional<Call> (*next)(const UpdateContext& moment) = nullptr;
    // The same before the object is deleted.
    std::optional<Call> (*before_delete)(const json::Value& object) = nullptr;
    // What it changes beside itself, of which the platform lets only one change at a time.
    std::vector<std::string> (*changes)(const provider::Intent& intent) = nullptr;

    const std::string& member() const { return singular; }
    std::string plural() const { return collection.substr(1); }
    std::string path_of(std::string_view id) const { return collection + "/" + std::string(id); }
    std::string action_path(std::string_view id, std::string_view action) const {
        return path_of(id) + "/actions/" + std::string(action);
    }
};

// Fills the schema in: inputs from the fields, outputs, key, labels.
RestType complete(RestType type);
// A call of an action of an object.
Call action_call(const RestType& type, std::string_view id, std::string_view action,
                 json::Value body = json::Object{}, std::string name = {});

// Makes a change replace after all, because of this input.
void force(const provider::Change& change, provider::PlannedChange& planned,
           std::string_view input);

// Short ways to write fields.
Field replacing(provider::InputField input);
Field put(provider::InputField input);
Field by_action(provider::InputField input, std::string action);
Field own(provider::InputField input);
// `delete_protection`, for types that can be protected.
Field delete_protection();
// An output that is shown elsewhere than under its name.
OutputRule shown(provider::OutputField output, std::string path);
OutputRule shown(provider::OutputField output, value::Value (*show)(const json::Value& object));

}
