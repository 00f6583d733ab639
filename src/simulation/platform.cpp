#include "simulation/world.hpp"

#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

// How the platform ails: as a whole, in a part, and in what its lists show.
namespace simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// "servers" of "/v1/servers/17/actions?page=2".
std::string_view collection_of(std::string_view target) {
    constexpr std::string_view kBase = "/v1/";
    if (!target.starts_with(kBase)) return {};
    target.remove_prefix(kBase.size());
    return target.substr(0, target.find_first_of("/?"));
}

// Whether it asks for the things of a collection, and not for one.
bool is_list(const net::Request& request) {
    const std::string_view path =
        std::string_view(request.target).substr(0, request.target.find('?'));
    return request.method == "GET" && path.ends_with(collection_of(request.target));
}

}

bool World::is_cut_off() {
    if (scheduler_.elapsed() < cut_off_until_) return true;
    if (!happens("outage")) return false;
    cut_off_until_ = scheduler_.elapsed() + std::chrono::seconds(1 + draw(400));
    tell("an outage of the platform begins");
    return true;
}

void World::end_budget() {
    sandbox::CloudSettings settings = cloud_->settings();
    settings.rate_limit = 0;
    cloud_->set(settings);
}

bool World::is_cloud_down() {
    if (scheduler_.elapsed() < down_until_) return true;
    if (!happens("cloud_restarts")) return false;
    down_until_ = scheduler_.elapsed() + milliseconds(draw(120'000));
    ++cloud_restarts_;
    tell("the cloud dies, and begins anew");
    return true;
}

// A collection's reads, or its changes, and nothing else: what is done about one request is not
// stopped by the same at the next.
int World::status_of_outage(const net::Request& request) {
    // 200: what a gateway says, and is no answer to what was asked.
    constexpr std::array kStatuses{403, 423, 500, 503, 200};
    const bool is_read = request.method == "GET";
    const std::string_view collection = collection_of(request.target);
    if (scheduler_.elapsed() >= part_outage_.until) {
        if (!happens("part_outage")) return 0;
        part_outage_ = {.collection = std::string(collection),
                        .is_of_reads = is_read,
                        .status = kStatuses[draw(kStatuses.size())],
                        .until = scheduler_.elapsed() + seconds(1 + draw(300))};
        tell(fmt::format("{} of {} are refused for a while: {}", is_read ? "reads" : "changes",
                         collection, part_outage_.status));
    }
    const bool fits = part_outage_.collection == collection && part_outage_.is_of_reads == is_read;
    return fits ? part_outage_.status : 0;
}

net::Response World::arrive(const net::Request& request, const std::string& process,
                            const sandbox::ActionFault* fault) {
    net::Response response = cloud_->answer(request, fault);
    arrivals_.push_back({.time = scheduler_.elapsed(),
                         .process = process,
                         .method = request.method,
                         .target = request.target,
                         .body = request.body,
                         .status = response.status,
                         .answer = response.body});
    if (faults_.has("misses_new") || !shown_from_.empty()) hide_what_is_new(request, response);
    return response;
}

void World::hide_what_is_new(const net::Request& request, net::Response& response) {
    const std::string collection(collection_of(request.target));
    const bool makes = request.method == "POST" && response.status == 201;
    if (!makes && !is_list(request)) return;
    auto body = json::parse(response.body);
    if (!body.ok() || !body->is_object()) return;
    if (makes) {
        if (!happens("misses_new")) return;
        // "server" of {"server": {"id": 17, …}, "action": …}.
        for (const json::Member& member : *body->as_object()) {
            if (!collection.starts_with(member.key) || !member.value.is_object()) continue;
            const std::string thing =
                fmt::format("{}/{}", collection, member.value.int64_or("id", 0));
            shown_from_[thing] = scheduler_.elapsed() + milliseconds(1 + draw(2'300));
        }
        return;
    }
    json::Value* listed = body->as_object()->find(collection);
    if (listed == nullptr || listed->as_array() == nullptr) return;
    const auto gone = std::erase_if(*listed->as_array(), [&](const json::Value& thing) {
        const auto from =
            shown_from_.find(fmt::format("{}/{}", collection, thing.int64_or("id", 0)));
        return from != shown_from_.end() && scheduler_.elapsed() < from->second;
    });
    if (gone == 0) return;
    tell(fmt::format("{} of {} are not shown yet", gone, collection));
    response.body = json::to_text(*body);
}

}
