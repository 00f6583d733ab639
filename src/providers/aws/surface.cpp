#include "providers/aws/surface.hpp"

#include "base/text.hpp"
#include "net/http/url.hpp"
#include "providers/aws/protocol/protocol.hpp"
#include "providers/rest/tags.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::aws {
namespace {

// A read may be answered by a copy that has not heard of a change yet.
constexpr std::chrono::seconds kFresh{30};
constexpr std::chrono::milliseconds kPauseWhileFresh{500};
constexpr std::int64_t kPage = 1000;   // at most, where an operation names no limit
constexpr std::string_view kActions = "actions";
constexpr std::string_view kOperation = "/operation/";

// Through lists: "Reservations.Instances".
void collect(json::Value& document, std::string_view path, json::Array& out) {
    if (json::Array* items = document.as_array()) {
        for (json::Value& item : *items) collect(item, path, out);
        return;
    }
    if (path.empty()) {
        if (document.is_object()) out.push_back(std::move(document));
        return;
    }
    const std::size_t dot = path.find('.');
    json::Object* object = document.as_object();
    json::Value* member = object != nullptr ? object->find(path.substr(0, dot)) : nullptr;
    if (member == nullptr) return;
    collect(*member, dot == std::string_view::npos ? "" : path.substr(dot + 1), out);
}

json::Array objects_in(json::Value& document, const ServiceObject& object) {
    json::Array out;
    collect(document, object.items, out);
    if (object.is_gone != nullptr) std::erase_if(out, object.is_gone);
    return out;
}

// AWS's own tags (aws:cloudformation:stack-id) are neither ours nor to be changed.
void drop_reserved_tags(json::Value& object) {
    json::Object* members = object.as_object();
    json::Value* tags = members != nullptr ? members->find("Tags") : nullptr;
    json::Array* entries = tags != nullptr ? tags->as_array() : nullptr;
    if (entries == nullptr) return;
    std::erase_if(*entries, [](const json::Value& one) {
        return one.string_or("Key", "").starts_with("aws:");
    });
}

// Of an object, or the document that one is made with.
std::string token_in(const json::Value& object) {
    const rest::Labels labels = rest::labels_of(
        {.form = rest::Tagging::Form::List, .member = "Tags", .key = "Key", .value = "Value"},
        object);
    const auto token = labels.find(std::string(rest::kTokenTag));
    return token != labels.end() ? token->second : std::string();
}

bool is_absent(const base::Result<void>& looked) {
    return !looked.ok() && rest::is_absent(looked.error());
}

rest::Answer answer_with(json::Value document) {
    return {.status = 200, .headers = {}, .body = std::move(document), .url = {}};
}

base::Error not_shown_yet(const ServiceObject& object, const std::string& key) {
    constexpr int kNotFound = 404;
    return net::budget_spent(fmt::format("AWS does not show the {} {} yet", object.noun, key),
                             kNotFound, kPauseWhileFresh);
}

// Whatever is wrong with what we send ourselves.
base::Error not_sent(base::Error error, std::string_view operation) {
    return rest::without_effect(base::Error(base::Code::Internal, error.text()))
        .with_context(fmt::format("preparing {}", operation));
}

}

Surface::Surface(Endpoints endpoints, Keys keys, std::span<const ServiceObject* const> objects,
                 const base::Clock& clock)
    : endpoints_(std::move(endpoints)), keys_(std::move(keys)), objects_(objects), clock_(clock) {}

const net::Sign& Surface::signer(const ServiceModel& model, const std::string& region) const {
    return signers_.with([&](auto& signers) -> const net::Sign& {
        net::Sign& known = signers[model.signing_name + "/" + region];
        if (!known) {
            known = v4_signer(keys_, {.region = region, .service = model.signing_name}, clock_);
        }
        return known;   // entries of a map stay where they are
    });
}

