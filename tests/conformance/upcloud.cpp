#include "upcloud_subjects.hpp"

#include "providers/rest/wire.hpp"
#include "providers/upcloud/provider.hpp"

// The types of UpCloud, over the sandbox.
namespace conformance {
namespace {

using namespace upcloud;

Subject router() {
    const Place place{
        .type = "upcloud.Router", .path = "/router", .list = "routers.router", .one = "router"};
    auto world = std::make_shared<UpcloudWorld>();
    Subject subject = subject_of(world, place);
    const Value route = Value::Record{{"route", "10.9.0.0/16"}, {"nexthop", "10.0.0.9"}};
    const Value routes = Value::Array{route};
    subject.inputs = Value::Record{
        {"name", "inner"}, {"static_routes", routes}, {"labels", Value::Record{{"team", "web"}}}};
    subject.updated = Value::Record{{"name", "outer"}, {"labels", Value::Record{{"role", "db"}}}};
    by_hand(subject, world, place, {{"name", "by hand"}}, "PATCH", {{"name", "other"}});
    subject.removals = [world, place, routes]() -> std::vector<Removal> {
        return {taken_away(world, place, "PATCH", "static_routes", routes,
                           {{"static_routes", json::Array{}}}),
                taken_away(world, place, "PATCH", "labels", {}, {{"labels", json::Array{}}})};
    };
    subject.exempt({"replace"}, "all of it can be changed");
    subject.exempt({"foreign thing"}, kNoNames);
    subject.exempt({"kill between start and poll", "kill between phases"}, kAtOnce);
    return subject;
}

Value range(const char* address, bool dhcp) {
    return Value::Record{
        {"address", address}, {"family", "IPv4"}, {"dhcp", dhcp}, {"dhcp_default_route", false}};
}

Subject network() {
    const Place place{.type = "upcloud.Network",
                      .path = "/network",
                      .list = "networks.network",
                      .one = "network"};
    auto world = std::make_shared<UpcloudWorld>();
    const json::Value made = world->ask("POST", "/router", Json{{"router", Json{{"name", "r"}}}});
    const std::string router(made.find("router", "uuid")->as_string()->c_str());
    Subject subject = subject_of(world, place);
    subject.inputs = Value::Record{{"name", "net"},
                                   {"zone", "fi-hel1"},
                                   {"ip_network", range("10.0.0.0/24", true)},
                                   {"router", router}};
    subject.updated = with(subject.inputs, "ip_network", range("10.0.0.0/24", false));
    subject.updated.set("router", Value());
    subject.replaced = with(subject.inputs, "ip_network", range("10.1.0.0/24", true));
    const Json hand{{"name", "net"},
                    {"zone", "fi-hel1"},
                    {"ip_networks", Json{{"ip_network", json::Array{Json{{"address", "10.0.0.0/24"},
                                                                         {"family", "IPv4"},
                                                                         {"dhcp", "yes"}}}}}}};
    by_hand(subject, world, place, hand, "PUT", {{"name", "other"}});
    subject.removals = [world, place]() -> std::vector<Removal> {
        return {taken_away(world, place, "PUT", "router", {}, {{"router", nullptr}}),
                taken_away(world, place, "PUT", "labels", Value::Record{{"team", "web"}},
                           {{"labels", json::Array{}}})};
    };
    subject.exempt({"foreign thing"}, kNoNames);
    subject.exempt({"kill between start and poll", "kill between phases"}, kAtOnce);
    return subject;
}

Subject storage() {
    const Place place{.type = "upcloud.Storage",
                      .path = "/storage",
                      .list = "storages.storage",
                      .one = "storage"};
    auto world = std::make_shared<UpcloudWorld>();
    Subject subject = subject_of(world, place);
    const Place own{.type = place.type,
                    .path = "/storage/private/normal",
                    .list = place.list,
                    .one = place.one};
    subject.count = [world, own] {
        return static_cast<int>(world->list(own.path, own.list).size());
    };
    const auto path = [world, own] { return "/storage/" + first_of(world, own); };
    subject.remove_outside = [world, path] { world->ask("DELETE", path()); };
    const Value rule =
        Value::Record{{"interval", "daily"}, {"time", "0430"}, {"retention", std::int64_t{30}}};
    subject.inputs =
        Value::Record{{"title", "data"},   {"size", std::int64_t{10}}, {"zone", "fi-hel1"},
                      {"tier", "maxiops"}, {"encrypted", false},       {"backup_rule", rule}};
    subject.updated = with(subject.inputs, "size", std::int64_t{20});
    subject.updated.set("backup_rule", Value());
    subject.replaced = with(subject.inputs, "tier", "hdd");
    by_hand(subject, world, place,
            {{"title", "data"}, {"size", 10}, {"zone", "fi-hel1"}, {"tier", "maxiops"}}, "PUT", {});
    subject.change_outside = [world, path] {
        world->ask("PUT", path(), Json{{"storage", Json{{"title", "other"}}}});
    };
    subject.removals = [world, path]() -> std::vector<Removal> {
        return {
            {.input = "backup_rule",
             .value = {},
             .outside =
                 [world, path] {
                     world->ask("PUT", path(), Json{{"storage", Json{{"backup_rule", Json{}}}}});
                 }},
            {.input = "labels", .value = Value::Record{{"team", "web"}}, .outside = [world, path] {
                 world->ask("PUT", path(), Json{{"storage", Json{{"labels", json::Array{}}}}});
             }}};
    };
    subject.unremovable = {{.inputs = {"tier", "encrypted"}, .reason = "it always has one"}};
    subject.exempt({"foreign thing"}, kNoNames);
    subject.exempt({"kill between start and poll", "kill between phases"}, kAtOnce);
    return subject;
}

constexpr const char* kDebian = "01000000-0000-4000-8000-000020070100";

Value interface(const char* type, Value network = {}) {
    Value out = Value::Record{{"type", type}, {"family", "IPv4"}, {"source_ip_filtering", true}};
    if (!network.is_null()) out.set("network", std::move(network));
    return out;
}

Value server_inputs() {
    return Value::Record{{"title", "web"},
                         {"hostname", "web.example.com"},
                         {"zone", "fi-hel1"},
                         {"plan", "1xCPU-1GB"},
                         {"hot_resize", false},
                         {"template", kDebian},
                         {"disk_tier", "maxiops"},
                         {"disk_encrypted", false},
                         {"metadata", true},
                         {"interfaces", Value::Array{interface("utility"), interface("public")}},
                         {"firewall", false},
                         {"timezone", "UTC"},
                         {"nic_model", "virtio"},
                         {"power", "running"},
                         {"shutdown_grace", std::int64_t{0}}};
}

json::Value server_by_hand() {
    const json::Value ip = Json{{"ip_address", json::Array{Json{{"family", "IPv4"}}}}};
    const json::Array interfaces{Json{{"type", "utility"}, {"ip_addresses", ip}},
                                 Json{{"type", "public"}, {"ip_addresses", ip}}};
    const json::Value disk =
        Json{{"action", "clone"}, {"storage", kDebian}, {"title", "os"},
             {"size", 25},        {"tier", "maxiops"},  {"address", "virtio:0"}};
    return Json{
        {"server", Json{{"title", "web"},
                        {"hostname", "web.example.com"},
                        {"zone", "fi-hel1"},
                        {"plan", "1xCPU-1GB"},
                        {"metadata", "yes"},
                        {"storage_devices", Json{{"storage_device", json::Array{disk}}}},
                        {"networking", Json{{"interfaces", Json{{"interface", interfaces}}}}}}}};
}

// The one server of a world, and what is done to it by hand.
struct OneServer {
    SharedUpcloud world;

