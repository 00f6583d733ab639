#include "provider/older_secrets.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace provider {
namespace {

constexpr char kOpen = '\x02';    // then "env:NAME" or "file:PATH"
constexpr char kStamp = '\x1f';   // then the fingerprint
constexpr char kClose = '\x03';

enum class Stamps : std::uint8_t { Wanted, Missing };

// The reference that begins at `text`; none where it is not one, or not the secret of today.
std::optional<value::SecretPart> reference_at(std::string_view text, const Secrets& secrets,
                                              Stamps stamps) {
    const std::size_t close = text.find(kClose);
    if (close == std::string_view::npos) return std::nullopt;
    const std::size_t stamp = text.substr(0, close).find(kStamp);
    const std::string_view name = text.substr(1, std::min(stamp, close) - 1);
    if (!value::is_secret_name(name)) return std::nullopt;
    if (stamps == Stamps::Missing) return value::SecretTemplate::reference(name).parts().front();
    if (stamp == std::string_view::npos) return std::nullopt;
    auto now = secrets.stamp(value::Value(value::SecretTemplate::reference(name)));
    if (!now.ok()) return std::nullopt;
    const value::SecretPart& part = now->as_secret_template()->parts().front();
    const std::string_view recorded = text.substr(stamp + 1, close - stamp - 1);
    if (part.fingerprint.empty() || part.fingerprint != recorded) return std::nullopt;
    return part;
}

value::Value of_text(const std::string& text, const Secrets& secrets, Stamps stamps) {
    std::vector<value::SecretPart> parts;
    bool has_reference = false;
    std::size_t copied = 0;
    for (std::size_t at; (at = text.find(kOpen, copied)) != std::string::npos;) {
        parts.push_back({.text = text.substr(copied, at - copied)});
        auto part = reference_at(std::string_view(text).substr(at), secrets, stamps);
        if (part) {
            parts.push_back(*std::move(part));
            has_reference = true;
            copied = text.find(kClose, at) + 1;
        } else {
            parts.push_back({.text = std::string(1, kOpen)});
            copied = at + 1;
        }
    }
    parts.push_back({.text = text.substr(copied)});
    if (has_reference) return value::Value(value::SecretTemplate::of_parts(std::move(parts)));
    value::Value out(text);
    out.mark_secret();
    return out;
}

value::Value walk(const value::Value& value, bool is_secret, const Secrets& secrets,
                  Stamps stamps) {
    is_secret = is_secret || value.is_secret();
    const std::string* text = value.as_string();
    if (text != nullptr && is_secret && text->find(kOpen) != std::string::npos)
        return of_text(*text, secrets, stamps);
    value::Value out = value;
    if (value::Value::Array* items = out.as_array()) {
        for (value::Value& item : *items) item = walk(item, is_secret, secrets, stamps);
    } else if (value::Value::Record* members = out.as_record()) {
        for (auto& member : *members)
            member.second = walk(member.second, is_secret, secrets, stamps);
    }
    return out;
}

}

value::Value with_older_references(const value::Value& recorded, const Secrets& secrets) {
    return recorded.has_secret() ? walk(recorded, false, secrets, Stamps::Wanted) : recorded;
}

value::Value with_older_settings(const value::Value& recorded, const Secrets& secrets) {
    return recorded.has_secret() ? walk(recorded, false, secrets, Stamps::Missing) : recorded;
}

}
