#include "providers/hetzner/described.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>

// Selectors of labels, as the vendor documents them.
namespace providers::hetzner {
namespace {

using value::Value;

// At the commas outside of parentheses.
std::vector<std::string_view> conditions_of(std::string_view selector) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i <= selector.size(); ++i) {
        if (i < selector.size() && selector[i] == '(') ++depth;
        if (i < selector.size() && selector[i] == ')') --depth;
        if (i < selector.size() && (selector[i] != ',' || depth > 0)) continue;
        out.push_back(base::trim(selector.substr(begin, i - begin)));
        begin = i + 1;
    }
    return out;
}

bool is_one_of(const std::string* value, std::string_view list) {
    if (value == nullptr) return false;
    const std::size_t open = list.find('(');
    const std::size_t close = list.find(')');
    if (open == std::string_view::npos || close == std::string_view::npos) return false;
    for (const std::string_view one : base::split(list.substr(open + 1, close - open - 1), ',')) {
        if (base::trim(one) == *value) return true;
    }
    return false;
}

// "k", "!k", "k=v", "k==v", "k!=v", "k in (a,b)", "k notin (a,b)"
bool fits(const Value& labels, std::string_view condition) {
    const auto value_of = [&](std::string_view key) -> const std::string* {
        const Value* found = labels.find(base::trim(key));
        return found != nullptr ? found->as_string() : nullptr;
    };
    const auto has = [&](std::string_view key, std::string_view wanted) {
        const std::string* value = value_of(key);
        return value != nullptr && *value == base::trim(wanted);
    };
    if (const auto at = condition.find(" notin "); at != std::string_view::npos)
        return !is_one_of(value_of(condition.substr(0, at)), condition.substr(at));
    if (const auto at = condition.find(" in "); at != std::string_view::npos)
        return is_one_of(value_of(condition.substr(0, at)), condition.substr(at));
    if (const auto at = condition.find("!="); at != std::string_view::npos)
        return !has(condition.substr(0, at), condition.substr(at + 2));
    if (const auto at = condition.find("=="); at != std::string_view::npos)
        return has(condition.substr(0, at), condition.substr(at + 2));
    if (const auto at = condition.find('='); at != std::string_view::npos)
        return has(condition.substr(0, at), condition.substr(at + 1));
    if (condition.starts_with('!')) return value_of(condition.substr(1)) == nullptr;
    return value_of(condition) != nullptr;
}

}

bool fits_selector(const Value& labels, std::string_view selector) {
    const auto conditions = conditions_of(selector);
    return std::ranges::all_of(conditions, [&](std::string_view one) { return fits(labels, one); });
}

std::vector<provider::Misfit> check_selectors(const DescribedAll& all) {
    std::vector<std::size_t> servers;   // that say which firewalls they have
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& ignored = all[i].ignored;
        const bool is_ignored = std::ranges::find(ignored, "firewalls") != ignored.end();
        if (all.is(i, "hetzner.Server") && rest::is_set(*all[i].inputs, "firewalls") && !is_ignored)
            servers.push_back(i);
    }
    std::vector<provider::Misfit> out;
    for (std::size_t i = 0; i < all.size() && !servers.empty(); ++i) {
        if (!all.is(i, "hetzner.Firewall")) continue;
        for (const Value& one : rest::items_of(*all[i].inputs, "apply_to")) {
            const std::string& selector = rest::text_of(one, "label_selector");
            if (selector.empty()) continue;
            for (const std::size_t server : servers) {
                const Value& labels = rest::field_of(*all[server].inputs, "labels");
                if (labels.has_unknown() || !fits_selector(labels, selector)) continue;
                const auto given = all.named(server, "firewalls", "hetzner.Firewall");
                const auto& read = all[server].reads;
                if (std::ranges::find(given, i) != given.end()) continue;
                // Of what is read, it may be named.
                if (std::ranges::find(read, i) != read.end()) continue;
                out.push_back(DescribedAll::misfit(
                    i, "apply_to", server, "firewalls",
                    fmt::format("the selector \"{}\" gives the firewall to a server whose "
                                "`firewalls` leave it out: each would undo what the other does",
                                selector),
                    "say them in one of the two; or let `firewalls` be only what the server begins "
                    "with, by `lifecycle.ignore = [\"firewalls\"]`"));
            }
        }
    }
    return out;
}

}
