#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Texts with secrets in them, as programs have them: the places of the secrets are nodes and not
// characters, so that no text, wherever it comes from, can ask for a secret (ENGINE §3).
namespace value {

// What is made of a text where its secrets are resolved.
enum class SecretForm : std::uint8_t {
    Md5,   // these four: lower-case hexadecimal digits
    Sha1,
    Sha256,
    Sha512,
    Base64,   // RFC 4648 §4; the next three: §5, and both without padding
    Base64UrlSafe,
    Base64NoPad,
    Base64UrlSafeNoPad,
    Quoted,     // as a JSON text, with its quotes; YAML and TOML read the same
    Indented,   // each line but the first by `columns` spaces
};

class SecretTemplate;

struct SecretPart {
    enum class Kind : std::uint8_t {
        Literal,     // `text` as it is
        Reference,   // the secret that `text` names: "env:NAME" or "file:PATH"
        Derived,     // `form` of `of`
    };
    Kind kind = Kind::Literal;
    SecretForm form = SecretForm::Quoted;
    std::uint32_t columns = 0;
    std::string text;
    std::string
        fingerprint;   // of a Reference: keyed, of what it named; empty before it is stamped
    std::vector<SecretPart> of;

    bool operator==(const SecretPart&) const = default;
};

// A value type. Neighbouring literals are one, so that equal texts are equal however they were put
// together.
class SecretTemplate {
public:
    // Derived of derived: deeper ones are refused wherever they come in.
    static constexpr std::size_t kMaxDepth = 8;
    static constexpr std::uint32_t kMaxColumns = 10000;   // of an indentation

    static SecretTemplate reference(std::string_view name);
    // Of `from`, which may be literal throughout only by mistake.
    static SecretTemplate derived(SecretForm form, SecretTemplate from, std::uint32_t columns = 0);
    static SecretTemplate of_parts(std::vector<SecretPart> parts);

    void append(std::string_view literal);
    void append(const SecretTemplate& other);

    const std::vector<SecretPart>& parts() const { return parts_; }
    std::size_t depth() const;   // 0: no derived part
    std::size_t bytes() const;   // of memory, about

    bool operator==(const SecretTemplate&) const = default;

private:
    std::vector<SecretPart> parts_;
};

// Whether `name` is one that a secret can have: "env:NAME" or "file:PATH", without control
// characters.
bool is_secret_name(std::string_view name);

}
