#include "embedded/providers.hpp"
#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace providers::hetzner {
namespace {

using namespace rest;
using value::Value;

// Networks as the platform writes them: IPv6 in its shortest form.
std::string canonical_network(std::string_view network) {
    const std::string text(network);
    const std::size_t slash = text.find('/');
    // inet_pton reads each spelling ("2001:DB8:0::/32"), inet_ntop writes the shortest, as the
    // platform does (RFC 5952). IPv4 has only one.
    std::array<unsigned char, sizeof(in6_addr)> address{};
    if (::inet_pton(AF_INET6, text.substr(0, slash).c_str(), address.data()) != 1) return text;
    char shortest[INET6_ADDRSTRLEN];
    if (::inet_ntop(AF_INET6, address.data(), shortest, sizeof shortest) == nullptr) return text;
    return shortest + (slash == std::string::npos ? "" : text.substr(slash));
}

// A rule without what is not said, its networks in order: so that two can be compared.
// Worked example: {protocol = "tcp", port = "443", source_ips = ["::/0", "0.0.0.0/0"]} and what
// the platform shows of it, with `destination_ips: []` and `description: null`, both become the
// record with sorted networks and without the two empty ones.
Value canonical_rule(const Value& rule) {
    Value out;
    for (const char* field : {"direction", "protocol", "port", "description"}) {
        const std::string& text = text_of(rule, field);
        if (!text.empty()) out.set(field, text);
    }
    for (const char* field : {"source_ips", "destination_ips"}) {
        std::vector<std::string> networks;
        for (const Value& network : items_of(rule, field)) {
            if (network.as_string() != nullptr)
                networks.push_back(canonical_network(*network.as_string()));
        }
        std::sort(networks.begin(), networks.end());
        Value::Array items(networks.begin(), networks.end());
        if (!items.empty()) out.set(field, std::move(items));
    }
    return out;
}

bool are_same_rules(const Value& wanted, const Value& shown) {
    static const Value::Array kNone;
    const Value::Array& a = wanted.as_array() != nullptr ? *wanted.as_array() : kNone;
    const Value::Array& b = shown.as_array() != nullptr ? *shown.as_array() : kNone;
    return a.size() == b.size() &&
           std::is_permutation(a.begin(), a.end(), b.begin(), [](const Value& x, const Value& y) {
               return !x.has_unknown() && canonical_rule(x).same_as(canonical_rule(y));
           });
}

Value show_rules(const json::Value& firewall) {
    const json::Value* rules = firewall.find("rules");
    Value::Array out;
    if (rules == nullptr || !rules->is_array()) return out;
    for (const json::Value& rule : *rules->as_array()) {
        out.push_back(canonical_rule(from_json(rule)));
    }
    return out;
}

// "server 42" or "selector env=prod": what one application is about.
std::string target_of(const Value& application) {
    const std::string server = id_text(application.find("server"));
    if (!server.empty()) return "server " + server;
    return "selector " + text_of(application, "label_selector");
}

Value show_applications(const json::Value& firewall) {
    const json::Value* applied = firewall.find("applied_to");
    Value::Array out;
    if (applied == nullptr || !applied->is_array()) return out;
    for (const json::Value& one : *applied->as_array()) {
        Value shown;
        if (const json::Value* id = one.find("server", "id")) shown.set("server", from_json(*id));
        const json::Value* selector = one.find("label_selector", "selector");
        if (selector != nullptr) shown.set("label_selector", from_json(*selector));
        if (!shown.is_null()) out.push_back(std::move(shown));
    }
    return out;
}

std::vector<std::string> targets_of(const Value::Array& applications) {
    std::vector<std::string> out;
    for (const Value& one : applications) out.push_back(target_of(one));
    std::sort(out.begin(), out.end());
    return out;
}

bool are_same_applications(const Value& wanted, const Value& shown) {
    if (wanted.as_array() == nullptr || shown.as_array() == nullptr || wanted.has_unknown())
        return wanted.same_as(shown);
    // Compared as sorted texts, because the platform lists in an order of its own.
    return targets_of(*wanted.as_array()) == targets_of(*shown.as_array());
}

json::Value application_body(const Value& one) {
    const std::string server = id_text(one.find("server"));
    if (!server.empty()) {
        return json::Object{{"type", "server"},
                            {"server", json::Object{{"id", id_number(server)}}}};
    }
    return json::Object{
        {"type", "label_selector"},
        {"label_selector", json::Object{{"selector", text_of(one, "label_selector")}}}};
}

// What is in one list and not in the other, as the platform wants it.
json::Array difference(const Value::Array& of, const Value::Array& without) {
    const std::vector<std::string> known = targets_of(without);
    json::Array out;
    for (const Value& one : of) {
        if (!std::binary_search(known.begin(), known.end(), target_of(one)))
            out.push_back(application_body(one));
    }
    return out;
}

Call action(const json::Value& firewall, const char* name, const char* member, json::Value body) {
    Call call;
    call.name = name;
    call.method = "POST";
    call.path = "/firewalls/" + id_text(firewall.find("id")) + "/actions/" + name;
    call.body = json::Object{{member, std::move(body)}};
    return call;
}

std::optional<Call> next(const UpdateContext& update) {
    const Value& rules = field_of(update.wanted(), "rules");
    // All rules at once: `set_rules` replaces the whole set, in one step. To add and remove one by
    // one would leave a server open, or cut off, in between.
    if (!are_same_rules(rules, field_of(update.shown, "rules"))) {
        json::Value body = rules.is_null() ? json::Value(json::Array{}) : to_json(rules);
        return action(update.object, "set_rules", "rules", std::move(body));
    }
    const Value::Array& now = items_of(update.shown, "apply_to");
    if (is_taken_away(update.wanted(), "apply_to")) {
        // Let go is what this list had named; servers may name the firewall themselves.
        const std::vector<std::string> named =
            targets_of(items_of(update.intent.prior, "apply_to"));
        Value::Array ours;
        std::ranges::copy_if(now, std::back_inserter(ours), [&](const Value& one) {
            return std::ranges::binary_search(named, target_of(one));
        });
        if (ours.empty()) return std::nullopt;
        return action(update.object, "remove_from_resources", "remove_from", difference(ours, {}));
    }
    if (!is_set(update.wanted(), "apply_to")) return std::nullopt;
    const Value::Array& wanted = items_of(update.wanted(), "apply_to");
    if (json::Array less = difference(now, wanted); !less.empty()) {
        return action(update.object, "remove_from_resources", "remove_from", std::move(less));
    }
    if (json::Array more = difference(wanted, now); !more.empty()) {
        return action(update.object, "apply_to_resources", "apply_to", std::move(more));
    }
    return std::nullopt;
}

std::optional<Call> before_delete(const json::Value& firewall) {
    // A firewall in use cannot be deleted (`resource_in_use`), and what it is applied to may have
    // been added elsewhere; so the object is asked, not the recorded inputs.
    const Value applied = show_applications(firewall);
    if (applied.as_array()->empty()) return std::nullopt;
    return action(firewall, "remove_from_resources", "remove_from",
                  difference(*applied.as_array(), {}));
}

void complete_body(const Value& inputs, json::Object& body) {
    const Value::Array& wanted = items_of(inputs, "apply_to");
    if (!wanted.empty()) body.set("apply_to", difference(wanted, {}));
}

// What the platform takes of a rule's networks, ports and words.
base::Result<void> check_rule(const Value& rule) {
    TRY(check_port(text_of(rule, "port")));
    for (const char* field : {"source_ips", "destination_ips"}) {
        for (const Value& network : items_of(rule, field)) {
            const std::string* text = network.as_string();
            if (text != nullptr) TRY(check_network("rules", *text));
        }
    }
    constexpr std::size_t kLongest = 255;
    return check_length(rule, "description", kLongest);
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_labels(inputs));
    constexpr std::size_t kMostRules = 50;
    const std::size_t rules = items_of(inputs, "rules").size();
    if (rules > kMostRules) {
        return about("rules", base::invalid_argument("a firewall has at most 50 rules, and `rules` "
                                                     "has " +
                                                     std::to_string(rules)));
    }
    for (const Value& rule : items_of(inputs, "rules")) {
        TRY(check_rule(rule));
        const std::string& protocol = text_of(rule, "protocol");
        const bool has_ports = protocol == "tcp" || protocol == "udp";
        // The platform checks all this too, but when the change is made: a plan that can be seen
        // to fail is better refused.
        if (has_ports && !is_set(rule, "port")) {
            return base::invalid_argument("a rule for " + protocol + " needs a `port`")
                .with_help("write one port, \"443\", or a range, \"8000-8010\"");
        }
        if (!has_ports && !protocol.empty() && is_set(rule, "port")) {
            return base::invalid_argument("a rule for " + protocol + " has no `port`");
        }
        const bool is_in = text_of(rule, "direction") != "out";
        const char* field = is_in ? "source_ips" : "destination_ips";
        if (!is_set(rule, field)) {
            return base::invalid_argument(std::string("a rule of the direction ") +
                                          (is_in ? "in" : "out") + " needs `" + field + "`")
                .with_help("all addresses: [\"0.0.0.0/0\", \"::/0\"]");
        }
    }
    for (const Value& one : items_of(inputs, "apply_to")) {
        if (is_set(one, "server") != is_set(one, "label_selector")) continue;
        return base::invalid_argument("each of `apply_to` names a `server` or a `label_selector`");
    }
    return {};
}