base::Result<json::Value> Surface::invoke(std::string_view service, std::string_view operation,
                                          json::Object parameters, const Exchange& exchange) const {
    const ServiceModel& model = service_model(service);
    const Operation* known = model.operation(operation);
    if (known == nullptr) return not_sent(base::not_found("no such operation"), operation);
    auto request = encode(model, *known, std::move(parameters));
    if (!request.ok()) return not_sent(std::move(request).error(), operation);
    auto endpoint = endpoints_.of(service);
    if (!endpoint.ok()) return rest::without_effect(std::move(endpoint).error());
    request->target = endpoint->url + known->uri;
    const net::Response response = TRY(exchange(*request, signer(model, endpoint->region)));
    auto document = decode(model, *known, response);
    if (document.ok()) return document;
    // It was done, and what it did cannot be read.
    return base::Error(base::Code::Unavailable,
                       fmt::format("AWS answered {} with what is not read: {}", operation,
                                   document.error().text()));
}

base::Result<Surface::Target> Surface::target_of(std::string_view path) const {
    Target out;
    const std::size_t mark = path.find('?');
    if (mark != std::string_view::npos) {
        for (auto& [name, value] : TRY(net::parse_query(path.substr(mark + 1)))) {
            out.query.emplace(std::move(name), std::move(value));
        }
    }
    const std::string_view place = path.substr(0, mark);
    for (const ServiceObject* object : objects_) {
        if (!place.starts_with(object->path)) continue;
        const std::string_view below = place.substr(object->path.size());
        if (!below.empty() && below[0] != '/') continue;
        out.object = object;
        const auto parts = base::split(below, '/');
        if (parts.size() > 1) out.key = TRY(net::percent_decode(parts[1]));
        if (parts.size() > 3 && parts[2] == kActions) out.action = parts[3];
        return out;
    }
    return base::not_found(fmt::format("no object at {}", place));
}

void Surface::made(const std::string& key) const {
    fresh_.with([&](auto& fresh) { fresh[key] = clock_.elapsed() + kFresh; });
}

void Surface::seen_or_gone(const std::string& key) const {
    fresh_.with([&](auto& fresh) { fresh.erase(key); });
}

bool Surface::is_fresh(const std::string& key) const {
    return fresh_.with([&](auto& fresh) {
        const auto known = fresh.find(key);
        if (known == fresh.end()) return false;
        if (clock_.elapsed() < known->second) return true;
        fresh.erase(known);
        return false;
    });
}

base::Result<void> Surface::look_further(const ServiceObject& object, json::Value& shown,
                                         const Exchange& exchange) const {
    for (const FurtherLook& look : object.further) {
        json::Object parameters{{object.id, shown.string_or(object.id, "")},
                                {look.parameter, look.value}};
        json::Value answer =
            TRY(invoke(object.service, look.operation, std::move(parameters), exchange));
        if (json::Value* told = answer.as_object()->find(look.takes)) {
            shown.as_object()->set(look.takes, std::move(*told));
        }
    }
    return {};
}

base::Result<json::Value> Surface::get(const Target& target, const Exchange& exchange) const {
    const ServiceObject& object = *target.object;
    json::Object parameters = object.describe_with;
    parameters.set(object.ids, json::Array{target.key});
    auto answer = invoke(object.service, object.describe, std::move(parameters), exchange);
    if (!answer.ok() && !rest::is_absent(answer.error())) return std::move(answer).error();
    json::Array found = answer.ok() ? objects_in(*answer, object) : json::Array{};
    if (found.empty() && is_fresh(target.key)) {
        return not_shown_yet(object, target.key);
    }
    if (found.empty()) {
        if (!answer.ok()) return std::move(answer).error();
        return rest::absent("NotFound", fmt::format("there is no {} {}", object.noun, target.key));
    }
    drop_reserved_tags(found[0]);
    auto looked = look_further(object, found[0], exchange);
    if (is_absent(looked) && is_fresh(target.key)) return not_shown_yet(object, target.key);
    TRY(std::move(looked));
    seen_or_gone(target.key);
    return std::move(found[0]);
}

