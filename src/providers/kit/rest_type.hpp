#pragma once

#include "infra/provider.hpp"
#include "providers/kit/api.hpp"
#include "json/value.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

// A resource type of a regular REST API, as data: from it come the schema that the engine sees and
// what a connection does (rest_kind.hpp). Functions stand only where an API is irregular.
namespace providers::kit {

// How a change of a field is brought about.
enum class Way : std::uint8_t {
    Replace,   // not at all: a new object is made
    Put,       // together with others of its kind, by a PUT of the object
    Action,    // by a POST of its own
    Own,       // by RestType::next
};

// An input and where it is at the API.
struct Field {
    infra::InputField input;
    Way way = Way::Put;
    std::string member;     // in the documents that are sent; empty: the input's name
    std::string shown_at;   // path in the object; empty: `member`
    std::string action;   // Way::Action: POST {collection}/{id}/actions/{action} {"member": value}
    bool is_created_with = true;   // sent when the object is created
    std::string chosen;            // by the platform, when it is not given: then left alone; the
                                   // output that shows it
    bool is_never_shown = false;
    infra::Value (*show)(const json::Value& object) = nullptr;   // instead of `shown_at`
    // Whether what is shown is what is wanted, in whatever spelling; null: if they are equal.
    bool (*same)(const infra::Value& wanted, const infra::Value& shown) = nullptr;

    bool is_left_alone = false;   // when it is not given, as others may look after it

    bool is_chosen() const { return is_left_alone || !chosen.empty(); }
    const std::string& member_name() const { return member.empty() ? input.name : member; }
    bool is_same(const infra::Value& wanted, const infra::Value& shown) const {
        return same != nullptr ? same(wanted, shown) : wanted.same_as(shown);
    }
};

struct OutputRule {
    infra::OutputField output;
    std::string shown_at;   // path in the object; empty: the output's name
    infra::Value (*show)(const json::Value& object) = nullptr;   // instead of `shown_at`
    std::string told_once;   // path in the answer to the create, never shown again
};

// What a hook may look at.
struct Moment {
    const json::Value& object;   // as it is now
    const infra::Value& shown;   // its inputs
    const infra::Intent& intent;
    std::string_view named;   // the call that is durable and to be made now, if it is one
    std::string_view made;    // the call that has just come to its end
    const infra::Value& wanted() const { return intent.inputs; }
};

struct RestType {
    infra::ResourceType schema;   // name, doc, example; complete() adds the rest
    std::vector<Field> fields;
    std::vector<OutputRule> results;   // "id" comes by itself
    std::string collection;            // "/ssh_keys"
    std::string singular;              // member of answers that has the object: "ssh_key"
    std::string words;                 // "SSH key"
    bool has_labels = true;
    bool has_actions = false;   // things go on in the background that can be asked for
    bool is_found_by_name = true;

    base::Result<void> (*validate)(const infra::Value& inputs) = nullptr;
    // Sharpens the schema's diff.
    base::Result<void> (*refine)(const infra::Change& change,
                                 infra::PlannedChange& planned) = nullptr;
    // Changes the document that an object is created with.
    void (*complete_body)(const infra::Value& inputs, json::Object& body) = nullptr;
    // The next call of a change, after those that come from the fields; none when all is as wanted.
    // Asked again after each; a call that is asked for twice in a row has failed.
    std::optional<Call> (*next)(const Moment& moment) = nullptr;
    // The same before the object is deleted.
    std::optional<Call> (*before_delete)(const json::Value& object) = nullptr;
    // What it changes beside itself, of which the platform lets only one change at a time.
    std::vector<std::string> (*changes)(const infra::Intent& intent) = nullptr;

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
void force(const infra::Change& change, infra::PlannedChange& planned, std::string_view input);

// Short ways to write fields.
Field replacing(infra::InputField input);
Field put(infra::InputField input);
Field by_action(infra::InputField input, std::string action);
Field own(infra::InputField input);
// `delete_protection`, for types that can be protected.
Field delete_protection();
// An output that is shown elsewhere than under its name.
OutputRule shown(infra::OutputField output, std::string path);
OutputRule shown(infra::OutputField output, infra::Value (*show)(const json::Value& object));

}