provider::FieldType rule_type() {
    return record_of({
        Input("direction", one_of({"in", "out"}), "Of the connections that it lets through.")
            .by_default("'in"),
        Input("protocol", one_of({"tcp", "udp", "icmp", "esp", "gre"}), "").required(),
        Input("port", a_string(), "\"443\" or \"8000-8010\"; for tcp and udp."),
        Input("source_ips", set_of(normalized(a_string(), canonical_network)),
              "Networks, for the direction in."),
        Input("destination_ips", set_of(normalized(a_string(), canonical_network)),
              "Networks, for the direction out."),
        Input("description", a_string(), "At most 255 characters."),
    });
}

RestType describe() {
    RestType type;
    type.schema.name = "hetzner.Firewall";
    type.schema.doc =
        "Rules that say what reaches servers from the public network, and what they reach. Without "
        "a rule of the direction in, nothing comes in; without one of the direction out, "
        "everything "
        "goes out. A firewall is applied here by `apply_to`, or by the `firewalls` of a server; it "
        "is removed from all before it is deleted.";
    type.schema.example = embedded::hetzner_firewall_ncl;
    type.schema.relations = {firewalls_of_server("apply_to.server", "")};
    type.collection = "/firewalls";
    type.envelopes = answers_in("firewall", "firewalls");
    type.noun = "firewall";
    type.has_operations = true;
    Field rules =
        custom(Input("rules", set_of(rule_type()), "At most 50, in any order.").by_default("[]"));
    rules.show = show_rules;
    rules.same = are_same_rules;
    Field applications = custom(Input(
        "apply_to",
        set_of(record_of({
            Input("server", an_integer(), "The id of a server."),
            Input("label_selector", a_string(), "All servers with these labels: \"role=web\"."),
        })),
        "What it is applied to. Not looked after if left out."));
    applications.is_created_with = false;
    applications.is_left_alone = true;
    applications.show = show_applications;
    applications.same = are_same_applications;
    type.fields = {
        updatable(
            Input("name", a_string(), "Unique among the project's firewalls.").required().unique()),
        std::move(rules),
        std::move(applications),
    };
    type.references = {{.path = "apply_to.server", .to = &server_type}};
    type.validate = validate;
    type.complete_body = complete_body;
    type.next = next;
    type.before_delete = before_delete;
    return complete(std::move(type));
}

}

const RestType& firewall_type() {
    static const RestType kType = describe();
    return kType;
}

}
