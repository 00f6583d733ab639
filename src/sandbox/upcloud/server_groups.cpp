#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <algorithm>
#include <vector>

namespace sandbox::upcloud {
namespace {

json::Value view(const Project& project, const Record& group) {
    json::Value out = view_thing(project, group);
    json::Array servers;
    json::Array status;
    for (const auto& [id, server] : project.all("server")) {
        if (server.string_or("server_group", "") != group.string_or("uuid", "")) continue;
        servers.emplace_back(server.string_or("uuid", ""));
        status.push_back(json::Object{{"uuid", server.string_or("uuid", "")}, {"status", "met"}});
    }
    put(out, "servers", json::Object{{"server", std::move(servers)}});
    put(out, "anti_affinity_status", std::move(status));
    return out;
}

// Servers are named by their group; a list that is sent is what the group is to have.
base::Result<void> complete(ApiCall& call, Record& wanted, const Record* before) {
    const json::Value* servers = wanted.find("servers");
    if (servers == nullptr || before == nullptr) {
        wanted.as_object()->remove("servers");
        return {};
    }
    const json::Value list =
        servers->find("server") != nullptr ? *servers->find("server") : json::Value(json::Array{});
    const std::string own(before->string_or("uuid", ""));
    std::vector<std::int64_t> all;
    for (const auto& [id, server] : call.project.all("server")) all.push_back(id);
    for (const std::int64_t id : all) {
        Record& server = call.project.edit("server", id);
        const bool is_in = std::ranges::any_of(*list.as_array(), [&](const json::Value& one) {
            return one.as_string() != nullptr && *one.as_string() == server.string_or("uuid", "");
        });
        if (is_in) put(server, "server_group", own);
        if (!is_in && server.string_or("server_group", "") == own) {
            put(server, "server_group", nullptr);
        }
    }
    wanted.as_object()->remove("servers");
    return {};
}

void after(Project& project, const Record& group) {
    // Of a group that has gone.
    if (project.find("server_group", id_of(group)) != nullptr) return;
    std::vector<std::int64_t> members;
    for (const auto& [id, server] : project.all("server")) {
        if (server.string_or("server_group", "") == group.string_or("uuid", "")) {
            members.push_back(id);
        }
    }
    for (const std::int64_t id : members) put(project.edit("server", id), "server_group", nullptr);
}

base::Result<Reply> join(ApiCall& call) {
    const Record* group = TRY(require_thing(call, kServerGroups));
    const json::Value body = TRY(object_of(call, "server"));
    const Record* server =
        TRY(require_thing(call.project, kServers, std::string(body.string_or("uuid", ""))));
    const json::Value* now = server->find("server_group");
    if (now != nullptr && !now->is_null()) {
        return old_refusal("ALREADY_IN_SERVER_GROUP", "The server is in a server group.");
    }
    put(call.project.edit("server", id_of(*server)), "server_group", group->string_or("uuid", ""));
    return Reply{.status = 204};
}

base::Result<Reply> leave(ApiCall& call) {
    const Record* group = TRY(require_thing(call, kServerGroups));
    const Record* server =
        TRY(require_thing(call.project, kServers, std::string(call.parameters.text("server"))));
    if (server->string_or("server_group", "") != group->string_or("uuid", "")) {
        return old_refusal("SERVER_NOT_FOUND", "The server is not in the server group.");
    }
    put(call.project.edit("server", id_of(*server)), "server_group", nullptr);
    return Reply{.status = 204};
}

constexpr Member kMembers[] = {
    {.name = "title", .is_required = true, .least = 1, .most = 255},
    {.name = "anti_affinity", .fallback = "\"no\"", .choices = "strict|yes|no"},
    {.name = "servers", .kind = Member::Kind::Record},
};

constexpr Route kRoutes[] = {
    {"GET", "/server-group", list_them<kServerGroups>},
    {"POST", "/server-group", create_one<kServerGroups>},
    {"GET", "/server-group/{uuid}", show_one<kServerGroups>},
    {"PATCH", "/server-group/{uuid}", change_one<kServerGroups>},
    {"DELETE", "/server-group/{uuid}", remove_one<kServerGroups>},
    {"POST", "/server-group/{uuid}/servers", join},
    {"DELETE", "/server-group/{uuid}/servers/{server}", leave},
};

}

constexpr Things kServerGroups{.family = {.type = "server_group",
                                          .plural = "server_groups",
                                          .words = "server group",
                                          .sorts = {},
                                          .view = view},
                               .one = "server_group",
                               .prefix = "0b",
                               .code = "GROUP",
                               .members = kMembers,
                               .wraps_labels = true,
                               .created = 200,
                               .complete = complete,
                               .after = after};

std::span<const Route> server_group_routes() { return kRoutes; }

}
