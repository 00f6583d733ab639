#include "provider/secret_text.hpp"

#include "base/base64.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

namespace provider {
namespace {

// "a" as a secret would turn every text into references.
constexpr std::size_t kShortest = 4;   // bytes; a shorter one is only recognised as a whole

base::Result<std::string> quoted(std::string_view text) {
    // To mend it, as documents for people are, would hand over another secret.
    if (base::mend_utf8(text) != text) {
        return base::invalid_argument("a secret that is no UTF-8 text cannot stand in a document")
            .with_help("encode it: `std.string.base64_encode 'Standard`");
    }
    // JSON lets DEL stand as it is, TOML does not.
    return base::replace_all(base::quote_json(text), "\x7f", "\\u007F");
}

base::Result<std::string> formed(const value::SecretPart& part, std::string text) {
    switch (part.form) {
        case value::SecretForm::Md5: return base::hash_hex(base::HashKind::Md5, text);
        case value::SecretForm::Sha1: return base::hash_hex(base::HashKind::Sha1, text);
        case value::SecretForm::Sha256: return base::hash_hex(base::HashKind::Sha256, text);
        case value::SecretForm::Sha512: return base::hash_hex(base::HashKind::Sha512, text);
        case value::SecretForm::Base64: return base::encode_base64(text, base::Base64::Standard);
        case value::SecretForm::Base64UrlSafe:
            return base::encode_base64(text, base::Base64::UrlSafe);
        case value::SecretForm::Base64NoPad: return base::encode_base64(text, base::Base64::NoPad);
        case value::SecretForm::Base64UrlSafeNoPad:
            return base::encode_base64(text, base::Base64::UrlSafeNoPad);
        case value::SecretForm::Quoted: return quoted(text);
        case value::SecretForm::Indented:
            return base::replace_all(std::move(text), "\n", '\n' + std::string(part.columns, ' '));
    }
    return base::internal("a form of a secret that does not exist");
}

base::Result<std::string> text_of_part(const value::SecretPart& part,
                                       const ResolveSecret& resolve) {
    switch (part.kind) {
        case value::SecretPart::Kind::Literal: return part.text;
        case value::SecretPart::Kind::Reference: return resolve(part.text);
        case value::SecretPart::Kind::Derived: return formed(part, TRY(text_of(part.of, resolve)));
    }
    return base::internal("a part of a secret text that does not exist");
}

}

base::Result<std::string> text_of(const std::vector<value::SecretPart>& parts,
                                  const ResolveSecret& resolve) {
    std::string out;
    for (const value::SecretPart& part : parts) out += TRY(text_of_part(part, resolve));
    return out;
}

void add_known(const std::vector<value::SecretPart>& parts, const ResolveSecret& resolve,
               std::vector<KnownSecret>& known) {
    for (const value::SecretPart& part : parts) {
        if (part.kind == value::SecretPart::Kind::Literal) continue;
        auto text = text_of_part(part, resolve);
        if (text.ok() && !text->empty()) known.emplace_back(std::move(text).value(), part);
        // A platform may undo a form: what was sent as Base64 is shown as it is.
        add_known(part.of, resolve, known);
    }
}

value::SecretTemplate find_secrets(std::string_view text, const std::vector<KnownSecret>& known) {
    std::vector<value::SecretPart> parts{{.text = std::string(text)}};
    for (const auto& [secret, meaning] : known) {
        if (secret.size() < kShortest && secret != text) continue;
        std::vector<value::SecretPart> cut;
        for (value::SecretPart& part : parts) {
            if (part.kind != value::SecretPart::Kind::Literal) {
                cut.push_back(std::move(part));
                continue;
            }
            std::size_t from = 0;
            for (std::size_t at; (at = part.text.find(secret, from)) != std::string::npos;
                 from = at + secret.size()) {
                cut.push_back({.text = part.text.substr(from, at - from)});
                cut.push_back(meaning);
            }
            cut.push_back({.text = part.text.substr(from)});
        }
        parts = std::move(cut);
    }
    return value::SecretTemplate::of_parts(std::move(parts));
}

}
