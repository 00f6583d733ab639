#include "acme_cloud.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "net/http/url.hpp"
#include "providers/rest/signing.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

namespace conformance {
namespace {

using Json = json::Object;
using providers::rest::at_path;
using providers::rest::set_at;

constexpr std::size_t kPage = 2;

net::Response reply(int status, const json::Value& body = {}) {
    net::Response out{.status = status, .headers = {}, .body = {}};
    if (!body.is_null()) out.body = json::to_text(body);
    return out;
}

net::Response refuse(int status, const char* kind) {
    return reply(status, Json{{"error", Json{{"kind", kind}, {"detail", "as it is"}}}});
}

json::Value document_in(const net::Request& request) {
    auto document = json::parse(request.body);
    return document.ok() ? std::move(*document) : json::Value();
}

std::string query_value(std::string_view query, std::string_view name) {
    const auto fields = net::parse_query(query);
    if (!fields.ok()) return {};
    for (const auto& [key, value] : *fields) {
        if (key == name) return value;
    }
    return {};
}

// RFC 7396, as a server applies it.
void apply_patch(json::Value& target, const json::Value& patch) {
    if (!patch.is_object()) {
        target = patch;
        return;
    }
    if (!target.is_object()) target = Json{};
    for (const json::Member& member : *patch.as_object()) {
        if (member.value.is_null()) {
            target.as_object()->remove(member.key);
            continue;
        }
        json::Value* there = target.as_object()->find(member.key);
        if (there == nullptr) there = &target.as_object()->set(member.key, nullptr);
        apply_patch(*there, member.value);
    }
}

// The connection ends without a byte.
net::Answer dropped() {
    net::Answer out{net::Response{}};
    out.filter = [](std::string, std::string) {
        return net::Transmission{.parts = {}, .keeps_open = false};
    };
    return out;
}

bool is_signed(const net::Request& request) {
    const auto account = request.headers.find("X-Account");
    const auto date = request.headers.find("X-Date");
    const auto signature = request.headers.find("X-Signature");
    if (!account || !date || !signature) return false;
    const std::string key = std::string(*account) + "'s key";
    const std::string text = request.method + "\n" + request.target + "\n" + std::string(*date) +
                             "\n" + base::sha256_hex(request.body);
    return *signature == base::to_hex(providers::rest::hmac_sha256(key, text));
}

std::string etag_of(const json::Value& disk) {
    return "\"" + std::to_string(disk.int64_or("revision", 0)) + "\"";
}

bool has_name(const std::map<std::string, json::Value>& all, std::string_view name) {
    for (const auto& [key, object] : all) {
        if (object.string_or("name", "") == name) return true;
    }
    return false;
}

void add_field(json::Value& document) {
    if (json::Array* items = document.as_array()) {
        for (json::Value& item : *items) add_field(item);
    }
    json::Object* object = document.as_object();
    if (object == nullptr || object->find("key") != nullptr) return;   // a tag
    for (json::Member& member : *object) {
        const bool is_users_own =
            member.key == "labels" || member.key == "tags" || member.key == "options";
        if (!is_users_own) add_field(member.value);
    }
    object->set("since_next_year", Json{{"a", 1}});
}

json::Value decoy(int number) {
    return Json{{"ref", fmt::format("decoy-{}", number)},
                {"name", fmt::format("decoy {}", number)},
                {"state", "ready"},
                {"metadata", Json{}}};
}

}

std::shared_ptr<AcmeCloud> AcmeCloud::start() {
    auto cloud = std::make_shared<AcmeCloud>();
    AcmeCloud* self = cloud.get();
    cloud->server_ =
        net::Server::create({}, [self](const net::Request& request, const net::RequestContext&) {
            return self->handle(request);
        }).value();
    cloud->state_.with([](State& state) {
        for (const char* kind : {"disks", "records", "gateways"}) {
            for (int i = 0; i < kAcmeDecoys; ++i) {
                const std::string key = std::string(kind) == "records"
                                            ? fmt::format("a.test/decoy-{}", i)
                                            : fmt::format("decoy-{}", i);
                state.accounts["first"].kinds[kind][key] = decoy(i);
            }
        }
    });
    cloud->server_->start();
    return cloud;
}

net::Answer AcmeCloud::handle(const net::Request& request) {
    return state_.with([&](State& state) -> net::Answer {
        if (state.refusals_left > 0) {
            --state.refusals_left;
            return refuse(429, "too_fast");
        }
        if (!is_signed(request)) return refuse(401, "bad_signature");
        const bool is_create = request.method == "PUT" ||
                               (request.method == "POST" && (request.target == "/v2/disks" ||
                                                             request.target == "/gw/gateways"));
        const std::optional<Loss> loss = is_create ? std::exchange(state.loss, {}) : std::nullopt;
        if (loss == Loss::NeverActed) return dropped();
        if (loss == Loss::ActedLater) {
            state.kept = request;
            return dropped();
        }
        net::Response out = act(state, request);
        if (loss == Loss::ActedBefore) return dropped();
        auto document = json::parse(out.body);
        if (state.has_unknown_field && document.ok()) {
            add_field(*document);
            out.body = json::to_text(*document);
        }
        return out;
    });
}

net::Response AcmeCloud::act(State& state, const net::Request& request) {
    Account& account = state.accounts[std::string(request.headers.find("X-Account").value_or(""))];
    const std::string_view target = request.target;
    const std::size_t mark = target.find('?');
    const std::string_view query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    std::vector<std::string> parts;
    for (const std::string_view part : base::split(target.substr(1, mark - 1), '/')) {
        parts.push_back(net::percent_decode(part).value());
    }
    parts.resize(6);
    if (parts[0] == "v2" && parts[1] == "disks") return disks(state, account, request, parts[2]);
    if (parts[0] == "v2" && parts[1] == "operations") return operation(account, parts[2]);
    if (parts[0] == "gw" && parts[1] == "gateways") {
        return gateways(state, account, request, parts[2], query);
    }
    if (parts[0] == "dns" && parts[2] == "records") return list_records(account, query);
    if (parts[0] == "dns" && parts[2] == "zones" && parts[4] == "records") {
        return records(state, account, request, parts[3], parts[5]);
    }
    return refuse(404, "no_such_path");
}

net::Response AcmeCloud::operation(Account& account, const std::string& id) {
    const auto found = account.operations.find(id);
    if (found == account.operations.end()) return refuse(404, "gone");
    if (--found->second.polls_left > 0) return reply(200, Json{{"status", "running"}});
    account.kinds["disks"].erase(found->second.removes);
    return reply(200, Json{{"status", "succeeded"}});
}

net::Response AcmeCloud::patch_disk(json::Value& disk, const net::Request& request) {
    const auto condition = request.headers.find("If-Match");
    if (!condition) return refuse(428, "condition_required");
    // The first time, somebody else is always a little faster.
    if (!disk.bool_or("was_touched", false)) {
        disk.as_object()->set("was_touched", true);
        disk.as_object()->set("revision", disk.int64_or("revision", 0) + 1);
    }
    if (*condition != etag_of(disk)) return refuse(412, "was_changed");
    if (request.headers.find("Content-Type") != "application/merge-patch+json") {
        return refuse(415, "unknown_kind_of_patch");
    }
    apply_patch(disk, json::parse(request.body).value());
    disk.as_object()->set("revision", disk.int64_or("revision", 0) + 1);
    return reply(200, disk);
}

net::Response AcmeCloud::disks(State& state, Account& account, const net::Request& request,
                               std::string_view key) {
    Objects& all = account.kinds["disks"];
    const auto begin = [&](net::Response response, std::string removes) {
        const std::string id = std::to_string(++state.last_id);
        account.operations[id] = {.removes = std::move(removes)};
        response.headers.add("Operation-Location", "/v2/operations/" + id);
        return response;
    };
    if (key.empty() && request.method == "GET") {
        const std::size_t mark = request.target.find('?');
        const std::string from =
            query_value(mark == std::string::npos ? "" : request.target.substr(mark + 1), "from");
        json::Array page;
        auto at = from.empty() ? all.begin() : all.lower_bound(from);
        for (; at != all.end() && page.size() < kPage; ++at) page.push_back(at->second);
        net::Response out = reply(200, page);
        if (at != all.end()) {
            out.headers.add("Link", fmt::format("</v2/disks>; rel=\"first\", <http://{}/v2/disks?"
                                                "from={}>; rel=\"next\"",
                                                *request.headers.find("Host"), at->first));
        }
        return out;
    }
    if (key.empty()) {
        json::Value disk = json::parse(request.body).value();
        if (has_name(all, disk.string_or("name", ""))) return refuse(409, "name_taken");
        const std::string id = fmt::format("d-{}f", ++state.last_id);
        disk.as_object()->set("ref", id);
        disk.as_object()->set("serial", "S" + id);
        all[id] = disk;
        return begin(reply(202, disk), {});
    }
    const auto found = all.find(std::string(key));
    if (found == all.end()) return refuse(404, "no_such_disk");
    if (request.method == "PATCH") return patch_disk(found->second, request);
    if (request.method == "DELETE") return begin(reply(202), found->first);
    net::Response out = reply(200, found->second);
    out.headers.add("ETag", etag_of(found->second));
    return out;
}

net::Response AcmeCloud::list_records(Account& account, std::string_view query) {
    const Objects& all = account.kinds["records"];
    const std::string after = query_value(query, "after");
    json::Array page;
    auto at = after.empty() ? all.begin() : all.upper_bound(after);
    std::string last;
    for (; at != all.end() && page.size() < kPage; ++at) {
        json::Value shown = at->second;
        const auto parts = base::split(at->first, '/');
        shown.as_object()->set("zone", parts[0]);
        shown.as_object()->set("name", parts[1]);
        page.push_back(std::move(shown));
        last = at->first;
    }
    Json out{{"items", std::move(page)}};
    if (at != all.end()) out.set("page", Json{{"next", last}});
    return reply(200, std::move(out));
}

net::Response AcmeCloud::records(State&, Account& account, const net::Request& request,
                                 const std::string& zone, const std::string& name) {
    Objects& all = account.kinds["records"];
    const std::string key = zone + "/" + name;
    const auto found = all.find(key);
    const json::Value body = document_in(request);
    if (request.method == "PUT") {
        if (found != all.end() && request.headers.find("If-None-Match") == "*") {
            return refuse(412, "exists");
        }
        json::Value made = *body.find("record");
        made.as_object()->set("name", name);
        all[key] = made;
        return reply(201, Json{{"data", Json{{"record", made}}}});
    }
    if (found == all.end()) return refuse(404, "no_such_record");
    if (request.method == "DELETE") {
        all.erase(found);
        return reply(204);
    }
    if (request.method == "PATCH") {
        for (const json::Member& member : *body.find("changes")->as_object()) {
            found->second.as_object()->set(member.key, member.value);
        }
        return reply(200, Json{{"data", Json{{"record", found->second}}}});
    }
    return reply(200, Json{{"record", found->second}});
}

net::Response AcmeCloud::gateways(State& state, Account& account, const net::Request& request,
                                  std::string_view key, std::string_view query) {
    Objects& all = account.kinds["gateways"];
    const json::Value body = document_in(request);
    if (key.empty() && request.method == "GET") {
        const std::string offset = query_value(query, "offset");
        std::size_t skipped = offset.empty() ? 0 : std::stoul(offset);
        json::Array page;
        for (const auto& [id, gateway] : all) {
            if (skipped > 0) {
                --skipped;
            } else if (page.size() < kPage) {
                page.push_back(Json{{"ref", id},
                                    {"name", gateway.string_or("name", "")},
                                    {"metadata", *gateway.find("metadata")}});
            }
        }
        return reply(200, Json{{"gateways", Json{{"gateway", std::move(page)}}}});
    }
    if (key.empty()) {
        json::Value made = *body.find("gateway");
        if (has_name(all, made.string_or("name", ""))) return refuse(409, "name_taken");
        const std::string id = fmt::format("gw-{}", ++state.last_id);
        set_at(made, "ref", id);
        set_at(made, "state", "building");
        set_at(made, "metadata.version", 1);
        all[id] = made;
        return reply(201, Json{{"gateway", made}});
    }
    const auto found = all.find(std::string(key));
    if (found == all.end()) return refuse(404, "no_such_gateway");
    json::Value& gateway = found->second;
    const std::string now(gateway.string_or("state", ""));
    if (request.method == "GET") {
        const net::Response out = reply(200, Json{{"gateway", gateway}});
        // Each look is a step further.
        if (now == "deleting") all.erase(found);
        if (now == "building" || now == "changing") set_at(gateway, "state", "ready");
        return out;
    }
    if (now != "ready") return refuse(409, "busy");
    if (request.method == "DELETE") {
        set_at(gateway, "state", "deleting");
        return reply(202);
    }
    json::Value wanted = *body.find("gateway");
    const json::Value* version = at_path(wanted, "metadata.version");
    if (version == nullptr || *version != *at_path(gateway, "metadata.version")) {
        return refuse(409, "was_changed");
    }
    set_at(wanted, "metadata.version", *version->as_int64() + 1);
    set_at(wanted, "ref", found->first);
    set_at(wanted, "state", "changing");
    gateway = std::move(wanted);
    return reply(200, Json{{"gateway", gateway}});
}

}
