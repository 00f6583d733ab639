#include "providers/aws/sigv4.hpp"

#include "base/guarded.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "net/http/url.hpp"
#include "providers/rest/signing.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>

namespace providers::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kDay = 8;   // "20260203"

// S3 takes a path as it is, and wants the body's digest in a header as well.
bool is_s3(const SigningScope& scope) { return scope.service == "s3"; }

// RFC 3986, 5.2.4, and no empty segments.
std::string without_dots(std::string_view path) {
    std::vector<std::string_view> kept;
    for (const std::string_view part : base::split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            kept.push_back(part);
        } else if (!kept.empty()) {
            kept.pop_back();
        }
    }
    std::string out = "/" + base::join(kept, "/");
    if (path.ends_with('/') && out.size() > 1) out += '/';
    return out;
}

std::string canonical_path(const std::string& path, const SigningScope& scope) {
    if (is_s3(scope)) return path;
    // Encoded once more, as all services but S3 want it.
    return base::replace_all(net::percent_encode(without_dots(path)), "%2F", "/");
}

std::string canonical_query(std::string_view query) {
    if (query.empty()) return {};
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    for (const std::string_view field : base::split(query, '&')) {
        const std::size_t equals = field.find('=');
        fields.emplace_back(field.substr(0, equals), equals == std::string_view::npos
                                                         ? std::string_view()
                                                         : field.substr(equals + 1));
    }
    std::ranges::sort(fields);
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out.append(name).append("=").append(value);
    }
    return out;
}

std::string without_doubled_blanks(std::string_view text) {
    std::string out;
    for (const char c : base::trim(text)) {
        if (c == ' ' && out.ends_with(' ')) continue;
        out += c;
    }
    return out;
}

std::string host_of(const net::Url& url) {
    const bool is_usual = url.effective_port() == (url.scheme == "https" ? 443 : 80);
    return is_usual ? url.host : fmt::format("{}:{}", url.host, url.effective_port());
}

// "20260203T040506Z"
std::string stamp_of(base::Time now) {
    std::string out = base::format_time(now);
    std::erase_if(out, [](char c) { return c == '-' || c == ':'; });
    return out;
}

std::string day_key(const Keys& keys, const SigningScope& scope, std::string_view day) {
    std::string key = "AWS4" + keys.secret.reveal();
    for (const std::string_view part :
         {day, std::string_view(scope.region), std::string_view(scope.service),
          std::string_view("aws4_request")}) {
        std::string next = rest::hmac_sha256(key, part);
        base::wipe(key.data(), key.size());
        key = std::move(next);
    }
    return key;
}

struct Signed {
    std::string names;   // "content-type;host;x-amz-date"
    std::string lines;
};

Signed signed_headers(const net::Request& request, const net::Url& url, const net::Headers& ours) {
    std::map<std::string, std::string> headers{{"host", host_of(url)}};
    for (const net::Headers* all : {&request.headers, &ours}) {
        for (const auto& [name, value] : all->fields()) {
            std::string lower = base::to_lower_ascii(name);
            if (lower != "content-type" && !lower.starts_with("x-amz-")) continue;
            headers[std::move(lower)] = without_doubled_blanks(value);
        }
    }
    Signed out;
    for (const auto& [name, value] : headers) {
        if (!out.names.empty()) out.names += ';';
        out.names += name;
        out.lines.append(name).append(":").append(value).append("\n");
    }
    return out;
}

using KeyOfDay = std::function<std::string(std::string_view day)>;

net::Headers sign_with(const net::Request& request, const Keys& keys, const SigningScope& scope,
                       base::Time now, const KeyOfDay& key_of_day) {
    const auto parsed = net::parse_url(request.target);
    // The client refuses such a request by itself.
    if (!parsed.ok()) return {};
    const std::string stamp = stamp_of(now);
    const std::string_view day = std::string_view(stamp).substr(0, kDay);
    const std::string body = base::sha256_hex(request.body);
    net::Headers out{{"X-Amz-Date", stamp}};
    if (!keys.session.reveal().empty()) out.add("X-Amz-Security-Token", keys.session.reveal());
    if (is_s3(scope)) out.add("X-Amz-Content-SHA256", body);
    const Signed headers = signed_headers(request, *parsed, out);
    const std::string canonical =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(parsed->path, scope),
                    canonical_query(parsed->query), headers.lines, headers.names, body);
    const std::string place =
        fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
    const std::string text =
        fmt::format("{}\n{}\n{}\n{}", kAlgorithm, stamp, place, base::sha256_hex(canonical));
    out.add("Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}",
                                         kAlgorithm, keys.id, place, headers.names,
                                         base::to_hex(rest::hmac_sha256(key_of_day(day), text))));
    return out;
}

struct DayKey {
    std::string day;
    base::SecretText key;
};

}

net::Headers sign_v4(const net::Request& request, const Keys& keys, const SigningScope& scope,
                     base::Time now) {
    return sign_with(request, keys, scope, now,
                     [&](std::string_view day) { return day_key(keys, scope, day); });
}

net::Sign v4_signer(Keys keys, SigningScope scope, const base::Clock& clock) {
    auto kept = std::make_shared<base::Guarded<DayKey>>();
    return [keys = std::move(keys), scope = std::move(scope), &clock,
            kept = std::move(kept)](const net::Request& request) {
        return sign_with(request, keys, scope, clock.now(), [&](std::string_view day) {
            return kept->with([&](DayKey& known) {
                if (known.day != day) {
                    known.key = base::SecretText(day_key(keys, scope, day));
                    known.day = day;
                }
                return known.key.reveal();
            });
        });
    };
}

}
