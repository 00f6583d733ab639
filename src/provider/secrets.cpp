#include "provider/secrets.hpp"

#include "base/check.hpp"
#include "base/fs.hpp"
#include "base/redact.hpp"
#include "provider/secret_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace provider {
namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20U;   // bytes of one secret

void collect(const value::Value& value, const ResolveSecret& resolve,
             std::vector<KnownSecret>& known) {
    if (const value::SecretTemplate* text = value.as_secret_template()) {
        // A secret that cannot be resolved was not handed over either, so it cannot come back.
        add_known(text->parts(), resolve, known);
    } else if (const value::Value::Array* items = value.as_array()) {
        for (const value::Value& item : *items) collect(item, resolve, known);
    } else if (const value::Value::Record* members = value.as_record()) {
        for (const auto& member : *members) collect(member.second, resolve, known);
    }
}

// Longest first: where one secret is part of another, the shorter one would cut it in pieces.
std::vector<KnownSecret> known_of(const value::Value& handed, const Secrets& secrets) {
    std::vector<KnownSecret> known;
    collect(handed, [&](std::string_view reference) { return secrets.resolve(reference); }, known);
    std::stable_sort(known.begin(), known.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    return known;
}

bool has_secret(const value::SecretTemplate& text) {
    return std::ranges::any_of(text.parts(), [](const value::SecretPart& part) {
        return part.kind != value::SecretPart::Kind::Literal;
    });
}

void hide_in(value::Value& value, const std::vector<KnownSecret>& known) {
    if (const std::string* text = value.as_string()) {
        value::SecretTemplate hidden = find_secrets(*text, known);
        if (has_secret(hidden)) value = value::Value(std::move(hidden));
    } else if (value::Value::Array* items = value.as_array()) {
        for (value::Value& item : *items) hide_in(item, known);
    } else if (value::Value::Record* members = value.as_record()) {
        for (auto& member : *members) hide_in(member.second, known);
    }
}

using EachTemplate = std::function<base::Result<value::Value>(const value::SecretTemplate& text)>;

// The value with what `replace` makes of each text with secrets. Marks stay.
base::Result<value::Value> each_template(const value::Value& value, const EachTemplate& replace) {
    if (const value::SecretTemplate* text = value.as_secret_template()) {
        value::Value replaced = TRY(replace(*text));
        // What is said of it stays secret, on either side.
        replaced.mark_secret();
        return replaced;
    }
    value::Value out = value;
    if (value::Value::Array* items = out.as_array()) {
        for (value::Value& item : *items) item = TRY(each_template(item, replace));
    } else if (value::Value::Record* members = out.as_record()) {
        for (auto& member : *members) member.second = TRY(each_template(member.second, replace));
    }
    return out;
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

// Of the secret itself: a new value under the old name is a change. Keyed, as a bare hash of a
// short password is as good as the password.
static base::Result<void> stamp_parts(std::vector<value::SecretPart>& parts, const Secrets& secrets,
                                      const value::Fingerprint& fingerprint) {
    for (value::SecretPart& part : parts) {
        TRY(stamp_parts(part.of, secrets, fingerprint));
        if (part.kind != value::SecretPart::Kind::Reference) continue;
        std::string secret = TRY(secrets.resolve(part.text));
        part.fingerprint =
            fingerprint ? fingerprint(value::Value(std::move(secret))) : std::string();
    }
    return {};
}

base::Result<value::Value> Secrets::stamp(const value::Value& value) const {
    return each_template(value,
                         [this](const value::SecretTemplate& text) -> base::Result<value::Value> {
                             std::vector<value::SecretPart> parts = text.parts();
                             TRY(stamp_parts(parts, *this, fingerprint_));
                             return value::Value(value::SecretTemplate::of_parts(std::move(parts)));
                         });
}

base::Result<value::Value> Secrets::reveal(const value::Value& value) const {
    return each_template(
        value, [this](const value::SecretTemplate& text) -> base::Result<value::Value> {
            return value::Value(TRY(text_of(
                text.parts(), [this](std::string_view reference) { return resolve(reference); })));
        });
}

value::Value Secrets::reveal_known(const value::Value& value) const {
    auto revealed = each_template(
        value, [this](const value::SecretTemplate& text) -> base::Result<value::Value> {
            auto one = reveal(value::Value(text));
            return one.ok() ? std::move(one) : value::Value::unknown(value::ValueType::String);
        });
    CHECK(revealed.ok());   // no step of it fails
    return std::move(revealed).value();
}

value::Value Secrets::conceal(value::Value came_back, const value::Value& handed) const {
    const std::vector<KnownSecret> known = known_of(handed, *this);
    if (!known.empty()) hide_in(came_back, known);
    return came_back;
}

std::string Secrets::conceal(std::string text, const value::Value& handed) const {
    std::vector<std::string> secrets;
    for (auto& known : known_of(handed, *this)) secrets.push_back(std::move(known.first));
    // In words for people a reference would look like something to type.
    return base::Redactor(secrets).hide(text);
}

}
