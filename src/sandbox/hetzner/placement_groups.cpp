#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/view.hpp"

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::int64_t kMostGroups = 50;

json::Value view(const Tenant&, const Record& group) { return public_part(group); }

bool matches(const Call& call, const Record& group) {
    const auto types = call.query.all("type");
    return types.empty() ||
           std::find(types.begin(), types.end(), group.string_or("type", "")) != types.end();
}

base::Result<Reply> create(Call& call) {
    Tenant& tenant = call.tenant;
    Body body(call.body);
    const std::string name = read_name(body, NameRule::Text);
    const auto type = body.one_of("type", {"spread"});
    if (!body.has("type")) body.missing("type");
    auto labels = body.labels();
    TRY(body.check());
    TRY(require_new_name(tenant, kPlacementGroups, name));
    TRY(require_quota(tenant, kPlacementGroups, kMostGroups));
    const std::int64_t id = tenant.next_id();
    tenant.add("placement_group", json::Object{{"id", id},
                                               {"name", name},
                                               {"type", *type},
                                               {"servers", json::Array{}},
                                               {"labels", labels.value_or(json::Object{})},
                                               {"created", tenant.now_text()}});
    return Reply{
        .status = 201,
        .body = json::Object{{"placement_group", view(tenant, *tenant.find("placement_group", id))},
                             {"action", nullptr}}};
}

base::Result<Reply> remove(Call& call) {
    const Record* group = TRY(require(call.tenant, kPlacementGroups, call.id));
    if (!group->find("servers")->as_array()->empty()) {
        return refuse(422, "resource_in_use", "placement group still has servers");
    }
    call.tenant.remove("placement_group", call.id);
    return no_content();
}

constexpr Route kRoutes[] = {
    {"GET", "/placement_groups", list_of<kPlacementGroups>},
    {"POST", "/placement_groups", create},
    {"GET", "/placement_groups/{id}", show_of<kPlacementGroups>},
    {"PUT", "/placement_groups/{id}", update_of<kPlacementGroups>},
    {"DELETE", "/placement_groups/{id}", remove},
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
