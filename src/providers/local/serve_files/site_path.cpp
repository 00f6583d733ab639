#include "providers/local/serve_files/request.hpp"

#include "base/text.hpp"

#include <array>
#include <utility>

namespace providers::local {
namespace {

constexpr std::size_t kMaxTarget = 2048;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

ParsedRequest refuse(int status) {
    ParsedRequest out;
    out.status = status;
    return out;
}

void read_header(std::string_view line, Request& request, int& status) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        status = 400;
        return;
    }
    const std::string name = base::to_lower_ascii(line.substr(0, colon));
    const std::string value = base::to_lower_ascii(base::trim(line.substr(colon + 1)));
    if (name == "connection" && value == "close") request.keeps_open = false;
    if (name == "connection" && value == "keep-alive") request.keeps_open = true;
    // A body would be taken for the next request.
    if (name == "transfer-encoding" || (name == "content-length" && value != "0")) status = 413;
}

}

std::optional<std::string> safe_path(std::string_view target) {
    target = target.substr(0, target.find_first_of("?#"));
    if (!target.starts_with('/')) return std::nullopt;
    const std::optional<std::string> decoded = decode(target);
    if (!decoded || decoded->find('\0') != std::string::npos) return std::nullopt;
    std::string out;
    for (const std::string_view part : base::split(*decoded, '/')) {
        if (part.empty()) continue;
        if (part.starts_with('.')) return std::nullopt;   // "..", and what is hidden
        if (!out.empty()) out += '/';
        out += part;
    }
    return out;
}

std::optional<ParsedRequest> parse_request(std::string_view bytes) {
    const std::size_t end = bytes.substr(0, kMaxRequestHead).find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (bytes.size() >= kMaxRequestHead) return refuse(431);
        return std::nullopt;
    }
    ParsedRequest out;
    out.size = end + 4;
    std::string_view head = bytes.substr(0, end);
    const std::size_t first_end = head.find("\r\n");
    const std::string_view first = head.substr(0, first_end);
    const auto words = base::split(first, ' ');
    if (words.size() != 3) return refuse(400);
    if (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0") return refuse(505);
    if (words[0] != "GET" && words[0] != "HEAD") return refuse(405);
    if (words[1].size() > kMaxTarget) return refuse(414);
    out.request.is_head = words[0] == "HEAD";
    out.request.keeps_open = words[2] == "HTTP/1.1";
    const std::optional<std::string> path = safe_path(words[1]);
    if (!path) return refuse(404);
    out.request.path = *path;
    out.request.is_folder = words[1].substr(0, words[1].find_first_of("?#")).ends_with('/');
    while (head.find("\r\n") != std::string_view::npos) {
        head.remove_prefix(head.find("\r\n") + 2);
        read_header(head.substr(0, head.find("\r\n")), out.request, out.status);
        if (out.status != 0) return refuse(out.status);
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
