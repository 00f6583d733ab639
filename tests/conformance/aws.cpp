#include "suite.hpp"

#include "base/guarded.hpp"
#include "base/text.hpp"
#include "net/http/url.hpp"
#include "net/server/server.hpp"
#include "providers/aws/provider.hpp"

#include <fmt/core.h>

#include <map>
#include <optional>
#include <utility>

// A VPC, in a small imitation of EC2: forms in, XML out, as the vendor documents them. What it does
// otherwise than the emulator of tests/interop: answers get lost, a look may come before its time,
// requests are refused for their number.
namespace conformance {
namespace {

using value::Value;
using Tags = std::map<std::string, std::string>;
using Form = std::map<std::string, std::string>;

constexpr int kDecoys = 3;   // made by others, so that lists have pages
constexpr std::size_t kPage = 2;
constexpr int kEarlyLooks = 1;   // that do not see what was just made

struct Vpc {
    std::string cidr;
    std::string tenancy = "default";
    bool has_dns = true;
    bool has_names = false;
    Tags tags;
    int early_looks_left = 0;
};
using Vpcs = std::map<std::string, Vpc>;

net::Response reply(std::string_view action, const std::string& inner) {
    return {.status = 200,
            .headers = {},
            .body = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0}Response "
                                "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
                                "<requestId>r-1</requestId>{1}</{0}Response>",
                                action, inner)};
}

net::Response refuse(int status, std::string_view code) {
    return {.status = status,
            .headers = {},
            .body =
                fmt::format("<Response><Errors><Error><Code>{}</Code><Message>as it is</Message>"
                            "</Error></Errors><RequestID>r-1</RequestID></Response>",
                            code)};
}

// The connection ends without a byte.
net::Answer dropped() {
    net::Answer out{net::Response{}};
    out.filter = [](std::string, std::string) {
        return net::Transmission{.parts = {}, .keeps_open = false};
    };
    return out;
}

std::string escaped(std::string text) {
    text = base::replace_all(text, "&", "&amp;");
    return base::replace_all(text, "<", "&lt;");
}

std::string element(std::string_view name, std::string_view inner) {
    return fmt::format("<{0}>{1}</{0}>", name, inner);
}

std::string shown(const std::string& id, const Vpc& vpc, bool has_unknown) {
    std::string tags;
    for (const auto& [name, text] : vpc.tags) {
        tags += element("item", element("key", escaped(name)) + element("value", escaped(text)));
    }
    return element("vpcId", id) + element("state", "available") + element("cidrBlock", vpc.cidr) +
           element("instanceTenancy", vpc.tenancy) + element("ownerId", "111111111111") +
           (has_unknown ? "<sinceNextYear><a>1</a></sinceNextYear>" : "") + element("tagSet", tags);
}

std::string field(const Form& form, const std::string& name) {
    const auto found = form.find(name);
    return found != form.end() ? found->second : "";
}

// "Tag.1.Key", "Tag.1.Value" and so on.
Tags tags_in(const Form& form, const std::string& prefix) {
    Tags out;
    for (int i = 1; form.contains(fmt::format("{}.{}.Key", prefix, i)); ++i) {
        out[field(form, fmt::format("{}.{}.Key", prefix, i))] =
            field(form, fmt::format("{}.{}.Value", prefix, i));
    }
    return out;
}

class SmallEc2 {
public:
    static std::shared_ptr<SmallEc2> start() {
        auto out = std::make_shared<SmallEc2>();
        SmallEc2* self = out.get();
        out->server_ = net::Server::create({}, [self](const net::Request& request,
                                                      const net::RequestContext&) {
                           return self->handle(request);
                       }).value();
        out->state_.with([](State& state) {
            for (int i = 0; i < kDecoys; ++i) {
                state.accounts["first"][fmt::format("vpc-0000000{}", i)] = {.cidr = "10.8.0.0/16"};
            }
        });
        out->server_->start();
        return out;
    }

    Connect connect_as(const std::string& key) const {
        const std::uint16_t port = server_->port();
        return [key, port]() {
            Value secret("s");
            secret.mark_secret();
            const Value settings =
                Value::Record{{"region", "eu-central-1"},
                              {"endpoint", fmt::format("http://127.0.0.1:{}", port)},
                              {"access_key_id", key},
                              {"secret_access_key", secret},
                              {"poll_interval", value::Rational::from_fraction(1, 100)}};
            return providers::aws::provider().connect(settings, provider::Host{});
        };
    }

