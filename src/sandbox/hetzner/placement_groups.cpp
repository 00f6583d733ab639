#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/kit/project.hpp"

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::int64_t kMostGroups = 50;

json::Value view(const Project&, const Record& group) { return public_part(group); }

bool matches(const ApiCall& call, const Record& group) {
    const auto types = call.query.all("type");
    return types.empty() ||
           std::find(types.begin(), types.end(), group.string_or("type", "")) != types.end();
}

base::Result<Reply> create(ApiCall& call) {
    Project& project = call.project;
    Body body(call.body);
    const std::string name = read_name(body, check_text_name);
    const auto type = body.one_of("type", {"spread"});
    if (!body.has("type")) body.missing("type");
    auto labels = body.labels();
    TRY(body.check());
    TRY(require_new_name(project, kPlacementGroups, name));
    TRY(require_quota(project, kPlacementGroups, kMostGroups));
    const std::int64_t id = project.next_id();
    project.add("placement_group", json::Object{{"id", id},
                                                {"name", name},
                                                {"type", *type},
                                                {"servers", json::Array{}},
                                                {"labels", labels.value_or(json::Object{})},
                                                {"created", project.now_text()}});
    return Reply{.status = 201,
                 .body = json::Object{
                     {"placement_group", view(project, *project.find("placement_group", id))},
                     {"action", nullptr}}};
}

base::Result<Reply> remove(ApiCall& call) {
    const Record* group = TRY(require(call.project, kPlacementGroups, call.id));
    if (!group->find("servers")->as_array()->empty()) {
        return refuse(422, "resource_in_use", "placement group still has servers");
    }
    call.project.remove("placement_group", call.id);
    return no_content();
}

constexpr Route kRoutes[] = {
    {"GET", "/placement_groups", list_of<kPlacementGroups>},
    {"POST", "/placement_groups", create},
    {"GET", "/placement_groups/{id:integer}", show_of<kPlacementGroups>},
    {"PUT", "/placement_groups/{id:integer}", update_of<kPlacementGroups>},
    {"DELETE", "/placement_groups/{id:integer}", remove},
};

}

constexpr Family kPlacementGroups{.type = "placement_group",
                                  .plural = "placement_groups",
                                  .words = "placement group",
                                  .sorts = kSortIdNameCreated,
                                  .view = view,
                                  .matches = matches};

std::span<const Route> placement_group_routes() { return kRoutes; }

}
