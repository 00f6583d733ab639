#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/server.hpp"
#include "providers/upcloud/types.hpp"

#include <algorithm>

namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;
using value::ValueType;

json::Value write_on_off(const Value& value) {
    const bool* flag = value.as_bool();
    return flag == nullptr ? json::Value() : json::Value(*flag ? "on" : "off");
}
Value read_on_off(const json::Value& shown) {
    return shown.as_string() != nullptr && *shown.as_string() == "on";
}
constexpr WireForm kOnOff{.write = write_on_off, .read = read_on_off};

// "no" is none.
json::Value write_backup(const Value& value) {
    return value.is_null() ? json::Value("no") : to_json(value);
}
Value read_backup(const json::Value& shown) {
    const std::string* text = shown.as_string();
    return text == nullptr || *text == "no" ? Value() : Value(*text);
}
constexpr WireForm kBackup{.write = write_backup, .read = read_backup};

Value show_power(const json::Value& server) {
    const std::string_view state = server.string_or("state", "");
    if (state == "started") return "running";
    return state == "stopped" ? Value("off") : Value();
}

template <const char* const& kMember>
Value show_of_disk(const json::Value& server) {
    const json::Value* disk = disk_of(server);
    return disk != nullptr ? member_of(*disk, kMember) : Value();
}
constexpr const char* kSize = "storage_size";
constexpr const char* kTier = "storage_tier";
constexpr const char* kStorage = "storage";

Value show_encrypted(const json::Value& server) {
    const json::Value* disk = disk_of(server);
    return disk == nullptr ? Value() : Value(disk->string_or("storage_encrypted", "no") == "yes");
}

// The first address of a kind.
Value address_of(const json::Value& server, std::string_view type, std::string_view family,
                 const char* member) {
    const json::Value* all = at_path(server, "networking.interfaces.interface");
    if (all == nullptr || !all->is_array()) return {};
    for (const json::Value& one : *all->as_array()) {
        const json::Value* ips = at_path(one, "ip_addresses.ip_address");
        if (one.string_or("type", "") != type || ips == nullptr || !ips->is_array()) continue;
        for (const json::Value& ip : *ips->as_array()) {
            if (ip.string_or("family", "") != family || ip.string_or("floating", "no") == "yes") {
                continue;
            }
            return std::string_view(member) == "mac" ? member_of(one, "mac")
                                                     : member_of(ip, "address");
        }
    }
    return {};
}

Field never_shown(Field field) {
    field.is_never_shown = true;
    return field;
}

// Not sent when it is made: what it is like then comes from elsewhere.
Field later(Field field) {
    field.is_created_with = false;
    return field;
}

Field showing(Field field, Value (*show)(const json::Value&)) {
    field.show = show;
    return field;
}

Field chosen(Field field, const char* output) {
    field.chosen = output;
    return field;
}

Field resting(Input input) { return custom(input.costs(provider::Cost::PoweredOff)); }

Field interfaces() {
    Field out = later(resting(
        Input("interfaces",
              array_of(record_of({
                  Input("type", one_of({"public", "utility", "private"}), "Where it leads.")
                      .required(),
                  Input("family", one_of({"IPv4", "IPv6"}), "Of its address.").by_default("'IPv4"),
                  Input("network", a_string(), "Of a private one: the id of its network.")
                      .attaches_to({{.type = "upcloud.Network", .output = "id"}}),
                  Input("address", a_string(),
                        "Of a private one: its address, if the platform is not to choose it."),
                  Input("source_ip_filtering", a_bool(),
                        "Drop what it sends from addresses that are not its own.")
                      .by_default("true"),
              })),
              "Its interfaces. A change stops the server and starts it again; one that stays "
              "keeps its address.")
            .by_default("[{ type = 'utility }, { type = 'public }, "
                        "{ type = 'public, family = 'IPv6 }]")));
    out.show = show_interfaces;
    out.same = are_same_interfaces;
    return out;
}

Field storages() {
    Field out = later(custom(
        Input("storages", set_of(a_string()),
              "The ids of storages that are attached beside its own disk. Not looked after if left "
              "out. They are detached before it is deleted.")
            .attaches_to({{.type = "upcloud.Storage", .output = "id"}})
            .alone()));
    out.show = show_storages;
    out.same = are_same_storages;
    out.is_left_alone = true;
    return out;
}

