#include "sandbox/hetzner/images.hpp"
#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/kit/labels.hpp"
#include "sandbox/kit/project.hpp"

#include <algorithm>

namespace sandbox::hetzner {
namespace {

json::Value view(const Project&, const Record& image) { return public_part(image); }

// A parameter may be given several times, which means any of them.
bool is_one_of(const Query& query, std::string_view name, std::string_view value) {
    const auto wanted = query.all(name);
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool fits(const Query& query, const Selector& selector, const Record& image) {
    const auto name = query.find("name");
    if (name && !name->empty() && image.string_or("name", "") != *name) return false;
    const auto deprecated = query.find("include_deprecated");
    // Asked for with include_deprecated only, as the vendor has it.
    if (image.find("deprecated")->is_string() && deprecated != "true") return false;
    return is_one_of(query, "type", image.string_or("type", "")) &&
           is_one_of(query, "status", image.string_or("status", "")) &&
           is_one_of(query, "architecture", image.string_or("architecture", "")) &&
           is_one_of(query, "bound_to", std::to_string(image.int64_or("bound_to", 0))) &&
           selector.matches(image.find("labels"));
}

base::Result<Reply> list(ApiCall& call) {
    const Selector selector = TRY(selector_of(call, "label_selector"));
    std::vector<const Record*> images;
    for (const json::Value& image : catalogue_of(call.project).images) {
        if (fits(call.query, selector, image)) images.push_back(&image);
    }
    // The vendor's own first, then those of the project; the list is sorted after that.
    for (const auto& [id, image] : call.project.all("image")) {
        if (fits(call.query, selector, image)) images.push_back(&image);
    }
    return reply_page(call, "images", std::move(images), kSortIdNameCreated, view);
}

base::Result<Reply> show(ApiCall& call) {
    const json::Value* image = image_of(call.project, call.id);
    if (image == nullptr) return not_found("image");
    return Reply{.body = json::Object{{"image", view(call.project, *image)}}};
}

// One that the project made; the vendor's own cannot be changed.
// Asked in this order: the vendor's images have ids too, and "not found" would be wrong for them.
base::Result<const Record*> require_own(const ApiCall& call) {
    if (catalogue_of(call.project).image(call.id) != nullptr) {
        return refuse(403, "forbidden", "only snapshots and backups can be changed");
    }
    return require(call.project, kImages, call.id);
}

base::Result<Reply> update(ApiCall& call) {
    TRY(require_own(call));
    Body body(call.body);
    const auto description = body.text("description");
    const auto type = body.one_of("type", {"snapshot"});
    auto labels = body.labels();
    TRY(body.check());
    Record& image = call.project.edit("image", call.id);
    if (description) put(image, "description", *description);
    if (labels) put(image, "labels", std::move(*labels));
    if (type) {
        put(image, "type", *type);
        // A backup that becomes a snapshot outlives its server.
        put(image, "bound_to", nullptr);
    }
    return reply_one(call.project, kImages, call.id);
}

base::Result<Reply> remove(ApiCall& call) {
    const Record* image = TRY(require_own(call));
    TRY(require_unprotected(*image, kImages));
    TRY(require_free(call.project, "image", call.id));
    call.project.remove("image", call.id);
    return no_content();
}

base::Result<Reply> protect(ApiCall& call) {
    TRY(require_own(call));
    static constexpr std::string_view kDelete[] = {"delete"};
    return change_protection(call, kImages, kDelete);
}

constexpr Route kRoutes[] = {
    {"GET", "/images", list},
    {"GET", "/images/actions", all_actions_of<kImages>},
    {"GET", "/images/actions/{id:integer}", any_action_of<kImages>},
    {"GET", "/images/{id:integer}", show},
    {"PUT", "/images/{id:integer}", update},
    {"DELETE", "/images/{id:integer}", remove},
    {"GET", "/images/{id:integer}/actions", actions_of<kImages>},
    {"GET", "/images/{id:integer}/actions/{action_id:integer}", action_of<kImages>},
    {"POST", "/images/{id:integer}/actions/change_protection", protect},
};

constexpr Effect kEffects[] = {
    {.command = "create_image",
     .finish =
         [](Project& project, const json::Value& args) {
             const std::int64_t id = args.int64_or("image", 0);
             if (project.find("image", id) == nullptr) return;
             Record& image = project.edit("image", id);
             put(image, "status", "available");
             put(image, "image_size", 2.5);
         },
     // The image of a failed action is not left in "creating".
     .undo =
         [](Project& project, const json::Value& args) {
             const std::int64_t id = args.int64_or("image", 0);
             if (project.find("image", id) != nullptr) project.remove("image", id);
         }},
};

}

constexpr Family kImages{.type = "image",
                         .plural = "images",
                         .words = "image",
                         .sorts = kSortIdNameCreated,
                         .view = view};

const json::Value* image_of(const Project& project, std::int64_t id) {
    const json::Value* system = catalogue_of(project).image(id);
    return system != nullptr ? system : project.find("image", id);
}

json::Value view_image(const Project& project, std::int64_t id) {
    const json::Value* image = image_of(project, id);
    return image == nullptr ? json::Value() : json::Value(view(project, *image));
}

std::span<const Route> image_routes() { return kRoutes; }
std::span<const Effect> image_effects() { return kEffects; }

}
