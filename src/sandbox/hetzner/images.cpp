#include "sandbox/hetzner/images.hpp"
#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/labels.hpp"
#include "sandbox/hetzner/view.hpp"

#include <algorithm>

namespace sandbox::hetzner {
namespace {

json::Value view(const Tenant&, const Record& image) { return public_part(image); }

bool is_one_of(const Query& query, std::string_view name, std::string_view value) {
    const auto wanted = query.all(name);
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool fits(const Query& query, const Selector& selector, const Record& image) {
    const auto name = query.find("name");
    if (name && !name->empty() && image.string_or("name", "") != *name) return false;
    const auto deprecated = query.find("include_deprecated");
    if (image.find("deprecated")->is_string() && deprecated != "true") return false;
    return is_one_of(query, "type", image.string_or("type", "")) &&
           is_one_of(query, "status", image.string_or("status", "")) &&
           is_one_of(query, "architecture", image.string_or("architecture", "")) &&
           is_one_of(query, "bound_to", std::to_string(image.int64_or("bound_to", 0))) &&
           selector.matches(image.find("labels"));
}

base::Result<Reply> list(Call& call) {
    Selector selector;
    if (const auto text = call.query.find("label_selector")) {
        auto parsed = Selector::parse(*text);
        if (!parsed.ok()) {
            return invalid("label_selector", std::string(parsed.error().message()));
        }
        selector = std::move(*parsed);
    }
    std::vector<const Record*> images;
    for (const json::Value& image : call.tenant.catalogue.images) {
        if (fits(call.query, selector, image)) images.push_back(&image);
    }
    for (const auto& [id, image] : call.tenant.all("image")) {
        if (fits(call.query, selector, image)) images.push_back(&image);
    }
    return reply_page(call, "images", std::move(images), kSortIdNameCreated, view);
}

base::Result<Reply> show(Call& call) {
    const json::Value* image = image_of(call.tenant, call.id);
    if (image == nullptr) return not_found("image");
    return Reply{.body = json::Object{{"image", view(call.tenant, *image)}}};
}

// One that the project made; the vendor's own cannot be changed.
base::Result<const Record*> require_own(const Call& call) {
    if (call.tenant.catalogue.image(call.id) != nullptr) {
        return refuse(403, "forbidden", "only snapshots and backups can be changed");
    }
    return require(call.tenant, kImages, call.id);
}

base::Result<Reply> update(Call& call) {
    TRY(require_own(call));
    Body body(call.body);
    const auto description = body.text("description");
    const auto type = body.one_of("type", {"snapshot"});
    auto labels = body.labels();
    TRY(body.check());
    Record& image = call.tenant.edit("image", call.id);
    if (description) put(image, "description", *description);
    if (labels) put(image, "labels", std::move(*labels));
    if (type) {
        put(image, "type", *type);
        put(image, "bound_to", nullptr);
    }
    return reply_one(call.tenant, kImages, call.id);
}

base::Result<Reply> remove(Call& call) {
    const Record* image = TRY(require_own(call));
    TRY(require_unprotected(*image, kImages));
    TRY(require_free(call.tenant, "image", call.id));
    call.tenant.remove("image", call.id);
    return no_content();
}

base::Result<Reply> protect(Call& call) {
    TRY(require_own(call));
    static constexpr std::string_view kDelete[] = {"delete"};
    return change_protection(call, kImages, kDelete);
}

constexpr Route kRoutes[] = {
    {"GET", "/images", list},
    {"GET", "/images/actions", all_actions_of<kImages>},
    {"GET", "/images/actions/{id}", any_action_of<kImages>},
    {"GET", "/images/{id}", show},
    {"PUT", "/images/{id}", update},
    {"DELETE", "/images/{id}", remove},
    {"GET", "/images/{id}/actions", actions_of<kImages>},
    {"GET", "/images/{id}/actions/{action_id}", action_of<kImages>},
    {"POST", "/images/{id}/actions/change_protection", protect},
};

constexpr Effect kEffects[] = {
    {.command = "create_image",
     .finish =
         [](Tenant& tenant, const json::Value& args) {
             const std::int64_t id = args.int64_or("image", 0);
             if (tenant.find("image", id) == nullptr) return;
             Record& image = tenant.edit("image", id);
             put(image, "status", "available");
             put(image, "image_size", 2.5);
         },
     .undo =
         [](Tenant& tenant, const json::Value& args) {
             const std::int64_t id = args.int64_or("image", 0);
             if (tenant.find("image", id) != nullptr) tenant.remove("image", id);
         }},
};

}

constexpr Family kImages{.type = "image",
                         .plural = "images",
                         .words = "image",
                         .sorts = kSortIdNameCreated,
                         .view = view};

const json::Value* image_of(const Tenant& tenant, std::int64_t id) {
    const json::Value* system = tenant.catalogue.image(id);
    return system != nullptr ? system : tenant.find("image", id);
}

json::Value view_image(const Tenant& tenant, std::int64_t id) {
    const json::Value* image = image_of(tenant, id);
    return image == nullptr ? json::Value() : json::Value(view(tenant, *image));
}

std::span<const Route> image_routes() { return kRoutes; }
std::span<const Effect> image_effects() { return kEffects; }

}