std::vector<Field> size_fields() {
    return {
        resting(Input("plan", a_string(),
                      "\"1xCPU-1GB\", or \"custom\" with `core_number` and `memory_amount`. A "
                      "change stops the server and starts it again; see `hot_resize`.")
                    .required()),
        chosen(in_form(resting(Input("core_number", an_integer(), "Of the plan \"custom\".")),
                       number_as_text()),
               "cores"),
        chosen(in_form(resting(Input("memory_amount", an_integer(),
                                     "Of the plan \"custom\": in MiB, a multiple of 1024.")),
                       number_as_text()),
               "memory"),
        later(never_shown(custom(
            Input("hot_resize", a_bool(),
                  "Let a running server change to a bigger plan where its host has room for it; "
                  "where it has not, the change fails.")
                .by_default("false")))),
    };
}

std::vector<Field> disk_fields() {
    return {
        later(never_shown(replacing(
            Input("template", a_string(),
                  "The id of the storage that its disk is a copy of: see `upcloud.Template`. "
                  "Never to be read back.")
                .required()))),
        later(chosen(showing(resting(Input("disk_size", an_integer(),
                                           "Of its disk, in GiB; that of the template if not "
                                           "given. It can grow, never shrink.")),
                             show_of_disk<kSize>),
                     "disk_size_now")),
        later(showing(replacing(Input("disk_tier", one_of({"maxiops", "standard", "hdd"}),
                                      "How fast its disk is.")
                                    .by_default("'maxiops")),
                      show_of_disk<kTier>)),
        later(showing(replacing(Input("disk_encrypted", a_bool(), "Encrypt what is on its disk.")
                                    .by_default("false")),
                      show_encrypted)),
    };
}

std::vector<Field> start_fields() {
    return {
        later(never_shown(replacing(
            Input("login_user",
                  record_of({
                      Input("username", a_string(), "Its name.").by_default("\"root\""),
                      Input("create_password", a_bool(), "Give it a password, told once.")
                          .by_default("false"),
                      Input("ssh_keys", array_of(a_string()), "Keys that it may come in with."),
                  }),
                  "Who may log in. Said when it is made, and never to be read back.")))),
        never_shown(replacing(Input("user_data", normalized(a_string(), with_line_feeds),
                                    "A script or a URL for its first start. Never to be read back.")
                                  .secret())),
        in_form(updatable(Input("metadata", a_bool(),
                                "Let it ask the platform what it is; templates with cloud-init "
                                "need that.")
                              .by_default("true")),
                yes_or_no()),
    };
}

std::vector<Field> other_fields() {
    Field group =
        later(custom(Input("server_group", a_string(),
                           "The id of its upcloud.ServerGroup; not looked after if "
                           "left out.")
                         .attaches_to({{.type = "upcloud.ServerGroup", .output = "id"}})));
    group.is_left_alone = true;
    Field power = later(
        showing(custom(Input("power", one_of({"running", "off"}),
                             "Whether it runs. To turn it off, its system is asked to stop; see "
                             "`shutdown_grace`.")
                           .by_default("'running")),
                show_power));
    power.is_null_unknown = true;
    Field backup =
        in_form(updatable(Input("simple_backup", a_string(),
                                "When all its storages are backed up, and how many are kept: "
                                "\"0430,dailies\", or weeklies, or monthlies.")),
                kBackup);
    backup.is_absent_none = true;
    return {
        in_form(updatable(Input("firewall", a_bool(),
                                "Whether its rules apply: see `upcloud.FirewallRules`.")
                              .by_default("false")),
                kOnOff),
        std::move(backup),
        resting(Input("timezone", a_string(), "Of its clock.").by_default("\"UTC\"")),
        resting(Input("nic_model", one_of({"virtio", "e1000", "rtl8139"}), "Of its interfaces.")
                    .by_default("'virtio")),
        std::move(group),
        std::move(power),
        later(never_shown(custom(
            Input("shutdown_grace", some_seconds(),
                  "How many seconds its system has to stop when it is turned off, before the "
                  "power is cut. 0: cut at once. To be deleted, it is cut.")
                .by_default("30")))),
    };
}

