#include "sandbox_world.hpp"

#include "base/fs.hpp"
#include "base/random.hpp"
#include "sandbox/control/sandbox_folder.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>

namespace conformance {

class SandboxWorld::Process {
public:
    explicit Process(const char* cloud) : folder_(*base::make_temporary_directory(cloud)) {
        const char* binary = std::getenv("PROVISIONING_BINARY");
        auto started = folder_.start(binary != nullptr ? binary : "",
                                     {"--cloud", cloud, "--speed", "500", "--rate-limit", "0"});
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

    static std::shared_ptr<Process> shared(const char* cloud) {
        static std::map<std::string, std::weak_ptr<Process>> running;
        auto out = running[cloud].lock();
        if (!out) running[cloud] = out = std::make_shared<Process>(cloud);
        return out;
    }

private:
    sandbox::SandboxFolder folder_;
    sandbox::Info info_;
};

struct SandboxWorld::Wire {
    bool has_unknown_field = false;
    std::string keeps_next;   // the method; empty: nothing is kept
    std::optional<net::Request> under_way;
    void (*extend)(json::Value& answer) = nullptr;
};

namespace {

// Keeps a request back, or gives answers a field that nobody knows.
class WireTransport final : public net::Transport {
public:
    explicit WireTransport(std::shared_ptr<SandboxWorld::Wire> wire) : wire_(std::move(wire)) {}

    net::Exchange exchange(const net::Request& request,
                           const net::ExchangeOptions& options) override {
        if (!wire_->keeps_next.empty() && request.method == wire_->keeps_next) {
            wire_->keeps_next.clear();
            wire_->under_way = request;
            return {net::call_error(base::Code::DeadlineExceeded, "no answer came in time",
                                    net::Delivery::Unknown),
                    {}};
        }
        net::Exchange out = inner_.exchange(request, options);
        if (!wire_->has_unknown_field || !out.result.ok()) return out;
        auto document = json::parse(out.result->body);
        if (!document.ok()) return out;
        wire_->extend(*document);
        out.result->body = json::to_text(*document);
        return out;
    }

private:
    std::shared_ptr<SandboxWorld::Wire> wire_;
    net::CurlTransport inner_;
};

}

std::string random_digits(std::size_t count) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::vector<unsigned char> bytes(count);
    base::fill_random(std::as_writable_bytes(std::span(bytes)));
    std::string out;
    for (const unsigned char byte : bytes) out += kDigits[byte % 16];
    return out;
}

SandboxWorld::SandboxWorld(const SandboxedCloud& cloud)
    : cloud_(cloud), process_(Process::shared(cloud.name)), token_(cloud.new_token()),
      wire_(std::make_shared<Wire>()) {
    wire_->extend = cloud.extend;
    (void)process_->folder().ask("DELETE", "faults");
}

json::Value SandboxWorld::ask(std::string method, const std::string& path,
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

void SandboxWorld::fault(const json::Value& fault) const {
    (void)process_->folder().ask("POST", "faults", fault);
}

Connect SandboxWorld::connect_as(std::string token, std::string account) const {
    return
        [endpoint = process_->info().endpoint, token = std::move(token),
         account = std::move(account), wire = wire_, process = process_, connect = cloud_.connect] {
            value::Value secret(token);
            secret.mark_secret();
            value::Value settings(value::Value::Record{
                {"endpoint", endpoint},
                {"token", std::move(secret)},
                {"poll_interval", value::Rational::from_fraction(1, 200)},
            });
            // Either vendor's word for what tells accounts apart; the other's is no setting of it.
            if (!account.empty()) {
                settings.set("project", account);
                settings.set("account", account);
            }
            return connect(std::make_unique<WireTransport>(wire), settings, {});
        };
}

Connect SandboxWorld::connect() const { return connect_as(token_, {}); }

void SandboxWorld::lose(Loss loss, std::string path, std::string method) {
    if (loss == Loss::ActedLater) {
        wire_->keeps_next = method;
        return;
    }
    fault(json::Object{{"kind", "drop"},
                       {"method", std::move(method)},
                       {"path", std::move(path)},
                       {"times", 1},
                       {"when", loss == Loss::ActedBefore ? "after" : "before"}});
}

void SandboxWorld::deliver() {
    if (!wire_->under_way) return;
    net::CurlTransport transport;
    (void)transport.exchange(*wire_->under_way, {});
    wire_->under_way.reset();
}

void SandboxWorld::add_unknown_field() { wire_->has_unknown_field = true; }

}
