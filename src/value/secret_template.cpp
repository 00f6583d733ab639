#include "value/secret_template.hpp"

#include <algorithm>
#include <utility>

namespace value {

SecretTemplate SecretTemplate::reference(std::string_view name) {
    SecretTemplate out;
    out.parts_.push_back({.kind = SecretPart::Kind::Reference, .text = std::string(name)});
    return out;
}

SecretTemplate SecretTemplate::derived(SecretForm form, SecretTemplate from,
                                       std::uint32_t columns) {
    SecretTemplate out;
    out.parts_.push_back({.kind = SecretPart::Kind::Derived,
                          .form = form,
                          .columns = columns,
                          .of = std::move(from.parts_)});
    return out;
}

SecretTemplate SecretTemplate::of_parts(std::vector<SecretPart> parts) {
    SecretTemplate out;
    for (SecretPart& part : parts) {
        if (part.kind == SecretPart::Kind::Literal) {
            out.append(part.text);
        } else {
            out.parts_.push_back(std::move(part));
        }
    }
    return out;
}

void SecretTemplate::append(std::string_view literal) {
    if (literal.empty()) return;
    if (parts_.empty() || parts_.back().kind != SecretPart::Kind::Literal) parts_.emplace_back();
    parts_.back().text += literal;
}

void SecretTemplate::append(const SecretTemplate& other) {
    for (const SecretPart& part : other.parts_) {
        if (part.kind == SecretPart::Kind::Literal) {
            append(part.text);
        } else {
            parts_.push_back(part);
        }
    }
}

static std::size_t depth_of(const std::vector<SecretPart>& parts) {
    std::size_t deepest = 0;
    for (const SecretPart& part : parts) {
        if (part.kind != SecretPart::Kind::Derived) continue;
        deepest = std::max(deepest, 1 + depth_of(part.of));
    }
    return deepest;
}

std::size_t SecretTemplate::depth() const { return depth_of(parts_); }

static std::size_t bytes_of(const std::vector<SecretPart>& parts) {
    std::size_t bytes = parts.size() * sizeof(SecretPart);
    for (const SecretPart& part : parts) {
        bytes += part.text.size() + part.fingerprint.size() + bytes_of(part.of);
    }
    return bytes;
}

std::size_t SecretTemplate::bytes() const { return sizeof(SecretTemplate) + bytes_of(parts_); }

bool is_secret_name(std::string_view name) {
    const bool is_one = (name.starts_with("env:") && name.size() > 4) ||
                        (name.starts_with("file:") && name.size() > 5);
    return is_one &&
           std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

}
