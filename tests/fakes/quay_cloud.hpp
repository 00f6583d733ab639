#pragma once

#include "sandbox/kit/api_cloud.hpp"
#include "sandbox/kit/family.hpp"
#include "sandbox/kit/paging.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

// A cloud that does not exist, as unlike Hetzner's as the kit allows: keys in a header of its own,
// ids that are texts, lists by token or offset, flat errors, and operations that its boxes name.
namespace fakes::quay {

using namespace sandbox;

inline json::Value view_box(const Project& project, const Record& box) {
    json::Object out = public_part(box);
    json::Object shown;
    for (const auto& [key, value] : out) {
        if (key != "id") shown.set(key, value);
    }
    shown.set("isBusy", is_locked(project, "box", id_of(box)));
    return shown;
}

inline constexpr Family kBoxes{.type = "box",
                               .plural = "boxes",
                               .words = "Box",
                               .sorts = {},
                               .view = view_box};
inline constexpr FilterNames kFilters{.name = "label", .selector = "where"};
inline constexpr PageSizes kPages{.usual = 2, .largest = 3};

inline json::Array views(const ApiCall& call, const std::vector<const Record*>& records) {
    json::Array out;
    for (const Record* record : records) out.push_back(view_box(call.project, *record));
    return out;
}

inline base::Result<Reply> list_boxes(ApiCall& call) {
    const TokenPage page = TRY(page_by_token(call, "continue", "limit", kPages,
                                             TRY(select_records(call, kBoxes, kFilters))));
    return Reply{.body =
                     json::Object{{"items", views(call, page.records)}, {"continue", page.next}}};
}

inline base::Result<Reply> list_old_boxes(ApiCall& call) {
    const OffsetPage page = TRY(page_by_offset(call, "offset", "limit", kPages,
                                               TRY(select_records(call, kBoxes, kFilters))));
    return Reply{.body = json::Object{{"boxes", views(call, page.records)}},
                 .headers = {{"Total-Count", std::to_string(page.total)}}};
}

inline base::Result<Reply> create_box(ApiCall& call) {
    Project& project = call.project;
    BodyReader body(call.body, project.api.words());
    const std::string name = body.required_text("name");
    const std::string size = body.one_of("size", {"small", "large"}).value_or("small");
    const json::Value labels = body.labels().value_or(json::Object{});
    TRY(body.check());
    TRY(require_new_name(project, kBoxes, name));
    TRY(require_quota(project, kBoxes));
    const std::int64_t id = project.next_id();
    project.add("box", json::Object{{"id", id},
                                    {"uuid", project.draw_uuid()},
                                    {"name", name},
                                    {"size", size},
                                    {"labels", labels},
                                    {"state", "filling"}});
    begin_action(project, {.command = "fill",
                           .resources = {{"box", id}},
                           .duration = std::chrono::seconds(5),
                           .args = json::Object{{"box", id}}});
    return Reply{.status = 202, .body = view_box(project, *project.find("box", id))};
}

inline base::Result<Reply> show_box(ApiCall& call) {
    const Record* box = TRY(require_by(call.project, kBoxes, "uuid", call.parameters.text("uuid")));
    return Reply{.body = view_box(call.project, *box)};
}

inline base::Result<Reply> delete_box(ApiCall& call) {
    const Record* box = TRY(require_by(call.project, kBoxes, "uuid", call.parameters.text("uuid")));
    TRY(require_free(call.project, "box", id_of(*box)));
    call.project.remove("box", id_of(*box));
    return Reply{.status = 204};
}

inline void set_state(Project& project, const json::Value& args, std::string_view state) {
    const std::int64_t id = args.int64_or("box", 0);
    if (project.find("box", id) != nullptr) put(project.edit("box", id), "state", state);
}

class QuayApi final : public Api {
public:
    std::string_view base_path() const override { return "/api/quay"; }
    std::span<const std::span<const Route>> routes() const override {
        static constexpr Route kRoutes[] = {{"GET", "/boxes", list_boxes},
                                            {"POST", "/boxes", create_box},
                                            {"GET", "/boxes/{uuid}", show_box},
                                            {"DELETE", "/boxes/{uuid}", delete_box},
                                            {"GET", "/v0/boxes", list_old_boxes}};
        static constexpr std::span<const Route> kAll[] = {kRoutes};
        return kAll;
    }
    const Effect* find_effect(std::string_view command) const override {
        static constexpr Effect kFill{
            .command = "fill",
            .finish = [](Project& p, const json::Value& args) { set_state(p, args, "full"); },
            .undo = [](Project& p, const json::Value& args) { set_state(p, args, "broken"); }};
        return command == "fill" ? &kFill : nullptr;
    }
    std::span<const std::string_view> counted_types() const override {
        static constexpr std::string_view kAll[] = {"box"};
        return kAll;
    }

    std::string token_of(const net::Request& request) const override {
        return std::string(request.headers.find("X-Quay-Key").value_or(""));
    }
    bool is_token(std::string_view token) const override { return token.starts_with("key-"); }

    base::Error refuse(Reason reason, const Subject& subject) const override {
        using sandbox::refuse;
        const std::string words(subject.words);
        switch (reason) {
            case Reason::Unauthenticated: return refuse(403, "NoKey", "who is this?");
            case Reason::ReadOnlyToken: return refuse(403, "ReadOnly", "look, do not touch");
            case Reason::NoPath: return refuse(404, "NoSuchPage", "no such page");
            case Reason::NoMethod: return refuse(400, "NoSuchVerb", "no such verb");
            case Reason::BadQuery:
            case Reason::BadBody: return refuse(400, "Unreadable", "unreadable");
            case Reason::RateLimited: return refuse(503, "SlowDown", "slow down");
            case Reason::NotFound: return refuse(404, "No" + words, "no such " + words);
            case Reason::NameTaken: return refuse(400, words + "Exists", "the name is taken");
            case Reason::OverQuota: return refuse(402, "Full", "no more of " + words);
            case Reason::Busy: return refuse(409, "Busy", "try later");
        }
        UNREACHABLE();
    }
    const BodyWords& words() const override {
        static constexpr BodyWords kWords{.reserved_labels = "quay/", .invalid = invalid};
        return kWords;
    }
    std::string_view code_of(int status) const override {
        return status == 503 ? "SlowDown" : "Broken";
    }
    json::Value body_of(const Refusal& refusal) const override {
        return json::Object{{"reason", refusal.code}, {"text", refusal.message}};
    }
    void add_headers(net::Headers& headers, const Bucket& rate) const override {
        headers.set("X-Calls-Left", std::to_string(rate.left()));
    }

private:
    static base::Error invalid(std::vector<FieldProblem> problems) {
        return sandbox::refuse(400, "Invalid", problems[0].field + " " + problems[0].message);
    }
};

inline base::Result<std::unique_ptr<Cloud>> make(CloudOptions options) {
    return make_api_cloud(std::make_unique<QuayApi>(), std::move(options));
}

}
