#include "embedded/providers.hpp"
#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/server.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

namespace providers::hetzner {
namespace {

using namespace rest;
using provider::same_field;

std::string path_of(const json::Value& volume) { return "/volumes/" + id_text(volume.find("id")); }

Call action(const json::Value& volume, const char* name, json::Value body = json::Object{}) {
    Call call;
    call.name = name;
    call.method = "POST";
    call.path = path_of(volume) + "/actions/" + name;
    call.body = std::move(body);
    return call;
}

base::Result<void> validate(const value::Value& inputs) {
    TRY(check_number(inputs, "size", 10, 10240, "GB"));
    TRY(check_labels(inputs));
    TRY(check_is_name(inputs, "location"));
    if (is_set(inputs, "server") || is_set(inputs, "location")) return {};
    return base::invalid_argument("neither `location` nor `server` says where the volume is to be")
        .with_help("give it a `location`, or the `server` that it is to be attached to");
}

base::Result<void> refine(const provider::Change& change, provider::PlannedChange& planned) {
    if (!change.prior || planned.action == provider::PlannedAction::Replace) return {};
    const std::int64_t* now = field_of(change.prior->inputs, "size").as_integer();
    // Refused while planning: the platform only grows disks, and to plan a replacement would
    // delete what is on it.
    const std::int64_t* wanted = field_of(change.inputs, "size").as_integer();
    if (now == nullptr || wanted == nullptr || *wanted >= *now) return {};
    // The program is as it was: somebody has grown it.
    if (same_field(change.inputs, change.recorded_inputs, "size")) {
        planned.stuck =
            provider::PlannedChange::Stuck{.input = "size", .why = "a volume can only grow"};
        return {};
    }
    return about("size", base::invalid_argument(
                             fmt::format("`size` is {}, but the volume has {} GB and can only grow",
                                         *wanted, *now))
                             .with_help("to have a smaller one, make another volume and copy what "
                                        "is on this one"));
}

void complete_body(const value::Value& inputs, json::Object& body) {
    // Where a server is, its volume is.
    // The platform puts it where the server is; a location beside that could only contradict.
    if (is_set(inputs, "server")) {
        body.remove("location");
    } else {
        // Without a server there is nothing to mount it at, and the API refuses it.
        body.remove("automount");
    }
}

std::optional<Call> next(const UpdateContext& update) {
    const value::Value& size = field_of(update.wanted(), "size");
    if (!size.same_as(field_of(update.shown, "size"))) {
        return action(update.object, "resize", json::Object{{"size", to_json(size)}});
    }
    const std::string wanted = id_text(update.wanted().find("server"));
    const std::string now = id_text(update.object.find("server"));
    if (wanted == now) return std::nullopt;
    if (wanted.empty() && !is_taken_away(update.wanted(), "server")) return std::nullopt;
    // Detached before it is attached elsewhere; after a crash between the two, the object shows no
    // server, and the second call is next.
    if (!now.empty()) return action(update.object, "detach");
    json::Object body{{"server", id_number(wanted)}};
    if (flag_of(update.wanted(), "automount")) body.set("automount", true);
    return action(update.object, "attach", std::move(body));
}

std::optional<Call> before_delete(const json::Value& volume) {
    // A volume that is attached cannot be deleted. Its content is lost with the delete either way;
    // it is detached so that the platform does not refuse.
    if (id_text(volume.find("server")).empty()) return std::nullopt;
    return action(volume, "detach");
}

RestType describe() {
    RestType type;
    type.schema.name = "hetzner.Volume";
    type.schema.doc =
        "A disk that lives longer than the server it is attached to. It is detached before it is "
        "deleted, and from one server before it is attached to another. Where a server needs to "
        "know its volume, leave `server` out here and use a `hetzner.VolumeAttachment`.";
    type.schema.example = embedded::hetzner_volume_ncl;
    type.schema.relations = {server_of_volume("", "server")};
    type.collection = "/volumes";
    type.envelopes = answers_in("volume", "volumes");
    type.noun = "volume";
    type.has_operations = true;
    Field location = replacing(Input("location", a_string(),
                                     "Where it is, if it is not attached to a server from the "
                                     "beginning: \"fsn1\". Servers there can have it."));
    location.shown_at = "location.name";
    location.chosen = "located_in";
    Field server = custom(
        Input("server", an_integer(),
              "The id of the server it is attached to; not looked after if left out.")
            .alone_at([](const std::string&, const value::Value&, const value::Value& outputs) {
                return place_of_volume(id_text(outputs.find("id")));
            }));
    server.is_left_alone = true;
    Field automount =
        custom(Input("automount", a_bool(), "Mount it at the server when it is attached.")
                   .by_default("false")
                   .write_only());
    automount.is_never_shown = true;
    type.fields = {
        updatable(
            Input("name", a_string("prelude.Name"),
                  "1 to 64 letters, digits, `-`, `_` and `.`; unique among the project's volumes.")
                .required()
                .unique()),
        custom(Input("size", an_integer(), "In GB, 10 to 10240. It can grow, never shrink.")
                   .required()),
        std::move(location),
        std::move(server),
        std::move(automount),
        replacing(Input("format", one_of({"ext4", "xfs"}),
                        "The file system it is made with; none if not given.")),
        delete_protection(),
    };
    type.results = {
        shown(Output("linux_device", value::ValueType::String,
                     "Where a server that it is attached to finds it."),
              "linux_device"),
        shown(Output("located_in", value::ValueType::String, "The location."), "location.name"),
    };
    type.references = {{.path = "server", .to = &server_type}};
    type.validate = validate;
    type.refine = refine;
    type.complete_body = complete_body;
    type.next = next;
    type.before_delete = before_delete;
    type.changes = servers_changed;
    return complete(std::move(type));
}

}

const RestType& volume_type() {
    static const RestType kType = describe();
    return kType;
}

}