base::Result<void> refine(const provider::Change& change, provider::PlannedChange& planned) {
    // Of a server that was taken over nobody knows the template: it is what the program says.
    if (change.prior && !is_set(change.recorded_inputs, "template")) {
        provider::Change known = change;
        known.recorded_inputs.set("template", field_of(change.inputs, "template"));
        planned = provider::plan_by_schema(known);
    }
    return check_growth(change, planned, "disk_size", "a disk");
}

std::vector<OutputRule> results() {
    OutputRule password;
    password.output = Output("password", ValueType::String,
                             "Told once, when `login_user.create_password` asks for it; null "
                             "otherwise, and when the answer to its making was lost.")
                          .secret();
    password.create_only = "server.password";
    const auto output = [](const char* name, const char* doc, Value (*show)(const json::Value&)) {
        return shown(Output(name, ValueType::Dyn, doc).changes_with({"interfaces"}), show);
    };
    return {
        output("ipv4_address", "The first public one, or null.",
               [](const json::Value& s) { return address_of(s, "public", "IPv4", "address"); }),
        output("ipv6_address", "The first public one, or null.",
               [](const json::Value& s) { return address_of(s, "public", "IPv6", "address"); }),
        output("utility_address", "In the utility network, or null.",
               [](const json::Value& s) { return address_of(s, "utility", "IPv4", "address"); }),
        output("private_address", "In the first of its private networks, or null.",
               [](const json::Value& s) { return address_of(s, "private", "IPv4", "address"); }),
        output("mac", "Of its first public interface: where a floating IP address is attached.",
               [](const json::Value& s) { return address_of(s, "public", "IPv4", "mac"); }),
        shown(Output("cores", ValueType::Number, "It has.").changes_with({"plan", "core_number"}),
              [](const json::Value& s) { return number_as_text().read(*s.find("core_number")); }),
        shown(Output("memory", ValueType::Number, "It has, in MiB.")
                  .changes_with({"plan", "memory_amount"}),
              [](const json::Value& s) { return number_as_text().read(*s.find("memory_amount")); }),
        shown(Output("disk", ValueType::String, "The id of its own disk, a storage."),
              show_of_disk<kStorage>),
        shown(Output("disk_size_now", ValueType::Number, "Of its disk, in GiB.")
                  .changes_with({"disk_size"}),
              show_of_disk<kSize>),
        shown(Output("state", ValueType::String, "\"started\", \"stopped\" …")
                  .changes_with({"power", "plan"}),
              "state"),
        std::move(password),
    };
}

RestType describe() {
    RestType type = wrapped_type("upcloud.Server", "server", "server", "servers");
    type.schema.doc = "A server, with a disk of its own that goes with it. It is made and started "
                      "before what depends on it goes on.";
    type.schema.example = embedded::upcloud_server_ncl;
    type.tags.member = "labels.label";
    type.delete_query = "storages=1";
    type.name_input = "title";
    // Lists show neither interfaces nor storages.
    type.lists_in_full = false;
    type.progress = server_progress;
    type.is_gone_at_once = true;
    type.fields = {
        updatable(Input("title", a_string(), "For people; several may have the same.").required()),
        updatable(Input("hostname", a_string("prelude.Hostname"), "Its name.").required()),
        replacing(Input("zone", a_string(), "Where it is: \"fi-hel1\".").required()),
    };
    for (auto part : {size_fields(), disk_fields(), start_fields()}) {
        for (Field& field : part) type.fields.push_back(std::move(field));
    }
    type.fields.push_back(interfaces());
    type.fields.push_back(storages());
    for (Field& field : other_fields()) type.fields.push_back(std::move(field));
    type.results = results();
    type.references = {{.path = "interfaces.network", .to = &network_type},
                       {.path = "storages", .to = &storage_type}};
    type.validate = validate_server;
    type.refine = refine;
    type.complete_body = complete_server_body;
    type.next = next_server_call;
    type.walk_back = start_again;
    type.release = release_storages;
    return complete(std::move(type));
}

}

const RestType& server_type() {
    static const RestType kType = describe();
    return kType;
}

}
