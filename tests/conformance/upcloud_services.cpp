#include "upcloud_subjects.hpp"

// The newer services of UpCloud, over the sandbox.
namespace conformance::upcloud {
namespace {

std::string made_network(const SharedUpcloud& world) {
    const Json range{{"address", "10.0.0.0/24"}, {"family", "IPv4"}, {"dhcp", "yes"}};
    return made_id(world->ask("POST", "/network",
                              Json{{"network", Json{{"name", "net"},
                                                    {"zone", "fi-hel1"},
                                                    {"ip_networks",
                                                     Json{{"ip_network", json::Array{range}}}}}}}),
                   "network");
}

// A newer service: it takes time to be made, changed and deleted, and its name is its own.
struct Service {
    Place place;
    std::string state;
    Value inputs;
    Json by_hand;
    Json changed;
};

Subject service_of(const SharedUpcloud& world, const Service& of) {
    Subject subject = subject_of(world, of.place);
    const Place place = of.place;
    const std::string state = of.state;
    subject.inputs = of.inputs;
    subject.slow = of.inputs;
    const auto make = [world, of] {
        const json::Value made = world->ask("POST", of.place.path, of.by_hand);
        std::string id(made.string_or("uuid", ""));
        world->wait_for(of.place.path + "/" + id, of.state, "running");
        return id;
    };
    subject.make_by_hand = make;
    subject.make_foreign = make;
    subject.change_outside = [world, of] {
        const std::string path = of.place.path + "/" + first_of(world, of.place);
        world->ask("PATCH", path, of.changed);
        world->wait_for(path, of.state, "running");
    };
    subject.remove_outside = [world, place, state] {
        const std::string path = place.path + "/" + first_of(world, place);
        world->ask("DELETE", path);
        world->wait_for(path, state, "");
    };
    subject.exempt({"kill between phases"}, "each change is one call");
    return subject;
}

Removal patched(const SharedUpcloud& world, const Service& of, const char* input, Value value,
                const Json& body, const char* then = "running") {
    return {.input = input, .value = std::move(value), .outside = [world, of, body, then] {
                const std::string path = of.place.path + "/" + first_of(world, of.place);
                world->ask("PATCH", path, body);
                world->wait_for(path, of.state, then);
            }};
}

Removal unlabelled(const SharedUpcloud& world, const Service& of) {
    return patched(world, of, "labels", Value::Record{{"team", "web"}},
                   {{"labels", json::Array{}}});
}

}

Subject gateway() {
    auto world = std::make_shared<UpcloudWorld>();
    const std::string router =
        made_id(world->ask("POST", "/router", Json{{"router", Json{{"name", "r"}}}}), "router");
    const json::Array routers{Json{{"uuid", router}}};
    const Service of{
        .place = {.type = "upcloud.Gateway", .path = "/gateway", .list = {}, .one = {}},
        .state = "operational_state",
        .inputs = Value::Record{{"name", "out"},
                                {"zone", "fi-hel1"},
                                {"plan", "development"},
                                {"features", Value::Array{Value("nat")}},
                                {"router", router},
                                {"configured_status", "started"}},
        .by_hand = {{"name", "out"},
                    {"zone", "fi-hel1"},
                    {"plan", "development"},
                    {"features", json::Array{"nat"}},
                    {"routers", routers}},
        .changed = {{"plan", "standard"}}};
    Subject subject = service_of(world, of);
    subject.updated = with(subject.inputs, "plan", "standard");
    subject.replaced = with(subject.inputs, "zone", "de-fra1");
    subject.removals = [world, of]() -> std::vector<Removal> { return {unlabelled(world, of)}; };
    subject.unremovable = {
        {.inputs = {"features", "configured_status"}, .reason = "it always has one"}};
    return subject;
}

static Value balancer_network(const char* name, const char* type, Value uuid = {}) {
    Value out = Value::Record{{"name", name}, {"type", type}, {"family", "IPv4"}};
    if (!uuid.is_null()) out.set("uuid", std::move(uuid));
    return out;
}

Subject load_balancer() {
    auto world = std::make_shared<UpcloudWorld>();
    const std::string network = made_network(world);
    const Json inside{
        {"name", "inside"}, {"type", "private"}, {"family", "IPv4"}, {"uuid", network}};
    const Json outside{{"name", "public"}, {"type", "public"}, {"family", "IPv4"}};
    const Value member = Value::Record{{"name", "one"},
                                       {"type", "static"},
                                       {"ip", "10.0.0.10"},
                                       {"port", std::int64_t{8080}},
                                       {"weight", std::int64_t{100}},
                                       {"max_sessions", std::int64_t{1000}},
                                       {"enabled", true}};
    const Value backend = Value::Record{{"name", "web"}, {"members", Value::Array{member}}};
    const Value frontend =
        Value::Record{{"name", "web"},
                      {"mode", "http"},
                      {"port", std::int64_t{80}},
                      {"default_backend", "web"},
                      {"properties", Value::Record{{"timeout_client", std::int64_t{20}}}}};
    const Value backends = Value::Array{backend};
    const Service of{
        .place = {.type = "upcloud.LoadBalancer", .path = "/load-balancer", .list = {}, .one = {}},
        .state = "operational_state",
        .inputs = Value::Record{{"name", "front"},
                                {"plan", "development"},
                                {"zone", "fi-hel1"},
                                {"networks",
                                 Value::Array{balancer_network("public", "public"),
                                              balancer_network("inside", "private", network)}},
                                {"configured_status", "started"},
                                {"frontends", Value(Value::Array{frontend})},
                                {"backends", backends}},
        .by_hand = {{"name", "front"},
                    {"plan", "development"},
                    {"zone", "fi-hel1"},
                    {"networks", json::Array{outside, inside}}},
        .changed = {{"frontends", json::Array{}}}};
    Subject subject = service_of(world, of);
    subject.updated = with(subject.inputs, "frontends", Value());
    subject.updated.set("backends", Value::Array{backend, Value(Value::Record{{"name", "more"}})});
    subject.replaced = with(subject.inputs, "zone", "de-fra1");
    subject.removals = [world, of]() -> std::vector<Removal> {
        const Value resolver =
            Value::Record{{"name", "dns"}, {"nameservers", Value::Array{Value("10.0.0.2:53")}}};
        return {unlabelled(world, of),
                patched(world, of, "resolvers", Value(Value::Array{resolver}),
                        {{"resolvers", json::Array{}}}),
                patched(world, of, "frontends", {}, {{"frontends", json::Array{}}}),
                patched(world, of, "backends", {},
                        {{"frontends", json::Array{}}, {"backends", json::Array{}}})};
    };
    subject.unremovable = {{.inputs = {"configured_status", "maintenance_dow", "maintenance_time"},
                            .reason = "it always has one"}};
    return subject;
}

Subject certificate() {
    auto world = std::make_shared<UpcloudWorld>();
    const Place place{.type = "upcloud.Certificate",
                      .path = "/load-balancer/certificate-bundles",
                      .list = {},
                      .one = {}};
    Subject subject = subject_of(world, place);
    subject.inputs = Value::Record{{"name", "web"},
                                   {"type", "dynamic"},
                                   {"hostnames", Value::Array{Value("a.example.com")}},
                                   {"key_type", "ecdsa"}};
    subject.updated = with(subject.inputs, "hostnames", Value::Array{Value("b.example.com")});
    subject.replaced = with(subject.inputs, "key_type", "rsa");
    subject.phased = subject.inputs;
    by_hand(subject, world, place,
            {{"name", "web"},
             {"type", "dynamic"},
             {"hostnames", json::Array{"a.example.com"}},
             {"key_type", "ecdsa"}},
            "PATCH", {{"name", "other"}});
    subject.unremovable = {
        {.inputs = {"certificate", "private_key", "intermediates", "hostnames", "key_type"},
         .reason = "its type says what it has"}};
    subject.exempt({"foreign thing"}, kNoNames);
    subject.exempt({"kill between start and poll"}, "it is there when the call is answered");
    return subject;
}

Subject database() {
    auto world = std::make_shared<UpcloudWorld>();
    const std::string network = made_network(world);
    const Service of{
        .place = {.type = "upcloud.Database", .path = "/database", .list = {}, .one = {}},
        .state = "state",
        .inputs = Value::Record{{"hostname_prefix", "orders"},
                                {"type", "pg"},
                                {"plan", "1x1xCPU-2GB-25GB"},
                                {"zone", "fi-hel1"},
                                {"title", "orders"},
                                {"version", "16"},
                                {"properties", Value::Record{{"public_access", false}}},
                                {"termination_protection", false},
                                {"powered", true}},
        .by_hand = {{"hostname_prefix", "orders"},
                    {"type", "pg"},
                    {"plan", "1x1xCPU-2GB-25GB"},
                    {"zone", "fi-hel1"},
                    {"title", "by hand"},
                    {"properties", Json{{"version", "16"}}}},
        .changed = {{"title", "other"}}};
    Subject subject = service_of(world, of);
    subject.updated = with(subject.inputs, "version", "17");
    subject.updated.set("properties", Value::Record{{"public_access", true}});
    subject.replaced = with(subject.inputs, "type", "mysql");
    subject.phased_update = with(subject.updated, "powered", false);
    subject.removals = [world, of, network]() -> std::vector<Removal> {
        return {unlabelled(world, of),
                patched(world, of, "networks",
                        Value(Value::Array{balancer_network("inside", "private", network)}),
                        {{"networks", json::Array{}}}),
                Removal{.input = "powered",
                        .value = {},
                        .outside =
                            [world, of] {
                                // Which is refused while it is protected.
                                const std::string path =
                                    of.place.path + "/" + first_of(world, of.place);
                                world->ask("PATCH", path, Json{{"termination_protection", false}});
                                world->wait_for(path, of.state, "running");
                                world->ask("PATCH", path, Json{{"powered", false}});
                                world->wait_for(path, of.state, "stopped");
                            }},
                patched(world, of, "termination_protection", true,
                        {{"termination_protection", false}})};
    };
    subject.unremovable = {
        {.inputs = {"version", "properties", "maintenance"}, .reason = "it always has one"}};
    std::erase_if(subject.does_not_apply,
                  [](const Exemption& one) { return one.demand == "kill between phases"; });
    return subject;
}

Subject cluster() {
    auto world = std::make_shared<UpcloudWorld>();
    const std::string network = made_network(world);
    const Service of{
        .place = {.type = "upcloud.KubernetesCluster",
                  .path = "/kubernetes",
                  .list = {},
                  .one = {}},
        .state = "state",
        .inputs = Value::Record{{"name", "apps"},
                                {"network", network},
                                {"zone", "fi-hel1"},
                                {"plan", "development"},
                                {"version", "1.31"},
                                {"control_plane_ip_filter", Value::Array{Value("0.0.0.0/0")}},
                                {"private_node_groups", false}},
        .by_hand = {{"name", "apps"},
                    {"network", network},
                    {"zone", "fi-hel1"},
                    {"version", "1.31"}},
        .changed = {{"control_plane_ip_filter", json::Array{}}}};
    Subject subject = service_of(world, of);
    subject.updated = with(subject.inputs, "version", "1.32");
    subject.replaced = with(subject.inputs, "plan", "production-small");
    subject.removals = [world, of]() -> std::vector<Removal> {
        return {unlabelled(world, of), patched(world, of, "control_plane_ip_filter", {},
                                               {{"control_plane_ip_filter", json::Array{}}})};
    };
    subject.unremovable = {
        {.inputs = {"plan", "version", "private_node_groups"}, .reason = "it always has one"}};
    return subject;
}

Subject object_storage() {
    auto world = std::make_shared<UpcloudWorld>();
    const Json outside{{"name", "public"}, {"type", "public"}, {"family", "IPv4"}};
    const Service of{
        .place = {.type = "upcloud.ObjectStorage",
                  .path = "/object-storage-2",
                  .list = {},
                  .one = {}},
        .state = "operational_state",
        .inputs = Value::Record{{"name", "files"},
                                {"region", "europe-1"},
                                {"configured_status", "started"},
                                {"networks", Value::Array{balancer_network("public", "public")}}},
        .by_hand = {{"name", "files"},
                    {"region", "europe-1"},
                    {"configured_status", "started"},
                    {"networks", json::Array{outside}}},
        .changed = {{"networks", json::Array{}}}};
    Subject subject = service_of(world, of);
    subject.updated = with(subject.inputs, "networks", Value());
    subject.replaced = with(subject.inputs, "region", "us-1");
    subject.removals = [world, of]() -> std::vector<Removal> {
        return {unlabelled(world, of),
                patched(world, of, "networks", {}, {{"networks", json::Array{}}})};
    };
    subject.unremovable = {{.inputs = {"configured_status"}, .reason = "it always has one"}};
    return subject;
}

}