    int count() const {
        return state_.with([](State& state) {
            return static_cast<int>(state.accounts["first"].size()) - kDecoys;
        });
    }
    // The one that is no decoy.
    void change(const std::function<void(Vpcs& all, const std::string& id)>& how) {
        state_.with([&](State& state) {
            Vpcs& all = state.accounts["first"];
            for (const auto& [id, vpc] : all) {
                if (!id.starts_with("vpc-0000000")) return how(all, std::string(id));
            }
        });
    }
    std::string make(Vpc vpc) {
        return state_.with([&](State& state) {
            const std::string id = fmt::format("vpc-1{:07}", ++state.last_id);
            state.accounts["first"][id] = std::move(vpc);
            return id;
        });
    }
    void lose(Loss loss) {
        state_.with([&](State& state) { state.loss = loss; });
    }
    void deliver() {
        state_.with([](State& state) {
            if (state.kept) (void)act(state, state.accounts["first"], *state.kept);
            state.kept.reset();
        });
    }
    void throttle() {
        state_.with([](State& state) { state.refusals_left = 2; });
    }
    void add_unknown_field() {
        state_.with([](State& state) { state.has_unknown_field = true; });
    }

private:
    struct State {
        std::map<std::string, Vpcs> accounts;   // by the id of a key
        std::optional<Loss> loss;
        std::optional<Form> kept;
        int refusals_left = 0;
        int last_id = 100;
        bool has_unknown_field = false;
    };

    net::Answer handle(const net::Request& request) {
        Form form;
        if (auto fields = net::parse_query(request.body); fields.ok()) {
            for (auto& [name, text] : *fields) form[name] = text;
        }
        const std::string signature(request.headers.find("Authorization").value_or(""));
        return state_.with([&](State& state) -> net::Answer {
            const bool is_first = signature.find("Credential=first/") != std::string::npos;
            const bool is_second = signature.find("Credential=second/") != std::string::npos;
            if (!is_first && !is_second) return refuse(401, "AuthFailure");
            if (field(form, "Action") == "GetCallerIdentity") {
                return reply(
                    "GetCallerIdentity",
                    element("GetCallerIdentityResult",
                            element("Account", is_first ? "111111111111" : "222222222222")));
            }
            if (state.refusals_left > 0) {
                --state.refusals_left;
                return refuse(503, "RequestLimitExceeded");
            }
            const bool is_create = field(form, "Action") == "CreateVpc";
            const std::optional<Loss> loss =
                is_create ? std::exchange(state.loss, {}) : std::nullopt;
            if (loss == Loss::ActedLater) state.kept = form;
            if (loss && loss != Loss::ActedBefore) return dropped();
            net::Response out = act(state, state.accounts[is_first ? "first" : "second"], form);
            if (loss) return dropped();
            return out;
        });
    }

    static net::Response act(State& state, Vpcs& all, const Form& form) {
        const std::string action = field(form, "Action");
        if (action == "CreateVpc") return create(state, all, form);
        if (action == "DescribeVpcs") return describe(state, all, form);
        std::string id = field(form, "VpcId");
        if (id.empty()) id = field(form, "ResourceId.1");
        const auto found = all.find(id);
        if (found == all.end()) return refuse(400, "InvalidVpcID.NotFound");
        Vpc& vpc = found->second;
        if (action == "DescribeVpcAttribute") {
            if (vpc.early_looks_left > 0) return early(vpc);
            const bool is_names = field(form, "Attribute") == "enableDnsHostnames";
            const bool is_on = is_names ? vpc.has_names : vpc.has_dns;
            return reply(action, element("vpcId", id) +
                                     element(is_names ? "enableDnsHostnames" : "enableDnsSupport",
                                             element("value", is_on ? "true" : "false")));
        }
        if (action == "ModifyVpcAttribute") {
            const std::string names = field(form, "EnableDnsHostnames.Value");
            const std::string dns = field(form, "EnableDnsSupport.Value");
            // The platform takes one of them at a time.
            if (names.empty() == dns.empty()) return refuse(400, "InvalidParameterCombination");
            if (!names.empty()) vpc.has_names = names == "true";
            if (!dns.empty()) vpc.has_dns = dns == "true";
            return reply(action, element("return", "true"));
        }
        if (action == "CreateTags") {
            for (const auto& [name, text] : tags_in(form, "Tag")) vpc.tags[name] = text;
            return reply(action, element("return", "true"));
        }
        if (action == "DeleteTags") {
            for (const auto& [name, text] : tags_in(form, "Tag")) vpc.tags.erase(name);
            return reply(action, element("return", "true"));
        }
        if (action != "DeleteVpc") return refuse(400, "InvalidAction");
        all.erase(found);
        return reply(action, element("return", "true"));
    }

    static net::Response early(Vpc& vpc) {
        --vpc.early_looks_left;
        return refuse(400, "InvalidVpcID.NotFound");
    }

