#include "providers/local/serve_files/site_path.hpp"

#include "base/text.hpp"
#include "net/http/url.hpp"

#include <array>
#include <utility>

namespace providers::local {

std::optional<std::string> site_path(std::string_view target) {
    target = target.substr(0, target.find_first_of("?#"));
    if (!target.starts_with('/')) return std::nullopt;
    const auto decoded = net::percent_decode(target);
    if (!decoded.ok() || decoded->find('\0') != std::string::npos) return std::nullopt;
    std::string out;
    for (const std::string_view part : base::split(*decoded, '/')) {
        if (part.empty()) continue;
        if (part.starts_with('.')) return std::nullopt;   // "..", and what is hidden
        if (!out.empty()) out += '/';
        out += part;
    }
    return out;
}

std::string_view content_type_of(std::string_view path) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kTypes{{
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
        {".md", "text/plain; charset=utf-8"},
        {".xml", "application/xml"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".gif", "image/gif"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".conf", "text/plain; charset=utf-8"},
    }};
    for (const auto& [end, type] : kTypes) {
        if (path.ends_with(end)) return type;
    }
    return "application/octet-stream";
}

}
