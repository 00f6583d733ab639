#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/types.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

// The rules of a server, as one list: the platform numbers them anew whenever one comes or goes.
namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

constexpr const char* kRules = "rules";
constexpr std::array kTexts{"direction",
                            "action",
                            "family",
                            "protocol",
                            "comment",
                            "source_address_start",
                            "source_address_end",
                            "destination_address_start",
                            "destination_address_end"};
constexpr std::array kNumbers{"source_port_start", "source_port_end", "destination_port_start",
                              "destination_port_end", "icmp_type"};

Value read_rule(const json::Value& shown) {
    Value out = Value::Record{};
    for (const char* name : kTexts) {
        if (!shown.string_or(name, "").empty()) out.set(name, member_of(shown, name));
    }
    for (const char* name : kNumbers) {
        const json::Value* number = shown.find(name);
        if (number == nullptr || id_text(number).empty()) continue;
        out.set(name, number_as_text().read(*number));
    }
    return out;
}

json::Value write_rule(const Value& rule) {
    json::Object out;
    for (const char* name : kTexts) {
        if (is_set(rule, name)) out.set(name, text_of(rule, name));
    }
    for (const char* name : kNumbers) {
        if (is_set(rule, name)) out.set(name, id_text(rule.find(name)));
    }
    return out;
}

std::vector<SubObject> rules_in(const json::Value& document) {
    const json::Value* all = at_path(document, "firewall_rules.firewall_rule");
    if (all == nullptr || !all->is_array() || all->as_array()->empty()) return {};
    Value::Array rules;
    for (const json::Value& one : *all->as_array()) rules.push_back(read_rule(one));
    return {{.name = kRules,
             .inputs = Value::Record{{kRules, std::move(rules)}},
             .outputs = Value::Record{}}};
}

Call put_rules(const Value& inputs) {
    json::Array rules;
    for (const Value& rule : items_of(inputs, kRules)) rules.push_back(write_rule(rule));
    Call call;
    call.name = "set_rules";
    call.method = "PUT";
    call.path = "/firewall_rule";
    call.body = json::Object{{"firewall_rules", json::Object{{"firewall_rule", std::move(rules)}}}};
    return call;
}

bool is_same_rule(const Value& wanted, const Value& shown) {
    const auto is_same = [&](const char* name) {
        return id_text(wanted.find(name)) == id_text(shown.find(name));
    };
    return std::ranges::all_of(kTexts, is_same) && std::ranges::all_of(kNumbers, is_same);
}

// Fields that are not given are shown as empty texts.
void normalize(Value& shown, const Value& known) {
    const Value& wanted = field_of(known, kRules);
    if (wanted.as_array() == nullptr || wanted.has_unknown()) return;
    if (std::ranges::equal(*wanted.as_array(), items_of(shown, kRules), is_same_rule)) {
        shown.set(kRules, wanted);
    }
}

base::Error wrong(std::size_t at, std::string message, std::string help) {
    return about(kRules,
                 base::invalid_argument(fmt::format("rule {}: {}", at + 1, std::move(message)))
                     .with_help(std::move(help)));
}

base::Result<void> check_rule(const Value& rule, std::size_t at) {
    const std::string& protocol = text_of(rule, "protocol");
    const bool has_ports = protocol == "tcp" || protocol == "udp";
    for (const char* name : {"source_port", "destination_port"}) {
        const std::string start = std::string(name) + "_start";
        const std::string end = std::string(name) + "_end";
        for (const std::string& one : {start, end}) {
            if (!is_set(rule, one)) continue;
            if (!has_ports)
                return wrong(at, fmt::format("`{}` without a protocol that has ports", one),
                             "ports are of 'tcp and 'udp");
            TRY(check_number(rule, one, 1, 65'535));
        }
        const std::int64_t* first = field_of(rule, start).as_integer();
        const std::int64_t* last = field_of(rule, end).as_integer();
        if ((first == nullptr) != (last == nullptr) && !rule.has_unknown()) {
            return wrong(at, fmt::format("one of `{}` and `{}`", start, end),
                         "give both; of one port they are the same");
        }
        if (first != nullptr && last != nullptr && *last < *first) {
            return wrong(at, fmt::format("`{}` is less than `{}`", end, start),
                         "the first comes first");
        }
    }
    if (is_set(rule, "icmp_type") && protocol != "icmp") {
        return wrong(at, "`icmp_type` of another protocol", "it is of 'icmp");
    }
    for (const char* name : {"source_address_start", "source_address_end",
                             "destination_address_start", "destination_address_end"}) {
        TRY(check_address(rule, name));
    }
    TRY(check_number(rule, "icmp_type", 0, 255));
    return check_length(rule, "comment", 0, 250);
}

base::Result<void> validate(const Value& inputs) {
    const Value::Array& rules = items_of(inputs, kRules);
    if (field_of(inputs, kRules).as_array() != nullptr && rules.empty()) {
        return about(
            kRules,
            base::invalid_argument("there is no rule").with_help("leave the resource out instead"));
    }
    constexpr std::size_t kMost = 1000;
    if (rules.size() > kMost) {
        return about(kRules, base::invalid_argument("a server has 1000 rules at the most"));
    }
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto checked = check_rule(rules[i], i);
        if (!checked.ok()) return about(kRules, std::move(checked).error());
    }
    return {};
}

provider::FieldType rule_type() {
    const auto address = [](const char* name) {
        return Input(name, a_string(), "An address; of a range the first and the last.");
    };
    const auto port = [](const char* name) {
        return Input(name, an_integer(), "Of 'tcp and 'udp; of a range the first and the last.");
    };
    return record_of({
        Input("direction", one_of({"in", "out"}), "Of what it is about.").required(),
        Input("action", one_of({"accept", "drop"}), "What becomes of it.").required(),
        Input("family", one_of({"IPv4", "IPv6"}), "Of its addresses; the last rule may have none."),
        Input("protocol", one_of({"tcp", "udp", "icmp"}), "Any if not given."),
        address("source_address_start"),
        address("source_address_end"),
        port("source_port_start"),
        port("source_port_end"),
        address("destination_address_start"),
        address("destination_address_end"),
        port("destination_port_start"),
        port("destination_port_end"),
        Input("icmp_type", an_integer(), "0 to 255, of 'icmp."),
        Input("comment", a_string(), "For people, up to 250 characters."),
    });
}

SubResourceType describe() {
    SubResourceType type;
    type.schema.name = "upcloud.FirewallRules";
    type.schema.doc = "The rules of a server's firewall, in their order: the first that fits "
                      "decides. They count while `firewall` of the server is on.";
    type.schema.example = embedded::upcloud_firewall_rules_ncl;
    type.schema.inputs = {
        Input("server", a_string(), "The id of the server.")
            .required()
            .replaces()
            .belongs_to({{.type = "upcloud.Server", .output = "id"}})
            .alone(),
        Input(kRules, array_of(rule_type()), "All of them.").required(),
    };
    type.noun = "firewall rules";
    type.parent = &server_type();
    type.parent_input = "server";
    type.below = "/firewall_rule";
    type.objects_in = rules_in;
    type.name_of = [](const Value&) { return std::string(kRules); };
    type.normalize = normalize;
    type.add = put_rules;
    type.remove = [](const Value&) { return put_rules(Value::Record{}); };
    type.change = [](const Value& inputs, const SubObject&) { return put_rules(inputs); };
    type.references = {{.path = "server", .to = &server_type}};
    type.validate = validate;
    return complete_sub_resource(std::move(type));
}

}

const SubResourceType& firewall_rules_type() {
    static const SubResourceType kType = describe();
    return kType;
}

}
