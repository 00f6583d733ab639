#pragma once

#include <optional>
#include <string>
#include <string_view>

// What the file server understands of HTTP/1.1: GET and HEAD of a path.
namespace providers::local {

inline constexpr std::size_t kMaxRequestHead = 8192;

struct Request {
    bool is_head = false;
    bool keeps_open = true;
    std::string path;         // decoded, relative, without ".", ".." or empty parts; "" is the root
    bool is_folder = false;   // it ended with a slash
};

struct ParsedRequest {
    int status = 0;   // 0: fine; otherwise what to answer, and then close
    Request request;
    std::size_t size = 0;   // bytes of the head
};

// Nothing while the head is not complete. Never reads past a head of kMaxRequestHead bytes.
std::optional<ParsedRequest> parse_request(std::string_view bytes);

// The decoded relative path, or nothing for what no server should look for: a path that climbs, a
// null character, a broken escape, a hidden name.
std::optional<std::string> safe_path(std::string_view target);

std::string_view content_type_of(std::string_view path);

}