base::Result<json::Value> Surface::list(const Target& target, const Exchange& exchange) const {
    const ServiceObject& object = *target.object;
    const Operation* describe = service_model(object.service).operation(object.describe);
    json::Object parameters = object.describe_with;
    if (const auto tag = target.query.find("tag"); tag != target.query.end()) {
        const auto is = target.query.find("is");
        const std::string value = is != target.query.end() ? is->second : std::string();
        // The one name, or the other.
        const bool has_filters = describe->input->member("Filters") != nullptr;
        parameters.set(has_filters ? "Filters" : "Filter",
                       json::Array{json::Object{{"Name", "tag:" + tag->second},
                                                {"Values", json::Array{value}}}});
    }
    if (const auto page = target.query.find("page"); page != target.query.end()) {
        parameters.set("NextToken", page->second);
    }
    if (const ShapeUse* most = describe->input->member("MaxResults")) {
        parameters.set("MaxResults", most->most > 0 ? std::min(most->most, kPage) : kPage);
    }
    json::Value answer =
        TRY(invoke(object.service, object.describe, std::move(parameters), exchange));
    json::Object out;
    if (const json::Value* next = answer.find("NextToken")) out.set("next", *next);
    json::Array items;
    for (json::Value& item : objects_in(answer, object)) {
        drop_reserved_tags(item);
        auto looked = look_further(object, item, exchange);
        // Another copy may not have heard of it yet.
        if (is_absent(looked)) looked = look_further(object, item, exchange);
        // It went meanwhile. One of ours is not left out for that: it would be made again.
        if (is_absent(looked) && token_in(item).empty()) continue;
        if (is_absent(looked)) {
            return base::Error(base::Code::Unavailable,
                               fmt::format("AWS lists the {} {} and does not show it", object.noun,
                                           item.string_or(object.id, "")));
        }
        TRY(std::move(looked));
        items.push_back(std::move(item));
    }
    out.set("items", std::move(items));
    return json::Value(std::move(out));
}

base::Result<rest::Answer> Surface::create(const Target& target, const json::Value& body,
                                           const Exchange& exchange) const {
    const ServiceObject& object = *target.object;
    const Operation* create = service_model(object.service).operation(object.create);
    json::Object parameters = object.create_with;
    for (const json::Member& member : *body.as_object()) parameters.set(member.key, member.value);
    if (json::Value* tags = parameters.find("Tags"); tags != nullptr && !object.tagged_as.empty()) {
        const std::string token = token_in(body);
        json::Value all = std::move(*tags);
        parameters.remove("Tags");
        parameters.set("TagSpecifications",
                       json::Array{json::Object{{"ResourceType", object.tagged_as},
                                                {"Tags", std::move(all)}}});
        for (const ShapeUse& use : create->input->members) {
            if (use.is_token && !token.empty()) parameters.set(use.member, token);
        }
    }
    json::Value answer =
        TRY(invoke(object.service, object.create, std::move(parameters), exchange));
    json::Array found;
    collect(answer, object.created, found);
    const std::string key(found.empty() ? "" : found[0].string_or(object.id, ""));
    if (key.empty()) return answer_with(json::Value());
    made(key);
    // It is there, whatever becomes of a look that would show the rest of it: then the next one
    // does.
    if (!object.shows_created || !look_further(object, found[0], exchange).ok()) {
        rest::Answer place = answer_with(json::Value());
        place.status = 201;
        place.headers.add("Location", object.path + "/" + key);
        return place;
    }
    drop_reserved_tags(found[0]);
    return answer_with(std::move(found[0]));
}

// The wanted tags are all: what is there and not among them goes.
base::Result<json::Value> Surface::tag(const Target& target, const json::Value& body,
                                       const Exchange& exchange) const {
    const ServiceObject& object = *target.object;
    const rest::Tagging tagging{
        .form = rest::Tagging::Form::List, .member = "Tags", .key = "Key", .value = "Value"};
    const json::Value now = TRY(get(target, exchange));
    const rest::Labels wanted = rest::labels_of(tagging, body);
    json::Array gone;
    for (const auto& [name, value] : rest::labels_of(tagging, now)) {
        if (!wanted.contains(name)) gone.push_back(json::Object{{"Key", name}});
    }
    const json::Value resources = json::Array{target.key};
    if (!wanted.empty()) {
        TRY(invoke(object.service, "CreateTags",
                   {{"Resources", resources}, {"Tags", rest::labels_to_json(tagging, wanted)}},
                   exchange));
    }
    if (!gone.empty()) {
        auto removed = invoke(object.service, "DeleteTags",
                              {{"Resources", resources}, {"Tags", std::move(gone)}}, exchange);
        if (!removed.ok()) return rest::after_effect(std::move(removed).error());
    }
    return json::Value();
}

