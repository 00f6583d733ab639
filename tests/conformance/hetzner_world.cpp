#include "hetzner_world.hpp"

#include "base/fs.hpp"
#include "base/random.hpp"
#include "providers/hetzner/provider.hpp"
#include "sandbox/control/sandbox_folder.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace conformance {

class HetznerWorld::Process {
public:
    Process() : folder_(*base::make_temporary_directory("hetzner")) {
        const char* binary = std::getenv("PROVISIONING_BINARY");
        auto started =
            folder_.start(binary != nullptr ? binary : "", {"--speed", "500", "--rate-limit", "0"});
        if (!started.ok()) {
            std::fprintf(stderr, "%s\n", started.error().text().c_str());
            std::exit(1);
        }
        info_ = *started;
    }
    ~Process() {
        (void)folder_.stop();
        (void)base::remove_tree(folder_.folder());
    }

    const sandbox::Info& info() const { return info_; }
    const sandbox::SandboxFolder& folder() const { return folder_; }

    static std::shared_ptr<Process> shared() {
        static std::weak_ptr<Process> running;
        auto out = running.lock();
        if (!out) running = out = std::make_shared<Process>();
        return out;
    }

private:
    sandbox::SandboxFolder folder_;
    sandbox::Info info_;
};

struct HetznerWorld::Wire {
    bool has_unknown_field = false;
    bool keeps_next = false;
    std::optional<net::Request> under_way;
};

namespace {

std::string new_token() {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    unsigned char bytes[32];
    base::fill_random(std::as_writable_bytes(std::span(bytes)));
    std::string out;
    for (const unsigned char byte : bytes) {
        out += kDigits[byte / 16];
        out += kDigits[byte % 16];
    }
    return out;
}

// Keeps a request back, or gives answers a field that nobody knows.
class WireTransport final : public net::Transport {
public:
    explicit WireTransport(std::shared_ptr<HetznerWorld::Wire> wire) : wire_(std::move(wire)) {}

    net::Exchange exchange(const net::Request& request,
                           const net::ExchangeOptions& options) override {
        if (wire_->keeps_next && request.method == "POST") {
            wire_->keeps_next = false;
            wire_->under_way = request;
            return {net::call_error(base::Code::DeadlineExceeded, "no answer came in time",
                                    net::Delivery::Unknown),
                    {}};
        }
        net::Exchange out = inner_.exchange(request, options);
        if (!wire_->has_unknown_field || !out.result.ok()) return out;
        auto document = json::parse(out.result->body);
        if (!document.ok()) return out;
        // Labels are the user's own: a field there would not be the platform's.
        if (json::Object* object = document->as_object()) {
            for (json::Member& member : *object) {
                const auto extend = [](json::Value& one) {
                    if (json::Object* thing = one.as_object()) {
                        thing->set("since_next_year", json::Object{{"a", 1}});
                    }
                };
                extend(member.value);
                if (json::Array* items = member.value.as_array()) {
                    for (json::Value& item : *items) extend(item);
                }
            }
            object->set("since_next_year", 1);
        }
        out.result->body = json::to_text(*document);
        return out;
    }

private:
    std::shared_ptr<HetznerWorld::Wire> wire_;
    net::CurlTransport inner_;
};

}

HetznerWorld::HetznerWorld()
    : process_(Process::shared()), token_(new_token()), wire_(std::make_shared<Wire>()) {
    (void)process_->folder().ask("DELETE", "faults");
}

json::Value HetznerWorld::ask(std::string method, const std::string& path,
                              const json::Value& body) const {
    net::CurlTransport transport;
    net::Request request{.method = std::move(method),
                         .target = process_->info().endpoint + path,
                         .headers = {{"Authorization", "Bearer " + token_}},
                         .body = {}};
    if (!body.is_null()) request.body = json::to_text(body);
    const net::Exchange exchange = transport.exchange(request, {});
    if (!exchange.result.ok()) return {};
    if (exchange.result->status >= 300) {
        std::fprintf(stderr, "%s %s: %s\n", request.method.c_str(), path.c_str(),
                     exchange.result->body.c_str());
    }
    auto document = json::parse(exchange.result->body);
    return document.ok() ? std::move(document).value() : json::Value();
}

void HetznerWorld::wait_for(const json::Value& answer) const {
    const auto wait = [&](const json::Value* action) {
        if (action == nullptr || !action->is_object()) return;
        const std::string path = "/actions/" + std::to_string(action->int64_or("id", 0));
        for (;;) {
            const json::Value now = ask("GET", path);
            const json::Value* shown = now.find("action");
            if (shown == nullptr || shown->string_or("status", "") != "running") return;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    };
    wait(answer.find("action"));
    for (const char* list : {"actions", "next_actions"}) {
        const json::Value* actions = answer.find(list);
        if (actions == nullptr || !actions->is_array()) continue;
        for (const json::Value& action : *actions->as_array()) wait(&action);
    }
}

json::Value HetznerWorld::make(const std::string& path, const json::Value& body) const {
    json::Value answer = ask("POST", path, body);
    wait_for(answer);
    return answer;
}

int HetznerWorld::count(std::string_view plural) const {
    const json::Value answer = ask("GET", "/" + std::string(plural) + "?per_page=50");
    const json::Value* items = answer.find(plural);
    return items != nullptr && items->is_array() ? static_cast<int>(items->as_array()->size()) : -1;
}

std::string HetznerWorld::id_of_first(std::string_view plural) const {
    const json::Value answer = ask("GET", "/" + std::string(plural));
    const json::Value* items = answer.find(plural);
    if (items == nullptr || !items->is_array() || items->as_array()->empty()) return "0";
    return std::to_string(items->as_array()->front().int64_or("id", 0));
}

void HetznerWorld::fault(const json::Value& fault) const {
    (void)process_->folder().ask("POST", "faults", fault);
}

Connect HetznerWorld::connect_as(std::string token, std::string project) const {
    return [endpoint = process_->info().endpoint, token = std::move(token),
            project = std::move(project), wire = wire_, process = process_] {
        value::Value secret(token);
        secret.mark_secret();
        value::Value settings(value::Value::Record{
            {"endpoint", endpoint},
            {"token", std::move(secret)},
            {"poll_interval", value::Rational::from_fraction(1, 200)},
        });
        if (!project.empty()) settings.set("project", project);
        return providers::hetzner::connect_over(std::make_unique<WireTransport>(wire), settings,
                                                {});
    };
}

Connect HetznerWorld::connect() const { return connect_as(token_, {}); }

void HetznerWorld::lose(Loss loss, std::string path) {
    if (loss == Loss::ActedLater) {
        wire_->keeps_next = true;
        return;
    }
    fault(json::Object{{"kind", "drop"},
                       {"method", "POST"},
                       {"path", std::move(path)},
                       {"times", 1},
                       {"when", loss == Loss::ActedBefore ? "after" : "before"}});
}

void HetznerWorld::deliver() {
    if (!wire_->under_way) return;
    net::CurlTransport transport;
    (void)transport.exchange(*wire_->under_way, {});
    wire_->under_way.reset();
}

void HetznerWorld::add_unknown_field() { wire_->has_unknown_field = true; }

}