    std::string path() const {
        const json::Array all = world->list("/server", "servers.server");
        return "/server/" + (all.empty() ? "none" : std::string(all.front().string_or("uuid", "")));
    }
    void wait(std::string_view state) const { world->wait_for(path(), "server.state", state); }
    void put(Json members) const {
        world->ask("PUT", path(), Json{{"server", std::move(members)}});
    }
    void stop() const {
        wait("started");
        world->ask("POST", path() + "/stop", Json{{"stop_server", Json{{"stop_type", "hard"}}}});
        wait("stopped");
    }
    void start() const {
        world->ask("POST", path() + "/start");
        wait("started");
    }
};

std::vector<Removal> server_removals(const OneServer& one) {
    const SharedUpcloud& world = one.world;
    const std::string group =
        made_id(world->ask("POST", "/server-group", Json{{"server_group", Json{{"title", "g"}}}}),
                "server_group");
    const std::string disk = made_id(
        world->ask("POST", "/storage",
                   Json{{"storage", Json{{"title", "d"}, {"size", 10}, {"zone", "fi-hel1"}}}}),
        "storage");
    const Json none{{"label", json::Array{}}};
    return {
        {.input = "labels",
         .value = Value::Record{{"team", "web"}},
         .outside = [one, none] { one.put({{"labels", none}}); }},
        {.input = "firewall", .value = true, .outside = [one] { one.put({{"firewall", "off"}}); }},
        {.input = "metadata", .value = {}, .outside = [one] { one.put({{"metadata", "no"}}); }},
        {.input = "simple_backup",
         .value = "0430,dailies",
         .outside = [one] { one.put({{"simple_backup", "no"}}); }},
        {.input = "power", .value = {}, .outside = [one] { one.stop(); }},
        {.input = "interfaces",
         .value = {},
         .outside =
             [one] {
                 one.stop();
                 one.world->ask("DELETE", one.path() + "/networking/interface/1");
                 one.start();
             }},
        {.input = "server_group",
         .value = group,
         .outside =
             [one, group] {
                 const std::string uuid = one.path().substr(8);
                 one.world->ask("DELETE", "/server-group/" + group + "/servers/" + uuid);
             }},
        {.input = "storages", .value = Value::Array{Value(disk)}, .outside = [one] {
             one.world->ask("POST", one.path() + "/storage/detach",
                            Json{{"storage_device", Json{{"address", "virtio:1"}}}});
         }}};
}

Subject server() {
    const Place place{
        .type = "upcloud.Server", .path = "/server", .list = "servers.server", .one = "server"};
    auto world = std::make_shared<UpcloudWorld>();
    const OneServer one{world};
    Subject subject = subject_of(world, place);
    const std::string network = made_id(
        world->ask(
            "POST", "/network",
            Json{{"network", Json{{"name", "net"},
                                  {"zone", "fi-hel1"},
                                  {"ip_networks",
                                   Json{{"ip_network", json::Array{Json{{"address", "10.0.0.0/24"},
                                                                        {"family", "IPv4"},
                                                                        {"dhcp", "yes"}}}}}}}}}),
        "network");
    subject.inputs = server_inputs();
    subject.updated = with(subject.inputs, "hostname", "db.example.com");
    subject.updated.set("plan", "2xCPU-4GB");
    subject.updated.set("disk_size", std::int64_t{40});
    subject.updated.set("interfaces",
                        Value::Array{interface("public"), interface("private", network)});
    subject.replaced = with(subject.inputs, "zone", "de-fra1");
    subject.slow = subject.inputs;
    subject.phased = with(subject.inputs, "power", "off");
    subject.make_by_hand = [one] {
        const std::string id =
            made_id(one.world->ask("POST", "/server", server_by_hand()), "server");
        one.wait("started");
        return id;
    };
    subject.change_outside = [one] { one.put({{"title", "other"}}); };
    subject.remove_outside = [one] {
        one.stop();
        one.world->ask("DELETE", one.path() + "?storages=1");
    };
    subject.removals = [one] { return server_removals(one); };
    subject.unremovable = {{.inputs = {"disk_tier", "disk_encrypted", "disk_size", "core_number",
                                       "memory_amount", "timezone", "nic_model"},
                            .reason = "it always has one"}};
    subject.exempt({"foreign thing"}, kNoNames);
    return subject;
}

Subject server_group() {
    const Place place{.type = "upcloud.ServerGroup",
                      .path = "/server-group",
                      .list = "server_groups.server_group",
                      .one = "server_group"};
    auto world = std::make_shared<UpcloudWorld>();
    Subject subject = subject_of(world, place);
    subject.inputs = Value::Record{{"title", "apart"}, {"anti_affinity", "strict"}};
    subject.updated = Value::Record{{"title", "apart"}, {"anti_affinity", "yes"}};
    by_hand(subject, world, place, {{"title", "by hand"}}, "PATCH", {{"title", "other"}});
    subject.removals = [world, place]() -> std::vector<Removal> {
        return {taken_away(world, place, "PATCH", "labels", Value::Record{{"team", "web"}},
                           {{"labels", Json{{"label", json::Array{}}}}})};
    };
    subject.unremovable = {{.inputs = {"anti_affinity"}, .reason = "it always has one"}};
    subject.exempt({"replace"}, "all of it can be changed");
    subject.exempt({"foreign thing"}, kNoNames);
    subject.exempt({"kill between start and poll", "kill between phases"}, kAtOnce);
    return subject;
}

Subject floating_ip() {
    const Place place{.type = "upcloud.FloatingIp",
                      .path = "/ip_address",
                      .list = "ip_addresses.ip_address",
                      .one = "ip_address",
                      .id = "address"};
    auto world = std::make_shared<UpcloudWorld>();
    Subject subject = subject_of(world, place);
    const auto floating = [world, place] {
        json::Array out = world->list(place.path, place.list);
        std::erase_if(
            out, [](const json::Value& one) { return one.string_or("floating", "no") != "yes"; });
        return out;
    };
    const auto path = [floating] {
        const json::Array all = floating();
        return "/ip_address/" +
               (all.empty() ? "none" : std::string(all.front().string_or("address", "")));
    };
    subject.count = [floating] { return static_cast<int>(floating().size()); };
    subject.inputs = Value::Record{{"zone", "fi-hel1"}};
    subject.updated = with(subject.inputs, "ptr_record", "www.example.com");
    subject.replaced = Value::Record{{"zone", "de-fra1"}};
    subject.phased = subject.inputs;
    by_hand(subject, world, place, {{"family", "IPv4"}, {"floating", "yes"}, {"zone", "fi-hel1"}},
            "PATCH", {});
    const OneServer one{world};
    subject.removals = [one, world, path]() -> std::vector<Removal> {
        world->ask("POST", "/server", server_by_hand());
        one.wait("started");
        const json::Value shown = world->ask("GET", one.path());
        const json::Array& interfaces =
            *providers::rest::at_path(shown, "server.networking.interfaces.interface")->as_array();
        return {{.input = "mac",
                 .value = std::string(interfaces.back().string_or("mac", "")),
                 .outside = [world, path] {
                     world->ask("PATCH", path(), Json{{"ip_address", Json{{"mac", nullptr}}}});
                 }}};
    };
    subject.unremovable = {{.inputs = {"ptr_record"}, .reason = "it always has one"}};
    subject.remove_outside = [world, path] { world->ask("DELETE", path()); };
    // It leads somewhere else: only what the program says counts.
    subject.exempt({"change outside is drift"}, "what can be changed is left alone or not given");
    subject.change_outside = nullptr;
    subject.exempt({"foreign thing"}, "it has no name");
    subject.exempt({"kill between start and poll"}, "it is there when the call is answered");
    return subject;
}

Subject firewall_rules() {
    auto world = std::make_shared<UpcloudWorld>();
    const OneServer one{world};
    const std::string server = made_id(world->ask("POST", "/server", server_by_hand()), "server");
    const std::string other = made_id(world->ask("POST", "/server", server_by_hand()), "server");
    for (const std::string& id : {server, other}) {
        world->wait_for("/server/" + id, "server.state", "started");
    }
    Subject subject = subject_of(
        world, {.type = "upcloud.FirewallRules", .path = "/server", .list = {}, .one = {}});
    const auto path = [](const std::string& id) { return "/server/" + id + "/firewall_rule"; };
    subject.faults.lose_answer = [world](Loss loss) {
        world->lose(loss, "^/1.3/server/.*/firewall_rule$", "PUT");
    };
    subject.count = [world, path, server, other] {
        const char* list = "firewall_rules.firewall_rule";
        return (world->list(path(server), list).empty() ? 0 : 1) +
               (world->list(path(other), list).empty() ? 0 : 1);
    };
    const Value web = Value::Record{{"direction", "in"},
                                    {"action", "accept"},
                                    {"family", "IPv4"},
                                    {"protocol", "tcp"},
                                    {"destination_port_start", std::int64_t{443}},
                                    {"destination_port_end", std::int64_t{443}}};
    const Value rest = Value::Record{{"direction", "in"}, {"action", "drop"}};
    subject.inputs = Value::Record{{"server", server}, {"rules", Value::Array{web, rest}}};
    subject.updated = with(subject.inputs, "rules", Value::Array{rest});
    subject.replaced = with(subject.inputs, "server", other);
    subject.phased = subject.inputs;
    const auto make = [world, path, server] {
        world->ask("POST", path(server),
                   Json{{"firewall_rule", Json{{"direction", "in"}, {"action", "drop"}}}});
        return server + ":rules";
    };
    subject.make_foreign = make;
    subject.make_by_hand = make;
    subject.change_outside = make;
    subject.remove_outside = [world, path, server] {
        world->ask("PUT", path(server),
                   Json{{"firewall_rules", Json{{"firewall_rule", json::Array{}}}}});
    };
    subject.exempt({"kill between start and poll"}, "they count when the call is answered");
    return subject;
}

// What is only looked up: nothing is made, so nothing can be lost or left over.
Subject looked_up(const char* type, Value inputs) {
    auto world = std::make_shared<UpcloudWorld>();
    Subject subject = subject_of(world, {.type = type, .path = "/server", .list = {}, .one = {}});
    subject.is_outside_process = false;
    subject.faults.lose_answer = nullptr;
    subject.faults.deliver = nullptr;
    subject.faults.connect_to_another_account = nullptr;
    subject.remove_outside = nullptr;
    subject.count = [world] {
        return 1 + static_cast<int>(world->list("/server", "servers.server").size());
    };
    subject.inputs = std::move(inputs);
    subject.exempt({"update in place", "replace"}, "by another name it is another thing");
    subject.exempt({"another account"}, "every account has the same catalogue");
    subject.exempt({"import", "change outside is drift", "removed outside is absent",
                    "delete, delete again", "foreign thing", "answer lost, acted before",
                    "answer lost, acted later", "answer lost, never acted",
                    "kill between start and poll", "kill between phases", "kill in a call"},
                   "it is only looked up");
    return subject;
}

Subject stored_template() {
    return looked_up("upcloud.Template",
                     Value::Record{{"title", "Debian GNU/Linux 12 (Bookworm)"}});
}
Subject plan() { return looked_up("upcloud.Plan", Value::Record{{"name", "2xCPU-4GB"}}); }
Subject zone() { return looked_up("upcloud.Zone", Value::Record{{"name", "de-fra1"}}); }
Subject account() { return looked_up("upcloud.Account", Value::Record{}); }

}

std::vector<MakeSubject> upcloud_subjects() {
    return {router,         network,         storage,       server,      server_group, floating_ip,
            firewall_rules, gateway,         load_balancer, certificate, database,     cluster,
            object_storage, stored_template, plan,          zone,        account};
}

}