base::Result<json::Value> Surface::act(const Target& target, const std::string& operation,
                                       json::Object parameters, const Exchange& exchange) const {
    const ServiceObject& object = *target.object;
    const Operation* known = service_model(object.service).operation(operation);
    // Under the name of the object's id, or as the one of its ids that it takes.
    if (known != nullptr && known->input != nullptr) {
        const ShapeUse* one = known->input->member(object.id);
        const ShapeUse* many = known->input->member(object.ids);
        if (one != nullptr) {
            if (parameters.find(object.id) == nullptr) parameters.set(object.id, target.key);
        } else if (many != nullptr) {
            parameters.set(object.ids, json::Array{target.key});
        }
    }
    TRY(invoke(object.service, operation, std::move(parameters), exchange));
    return json::Value();
}

base::Result<rest::Answer> Surface::by_own_calls(const rest::Call& call, const Target& target,
                                                 const Exchange& exchange) const {
    const OwnCalls& own = *target.object->own;
    const OwnCalls::Invoke invoke_of = [&](std::string_view operation, json::Object parameters) {
        return invoke(target.object->service, operation, std::move(parameters), exchange);
    };
    if (call.method == "GET" && target.key.empty()) {
        const auto page = target.query.find("page");
        return answer_with(
            TRY(own.list(page != target.query.end() ? page->second : "", invoke_of)));
    }
    if (call.method == "GET") {
        auto shown = own.read(target.key, invoke_of);
        if (!shown.ok() && rest::is_absent(shown.error()) && is_fresh(target.key)) {
            return not_shown_yet(*target.object, target.key);
        }
        if (!shown.ok()) return std::move(shown).error();
        drop_reserved_tags(*shown);
        seen_or_gone(target.key);
        return answer_with(std::move(*shown));
    }
    if (call.method == "DELETE") {
        seen_or_gone(target.key);
        TRY(own.remove(target.key, invoke_of));
    } else if (target.key.empty()) {
        TRY(own.create(call.body, invoke_of));
        made(std::string(call.body.string_or(target.object->id, "")));
    } else {
        TRY(own.update(target.key, call.body, invoke_of));
    }
    return answer_with(json::Value());
}

base::Result<rest::Answer> Surface::dispatch(const rest::Call& call,
                                             const Exchange& exchange) const {
    const json::Object* body = call.body.as_object();
    if (call.path.starts_with(kOperation)) {
        const auto parts = base::split(std::string_view(call.path).substr(kOperation.size()), '/');
        if (parts.size() != 2) return not_sent(base::not_found(call.path), call.path);
        return answer_with(
            TRY(invoke(parts[0], parts[1], body != nullptr ? *body : json::Object(), exchange)));
    }
    auto target = target_of(call.path);
    if (!target.ok()) return not_sent(std::move(target).error(), call.path);
    if (target->object->own) return by_own_calls(call, *target, exchange);
    if (call.method == "GET") {
        return answer_with(
            TRY(target->key.empty() ? list(*target, exchange) : get(*target, exchange)));
    }
    if (call.method == "DELETE") {
        // From here on it may be gone at once.
        seen_or_gone(target->key);
        return answer_with(TRY(act(*target, target->object->remove, {}, exchange)));
    }
    if (body == nullptr) return not_sent(base::invalid_argument("no document"), call.path);
    if (call.method == "PUT") return answer_with(TRY(tag(*target, call.body, exchange)));
    if (target->key.empty()) return create(*target, call.body, exchange);
    const std::string operation = target->action.substr(0, target->action.find('.'));
    return answer_with(TRY(act(*target, operation, *body, exchange)));
}

base::Result<rest::Answer> Surface::send(const rest::Call& call, const Exchange& exchange) const {
    auto answer = dispatch(call, exchange);
    // One that is only told to come again is no failure of the call.
    if (answer.ok() || net::is_budget_spent(answer.error())) return answer;
    return std::move(answer).error().with_context(call.what);
}

}
