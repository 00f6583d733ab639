#include "provider/secrets.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace provider {
namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20U;   // bytes of one secret
// "a" as a secret would turn every text into references.
constexpr std::size_t kShortest = 4;   // a shorter one is only recognised as a whole

// Pairs of what a secret is and the reference as it stands, longest secrets first.
// Longest first: where one secret is part of another, the shorter one would cut it in pieces.
using Known = std::vector<std::pair<std::string, std::string>>;

void collect(const value::Value& value, const Secrets& secrets, Known& known) {
    if (const std::string* text = value.as_string()) {
        for (auto at = value::next_secret_reference(*text, 0); at;
             at = value::next_secret_reference(*text, at->end)) {
            auto found = secrets.resolve(at->name);
            // A secret that cannot be resolved was not handed over either, so it cannot come back.
            if (!found.ok() || found->empty()) continue;
            known.emplace_back(std::move(found).value(),
                               text->substr(at->begin, at->end - at->begin));
        }
    } else if (const value::Value::Array* items = value.as_array()) {
        for (const value::Value& item : *items) collect(item, secrets, known);
    } else if (const value::Value::Record* members = value.as_record()) {
        for (const auto& member : *members) collect(member.second, secrets, known);
    }
}

Known known_of(const value::Value& handed, const Secrets& secrets) {
    Known known;
    collect(handed, secrets, known);
    std::sort(known.begin(), known.end(),
              [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    return known;
}

std::string hide(std::string text, const Known& known) {
    // Whoever can answer must not be able to ask for secrets.
    // The mark that begins a reference is a character that no platform has reason to send. One
    // that does would have a text of its own resolved as `env:…` when it is handed over the next
    // time.
    std::replace(text.begin(), text.end(), value::kSecretOpen, '?');
    for (const auto& [secret, reference] : known) {
        if (text == secret) return reference;
        if (secret.size() >= kShortest) text = base::replace_all(text, secret, reference);
    }
    return text;
}

void hide_in(value::Value& value, const Known& known) {
    if (const std::string* text = value.as_string()) {
        std::string hidden = hide(*text, known);
        if (hidden == *text) return;
        // The mark of secrecy is renewed, as the value is a new one.
        bool is_secret = value.is_secret() || value::has_secret_reference(hidden);
        value = value::Value(std::move(hidden));
        if (is_secret) value.mark_secret();
    } else if (value::Value::Array* items = value.as_array()) {
        for (value::Value& item : *items) hide_in(item, known);
    } else if (value::Value::Record* members = value.as_record()) {
        for (auto& member : *members) hide_in(member.second, known);
    }
}

}

Secrets::Secrets(Environment environment, std::string folder, value::Fingerprint fingerprint)
    : environment_(std::move(environment)), folder_(std::move(folder)),
      fingerprint_(std::move(fingerprint)) {}

base::Result<std::string> Secrets::resolve(std::string_view reference) const {
    std::size_t colon = reference.find(':');
    std::string kind(reference.substr(0, colon));
    std::string name(colon == std::string_view::npos ? std::string_view()
                                                     : reference.substr(colon + 1));
    if (kind == "env" && !name.empty()) {
        // Looked up each time: an environment is read in a moment, and nothing is kept in memory
        // for it.
        if (auto value = environment_ ? environment_(name) : std::nullopt) return std::move(*value);
        return base::not_found(fmt::format("the secret `{}` is not there: no variable `{}` is set",
                                           reference, name))
            .with_help(fmt::format("set {} where provisioning is started", name));
    }
    if (kind == "file" && !name.empty()) {
        // A device, or a log by mistake, must not fill the memory.
        auto text = base::read_file(base::join_path(folder_, name), kLargest);
        if (!text.ok()) {
            return base::Error(text.error().code(), fmt::format("the secret `{}` is not there: {}",
                                                                reference, text.error().text()))
                .with_help("a relative path is relative to the workspace");
        }
        // Editors and `echo` put one there; two mean that somebody wants it.
        if (text->ends_with('\n')) text->pop_back();
        return text;
    }
    return base::invalid_argument(fmt::format("`{}` names no secret", reference))
        .with_help("write `env:NAME` or `file:PATH`");
}

base::Result<value::Value> Secrets::each_text(
    const value::Value& value,
    const std::function<base::Result<std::string>(std::string_view)>& replace) const {
    value::Value out = value;
    if (const std::string* text = value.as_string()) {
        auto at = value::next_secret_reference(*text, 0);
        if (!at) return out;
        std::string replaced;
        std::size_t copied = 0;
        // From the end of what was replaced: a secret that looks like a reference is not resolved
        // again.
        for (; at; at = value::next_secret_reference(*text, copied)) {
            replaced.append(*text, copied, at->begin - copied);
            replaced += TRY(replace(at->name));
            copied = at->end;
        }
        replaced.append(*text, copied);
        out = value::Value(std::move(replaced));
        // What is said of it stays secret, on either side.
        out.mark_secret();
    } else if (value::Value::Array* items = out.as_array()) {
        for (value::Value& item : *items) item = TRY(each_text(item, replace));
    } else if (value::Value::Record* members = out.as_record()) {
        for (auto& member : *members) member.second = TRY(each_text(member.second, replace));
    }
    return out;
}

base::Result<value::Value> Secrets::stamp(const value::Value& value) const {
    return each_text(value, [this](std::string_view reference) -> base::Result<std::string> {
        // Of the secret itself: a new value under the old name is a change. Keyed, as a bare hash
        // of a short password is as good as the password.
        std::string secret = TRY(resolve(reference));
        std::string print =
            fingerprint_ ? fingerprint_(value::Value(std::move(secret))) : std::string();
        std::string out = value::kSecretOpen + std::string(reference);
        if (!print.empty()) out += value::kSecretStamp + print;
        return out + value::kSecretClose;
    });
}

base::Result<value::Value> Secrets::reveal(const value::Value& value) const {
    return each_text(value, [this](std::string_view reference) { return resolve(reference); });
}

value::Value Secrets::conceal(value::Value came_back, const value::Value& handed) const {
    const Known known = known_of(handed, *this);
    hide_in(came_back, known);
    return came_back;
}

std::string Secrets::conceal(std::string text, const value::Value& handed) const {
    Known known = known_of(handed, *this);
    // In words for people the reference would look like something to type.
    for (auto& [secret, reference] : known) reference = "(secret)";
    return hide(std::move(text), known);
}

}
