#pragma once

#include "providers/rest/api.hpp"
#include "providers/rest/operation_poller.hpp"
#include "providers/rest/paging.hpp"
#include "providers/rest/type_description.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

// A resource type of a regular REST API, as data: from it come the schema that the engine sees and
// what a connection does (rest_resource.hpp). Functions stand only where an API is irregular.
namespace providers::rest {

// How a change of a field is brought about.
enum class UpdateMethod : std::uint8_t {
    Replace,   // not at all: a new object is made
    Update,    // together with others of its kind, by one request about the object
    Action,    // by a POST of its own
    Custom,    // by RestType::next
};

// How an API writes a value, where that is not as JSON would.
struct WireForm {
    json::Value (*write)(const value::Value& value) = nullptr;   // of null, too, in an update
    value::Value (*read)(const json::Value& shown) = nullptr;
};
const WireForm& yes_or_no();        // true is "yes"
const WireForm& number_as_text();   // 5 is "5"
const WireForm& list_or_empty();    // null is []

// An input and where it is at the API.
struct Field {
    provider::InputField input;
    UpdateMethod method = UpdateMethod::Update;
    std::string member;     // path in the documents that are sent; empty: the input's name
    std::string shown_at;   // path in the object; empty: `member`
    std::string action;     // UpdateMethod::Action: POST to RestType::action {"member": value}
    bool is_created_with = true;   // sent when the object is created
    std::string chosen;            // by the platform, when it is not given: then left alone; the
                                   // output that shows it
    bool is_never_shown = false;
    const WireForm* form = nullptr;   // static
    bool is_absent_none = false;      // what an answer leaves out is not there; else it is not told
    value::Value (*show)(const json::Value& object) = nullptr;   // instead of `shown_at`
    bool is_null_unknown = false;   // where `show` gives null nothing was seen of it
    // Whether what is shown is what is wanted, in whatever spelling; null: if they are equal.
    bool (*same)(const value::Value& wanted, const value::Value& shown) = nullptr;

    // Where the platform shows one of several names of the same: whether what is recorded may be
    // what is shown. What is wanted now is held against it by `same`.
    bool (*may_be_recorded)(const value::Value& recorded, const value::Value& shown) = nullptr;

    // Of what is shown in the middle of a change, what was asked for before or is wanted now. Null:
    // all of it.
    value::Value (*trim_half)(const value::Value& shown, const value::Value& prior,
                              const value::Value& wanted) = nullptr;

    bool is_left_alone = false;   // when it is not given, as others may look after it

    bool is_chosen() const { return is_left_alone || !chosen.empty(); }
    const std::string& member_name() const { return member.empty() ? input.name : member; }
    bool is_same(const value::Value& wanted, const value::Value& shown) const {
        return same != nullptr ? same(wanted, shown) : wanted.same_as(shown);
    }
};

// What a hook may look at.
struct UpdateContext {
    const json::Value& object;   // as it is now
    std::string_view key;
    const value::Value& shown;   // its inputs
    const provider::Intent& intent;
    std::string_view named;   // the call that is durable and to be made now, if it is one
    std::string_view made;    // the call that has just come to its end
    const value::Value& wanted() const { return intent.inputs; }
};

// Where documents have the object: paths of members ("server", "servers.server"); empty: it is
// bare.
struct Envelopes {
    std::string read;      // in the answer to a GET of it
    std::string list;      // the list, in the answer to a GET of the collection
    std::string create;    // in the body of a create
    std::string created;   // in its answer
    std::string update;    // in the body of an update
    std::string updated;   // in its answer
};
// As many services have it: answers have the object under its name, bodies are bare.
Envelopes answers_in(std::string one, std::string many);

// A part of what an object is known by. An object of several parts has the key "part/part".
struct IdPart {
    std::string name = "id";   // in the paths of a type: "/zones/{zone}/records"
    std::string shown_at;      // path in the object; empty: `name`. May be missing there, as that
                               // of a parent often is: then it is that of the key it is read by
    std::string input;         // that gives it; empty: the platform chooses it

    const std::string& path() const { return shown_at.empty() ? name : shown_at; }
};

// What an update sends.
enum class UpdateBody : std::uint8_t {
    Changes,      // what changes, each field whole
    Whole,        // all of it, as a create does
    MergePatch,   // what changes, as RFC 7396 has it: what goes is null
};

// Where an object has its tags, labels or annotations.
struct Tagging {
    enum class Form : std::uint8_t {
        None,
        Map,
        List
    };   // {"a": "b"}, [{"key": "a", "value": "b"}]
    Form form = Form::Map;
    std::string member = "labels";   // path: "metadata.labels"
    std::string input = "labels";    // what the program calls them
    std::string key = "key";         // List: the members of an entry
    std::string value = "value";
    std::string reserved;   // keys that begin so are the platform's own; empty: none
};

// Of its schema it says name, documentation and example; complete() adds the rest.
struct RestType : ShownType {
    std::vector<Field> fields;

