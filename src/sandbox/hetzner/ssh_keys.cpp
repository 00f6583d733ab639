#include "base/hash.hpp"
#include "base/text.hpp"
#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/families.hpp"

namespace sandbox::hetzner {
namespace {

constexpr std::size_t kLongestKey = 16'384;

json::Value view(const Project&, const Record& key) { return key; }

bool matches(const ApiCall& call, const Record& key) {
    const auto wanted = call.query.find("fingerprint");
    return !wanted || wanted->empty() || key.string_or("fingerprint", "") == *wanted;
}

std::optional<std::string> decode_base64(std::string_view text) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const std::size_t digit = kDigits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<unsigned>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> static_cast<unsigned>(count) & 255U);
        }
    }
    return out;
}

// The MD5 of the key's bytes, or nothing when it is no key: its kind must be inside once more.
// RFC 4253, section 6.6: the blob begins with the length and the name of the kind. So a key whose
// base64 was cut off or mixed up is noticed.
std::optional<std::string> fingerprint_of(std::string_view key) {
    if (key.size() > kLongestKey) return std::nullopt;
    const auto words = base::split(base::trim(key), ' ');
    if (words.size() < 2) return std::nullopt;
    const auto blob = decode_base64(words[1]);
    if (!blob || blob->size() < 4) return std::nullopt;
    std::size_t length = 0;
    for (int i = 0; i < 4; ++i)
        length = length << 8U | static_cast<unsigned char>((*blob)[static_cast<std::size_t>(i)]);
    if (blob->size() - 4 < length || std::string_view(*blob).substr(4, length) != words[0]) {
        return std::nullopt;
    }
    const std::string hex = base::hash_hex(base::HashKind::Md5, *blob);
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        out += (out.empty() ? "" : ":") + hex.substr(i, 2);
    }
    return out;
}

base::Result<Reply> create(ApiCall& call) {
    Project& project = call.project;
    Body body(call.body);
    const std::string name = read_name(body, check_text_name);
    const std::string key = body.required_text("public_key");
    const auto fingerprint = fingerprint_of(key);
    if (body.find("public_key") != nullptr && !fingerprint) {
        body.problem("public_key", "is not a valid SSH public key");
    }
    auto labels = body.labels();
    TRY(body.check());
    TRY(require_new_name(project, kSshKeys, name));
    // The platform has each key once, whatever its comment: compared by fingerprint.
    for (const auto& [id, other] : project.all("ssh_key")) {
        if (other.string_or("fingerprint", "") == *fingerprint) {
            return uniqueness("public_key", "SSH key not unique");
        }
    }
    TRY(require_quota(project, kSshKeys));
    const std::int64_t id = project.next_id();
    project.add("ssh_key", json::Object{{"id", id},
                                        {"name", name},
                                        {"fingerprint", *fingerprint},
                                        {"public_key", std::string(base::trim(key))},
                                        {"labels", labels.value_or(json::Object{})},
                                        {"created", project.now_text()}});
    return reply_one(project, kSshKeys, id, 201);
}

base::Result<Reply> remove(ApiCall& call) {
    TRY(require(call.project, kSshKeys, call.id));
    call.project.remove("ssh_key", call.id);
    return no_content();
}

constexpr Route kRoutes[] = {
    {"GET", "/ssh_keys", list_of<kSshKeys>},
    {"POST", "/ssh_keys", create},
    {"GET", "/ssh_keys/{id:integer}", show_of<kSshKeys>},
    {"PUT", "/ssh_keys/{id:integer}", update_of<kSshKeys>},
    {"DELETE", "/ssh_keys/{id:integer}", remove},
};

}

constexpr Family kSshKeys{.type = "ssh_key",
                          .plural = "ssh_keys",
                          .words = "SSH key",
                          .sorts = kSortIdName,
                          .view = view,
                          .matches = matches};

std::span<const Route> ssh_key_routes() { return kRoutes; }

}