    static net::Response create(State& state, Vpcs& all, const Form& form) {
        const std::string id = fmt::format("vpc-1{:07}", ++state.last_id);
        Vpc& made = all[id];
        made.cidr = field(form, "CidrBlock");
        if (const std::string tenancy = field(form, "InstanceTenancy"); !tenancy.empty()) {
            made.tenancy = tenancy;
        }
        made.tags = tags_in(form, "TagSpecification.1.Tag");
        made.early_looks_left = kEarlyLooks;
        return reply("CreateVpc", element("vpc", shown(id, made, state.has_unknown_field)));
    }

    static net::Response describe(State& state, Vpcs& all, const Form& form) {
        const std::string wanted = field(form, "VpcId.1");
        std::string items;
        std::string next;
        if (!wanted.empty()) {
            const auto found = all.find(wanted);
            if (found == all.end()) return refuse(400, "InvalidVpcID.NotFound");
            if (found->second.early_looks_left > 0) return early(found->second);
            items = element("item", shown(wanted, found->second, state.has_unknown_field));
        } else {
            std::string tag = field(form, "Filter.1.Name");
            if (tag.starts_with("tag:")) tag.erase(0, 4);
            const std::string text = field(form, "Filter.1.Value.1");
            std::size_t told = 0;
            for (auto at = all.lower_bound(field(form, "NextToken")); at != all.end(); ++at) {
                const auto there = at->second.tags.find(tag);
                const bool fits =
                    tag.empty() || (there != at->second.tags.end() && there->second == text);
                if (!fits) continue;
                if (told++ == kPage) {
                    next = at->first;
                    break;
                }
                items += element("item", shown(at->first, at->second, state.has_unknown_field));
            }
        }
        return reply("DescribeVpcs",
                     element("vpcSet", items) + (next.empty() ? "" : element("nextToken", next)));
    }

    mutable base::Guarded<State> state_;
    std::unique_ptr<net::Server> server_;
};

Subject vpc() {
    const auto cloud = SmallEc2::start();
    Subject subject;
    subject.name = "aws.Vpc";
    subject.type = providers::aws::provider().schema().find("aws.Vpc");
    subject.connect = cloud->connect_as("first");
    subject.is_outside_process = true;
    subject.inputs = Value::Record{{"cidr_block", "10.0.0.0/16"},
                                   {"instance_tenancy", "default"},
                                   {"enable_dns_support", true},
                                   {"enable_dns_hostnames", false},
                                   {"tags", Value::Record{{"Name", "it"}}}};
    subject.slow = subject.inputs;
    subject.updated = subject.inputs;
    subject.updated.set("enable_dns_hostnames", true);
    subject.updated.set("tags", Value(Value::Record{{"team", "web"}}));
    subject.phased_update = subject.updated;
    subject.replaced = subject.inputs;
    subject.replaced.set("cidr_block", Value("10.1.0.0/16"));
    subject.count = [cloud] { return cloud->count(); };
    subject.change_outside = [cloud] {
        cloud->change([](Vpcs& all, const std::string& id) { all[id].tags["Name"] = "other"; });
    };
    subject.remove_outside = [cloud] {
        cloud->change([](Vpcs& all, const std::string& id) { all.erase(id); });
    };
    subject.removals = [cloud]() -> std::vector<Removal> {
        return {{.input = "enable_dns_hostnames",
                 .value = true,
                 .outside =
                     [cloud] {
                         cloud->change(
                             [](Vpcs& all, const std::string& id) { all[id].has_names = false; });
                     }},
                {.input = "enable_dns_support",
                 .value = {},
                 .outside =
                     [cloud] {
                         cloud->change(
                             [](Vpcs& all, const std::string& id) { all[id].has_dns = false; });
                     }},
                {.input = "tags", .value = {}, .outside = [cloud] {
                     cloud->change(
                         [](Vpcs& all, const std::string& id) { all[id].tags.erase("Name"); });
                 }}};
    };
    subject.unremovable = {{{"instance_tenancy"}, "a VPC always has one, and keeps it"}};
    subject.make_by_hand = [cloud] { return cloud->make({.cidr = "10.0.0.0/16"}); };
    subject.faults.lose_answer = [cloud](Loss loss) { cloud->lose(loss); };
    subject.faults.deliver = [cloud] { cloud->deliver(); };
    subject.faults.throttle = [cloud] { cloud->throttle(); };
    subject.faults.connect_with_wrong_credentials = cloud->connect_as("nobody");
    subject.faults.connect_to_another_account = cloud->connect_as("second");
    subject.faults.add_unknown_field = [cloud] { cloud->add_unknown_field(); };
    subject.exempt({"foreign thing"}, "VPCs have no names, and two may have the same range");
    return subject;
}

}

std::vector<MakeSubject> aws_subjects() { return {vpc}; }

}