    // Paths; parts of the id stand in braces: "/zones/{zone}/records". The collection is where an
    // object is made.
    std::string base;         // before all of them: "/apis/apps/v1", or a whole URL; empty: none
    std::string everywhere;   // where all are listed, if `collection` is one of several
    std::string action = "/actions/{action}";   // below an object
    std::vector<IdPart> id = {IdPart{}};

    std::string create_method = "POST";   // to the collection; "PUT": to the object's own path
    std::string update_method = "PUT";
    std::string delete_query;   // "disks=1"
    bool is_gone_at_once =
        false;   // a delete has ended when it is answered, in spite of `progress`
    UpdateBody update_body = UpdateBody::Changes;
    Envelopes envelopes;
    Tagging tags;
    std::optional<Paging> paging;   // otherwise than by the conventions
    bool lists_in_full = true;      // lists show all of an object; if not, each is read by itself
    bool has_etags = false;         // an update is sent with If-Match
    std::string version_at;   // path to what an update has to repeat: "metadata.resourceVersion"
    // How long a look after a change may still show what was before, of an API whose reads are
    // answered by copies.
    std::chrono::seconds shows_within{0};
    // Whether what a list has is one of these; null: all are.
    bool (*is_one)(const json::Value& object) = nullptr;
    // Nothing of it tells who made it: what is there before is noted as a phase, and what is there
    // beside it afterwards, as it was to be made, is ours.
    bool is_told_by_difference = false;
    bool has_operations = false;       // things go on in the background that can be asked for
    std::string name_input = "name";   // by which people know one
    bool is_found_by_name = true;      // no two have the same
    // Whether the object itself says that something goes on at it; null: it has no such state.
    Progress (*progress)(const json::Value& object) = nullptr;

    // Sharpens the schema's diff.
    base::Result<void> (*refine)(const provider::Change& change,
                                 provider::PlannedChange& planned) = nullptr;
    // Changes the document that an object is created with.
    void (*complete_body)(const value::Value& inputs, json::Object& body) = nullptr;
    // The next call of a change, after those that come from the fields; none when all is as wanted.
    // Asked again after each; a call that is asked for twice in a row has failed.
    std::optional<Call> (*next)(const UpdateContext& update) = nullptr;
    // After a call of a change has failed: what sets right again what was only to prepare it.
    std::optional<Call> (*walk_back)(const UpdateContext& update) = nullptr;
    // The same before the object is deleted.
    std::optional<Call> (*before_delete)(const json::Value& object) = nullptr;
    // After those: what would go with it and is declared by itself. `ask` gives the answer to a GET
    // of a path, or none.
    using Ask = std::function<base::Result<std::optional<json::Value>>(std::string path)>;
    base::Result<std::optional<Call>> (*release)(const json::Value& object,
                                                 const value::Value& inputs,
                                                 const Ask& ask) = nullptr;

    bool has_tags() const { return tags.form != Tagging::Form::None; }
    bool is_of_it(const json::Value& object) const { return is_one == nullptr || is_one(object); }
    // Whether it can be the key of an object of this type.
    bool is_key(std::string_view key) const;
    // Of an object; `known` is the key that it was asked for by, for parts that it does not show.
    std::string key_of(const json::Value& object, std::string_view known = {}) const;
    // What the inputs give of the key: parts that the platform chooses are empty.
    std::string key_of(const value::Value& inputs) const;
    std::string path_of(std::string_view key) const;
    std::string action_path(std::string_view key, std::string_view action) const;
    // Where what has such a key is made, and where all are listed.
    std::string collection_of(std::string_view key) const;
    std::string listing() const { return base + (everywhere.empty() ? collection : everywhere); }
    // By which changes of one object wait for each other.
    std::string queue_name(std::string_view key) const { return noun + ":" + std::string(key); }
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
Field updatable(provider::InputField input);
Field by_action(provider::InputField input, std::string action);
Field custom(provider::InputField input);
// `delete_protection`, for types that can be protected.
Field delete_protection();
// A field in a form of its own.
Field in_form(Field field, const WireForm& form);
// An output that is shown elsewhere than under its name.
OutputRule shown(provider::OutputField output, std::string path);
OutputRule shown(provider::OutputField output, value::Value (*show)(const json::Value& object));

}
