#pragma once

#include "base/guarded.hpp"
#include "net/server/server.hpp"
#include "suite.hpp"
#include "json/value.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace conformance {

inline constexpr int kAcmeDecoys = 3;   // of each kind, made by others

// A made-up cloud that has nothing of Hetzner's ways; acme_types.cpp says how a provider is told of
// them. A server in this process, empty but for one account's decoys, so that lists have pages.
//
// - Requests are signed: a digest over method, path, query, time and body.
// - Disks: /v2/disks, bare documents, PATCH by RFC 7396 under If-Match, pages by Link header, tags
//   as a list; making and deleting goes on behind a URL in the header Operation-Location.
// - Records: /dns/v1/zones/{zone}/records/{name}, made by PUT, an envelope of its own for each
//   verb, pages by token; the record does not say its zone, except in the list of all.
// - Gateways: /gw/gateways, pages by offset that show little, changed by a POST of all of it that
//   repeats the version; they have a state of their own.
class AcmeCloud {
public:
    static std::shared_ptr<AcmeCloud> start();

    // "disks", "records" or "gateways"; keys as the provider has them.
    int count(const std::string& kind) const;
    std::string only_key(const std::string& kind) const;
    std::string put(const std::string& kind, std::string key, json::Value document);
    void change(const std::string& kind, std::string_view path, json::Value value);
    void erase(const std::string& kind);

    Connect connect_as(std::string account, std::string key) const;
    Connect connect() const { return connect_as("first", "first's key"); }
    void lose(Loss loss);
    void deliver();
    void throttle();
    void add_unknown_field();

private:
    using Objects = std::map<std::string, json::Value>;
    struct Operation {
        int polls_left = 2;
        std::string removes;   // the disk that goes at its end
    };
    struct Account {
        std::map<std::string, Objects> kinds;
        std::map<std::string, Operation> operations;
    };
    struct State {
        std::map<std::string, Account> accounts;
        std::optional<Loss> loss;
        std::optional<net::Request> kept;
        int refusals_left = 0;
        int last_id = 100;
        bool has_unknown_field = false;
    };

    net::Answer handle(const net::Request& request);
    static net::Response act(State& state, const net::Request& request);
    static net::Response disks(State& state, Account& account, const net::Request& request,
                               std::string_view key);
    static net::Response patch_disk(json::Value& disk, const net::Request& request);
    static net::Response records(State& state, Account& account, const net::Request& request,
                                 const std::string& zone, const std::string& name);
    static net::Response list_records(Account& account, std::string_view query);
    static net::Response gateways(State& state, Account& account, const net::Request& request,
                                  std::string_view key, std::string_view query);
    static net::Response operation(Account& account, const std::string& id);

    mutable base::Guarded<State> state_;
    std::unique_ptr<net::Server> server_;
};

const provider::Schema& acme_schema();

}
