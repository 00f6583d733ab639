#include "net/client/trace.hpp"

#include "base/clock.hpp"
#include "base/fs.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "json/value.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>

namespace net {
namespace {

constexpr std::string_view kMask = "***";

// As parts of names, in small letters.
constexpr std::array<std::string_view, 9> kSecretNames{"token",  "password",   "passwd",
                                                       "secret", "signature",  "api_key",
                                                       "apikey", "credential", "auth"};

bool is_secret(std::string_view name, std::span<const std::string> secret_fields) {
    if (std::ranges::find(secret_fields, name) != secret_fields.end()) return true;
    // By what they are mostly called: a name too many is masked rather than one too few.
    const std::string lower = base::to_lower_ascii(name);
    return lower == "key" || lower == "sig" ||
           std::ranges::any_of(kSecretNames, [&](auto part) { return lower.contains(part); });
}

}

std::string mask_url(std::string_view url, std::span<const std::string> secret_fields) {
    const std::size_t mark = url.find('?');
    if (mark == std::string_view::npos) return base::escape_controls(url);
    std::string out(url.substr(0, mark));
    char before = '?';
    for (const std::string_view field : base::split(url.substr(mark + 1), '&')) {
        out += before;
        before = '&';
        const std::size_t equals = field.find('=');
        if (equals == std::string_view::npos ||
            !is_secret(field.substr(0, equals), secret_fields)) {
            out += field;
        } else {
            out += field.substr(0, equals + 1);
            out += kMask;
        }
    }
    return base::escape_controls(out);
}

std::string format_trace(const TraceEvent& event) {
    std::string out = event.method + " " + event.url + " ";
    out += event.status != 0 ? fmt::format("{}", event.status) : "failed";
    out += " in " + base::format_duration(event.duration);
    std::string notes = base::format_bytes(event.info.bytes_received);
    const auto note = [&](std::string_view text) { notes.append(", ").append(text); };
    if (!event.info.protocol.empty()) note(event.info.protocol);
    if (event.info.connection_reused) note("reused");
    if (event.waited.count() > 0) note("waited " + base::format_duration(event.waited));
    if (event.attempt > 1) note(fmt::format("attempt {}", event.attempt));
    if (event.is_repeated) note("to be repeated");
    out += " (" + notes + ")";
    if (!event.error.empty()) out += ": " + event.error;
    return out;
}

namespace {

void log(const TraceEvent& event) {
    if (!base::log::enabled(base::log::Level::Debug)) return;
    const std::string status = fmt::format("{}", event.status);
    const std::string duration = fmt::format("{}", event.duration.count());
    const std::string waited = fmt::format("{}", event.waited.count());
    const std::string attempt = fmt::format("{}", event.attempt);
    base::log::debug("http request", {{"http.request.method", event.method},
                                      {"url.full", event.url},
                                      {"http.response.status_code", status},
                                      {"event.duration", duration},
                                      {"http.waited", waited},
                                      {"http.attempt", attempt},
                                      {"error.message", event.error}});
}

double milliseconds_of(std::chrono::nanoseconds duration) {
    return std::round(static_cast<double>(duration.count()) / 1e4) / 1e2;
}

class ProgramTrace final : public Trace {
public:
    void attempt(const TraceEvent& event) override {
        log(event);
        if (target_ < 0) return;
        const std::string time = base::format_time(base::system_clock().now(), true);
        // A trace that cannot be written must not stop the work.
        static_cast<void>(base::write_all(target_, trace_line(event, time)).ok());
    }

    base::Result<void> open(const std::string& path) {
        if (path == "-") {
            target_ = STDERR_FILENO;
            return {};
        }
        file_ = base::FileDescriptor(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (!file_) return base::system_error("cannot open the trace file " + path, errno);
        target_ = file_.get();
        return {};
    }

private:
    base::FileDescriptor file_;
    int target_ = -1;   // -1: none
};

ProgramTrace& the_trace() {
    static ProgramTrace trace;
    return trace;
}

}

std::string trace_line(const TraceEvent& event, std::string_view time) {
    json::Object line{{"time", time},
                      {"method", event.method},
                      {"url", event.url},
                      {"status", event.status == 0 ? json::Value() : json::Value(event.status)},
                      {"ms", milliseconds_of(event.duration)},
                      {"attempt", static_cast<std::int64_t>(event.attempt)},
                      {"repeated", event.is_repeated},
                      {"waited_ms", milliseconds_of(event.waited)}};
    if (!event.request_id.empty()) line.set("request_id", event.request_id);
    line.set("request_body_bytes", event.request_body_bytes);
    line.set("response_body_bytes", event.response_body_bytes);
    if (!event.info.protocol.empty()) line.set("protocol", event.info.protocol);
    line.set("reused", event.info.connection_reused);
    if (event.status == 0) {
        line.set("error", event.error);
        line.set("delivery", name_of(event.delivery));
    }
    return json::to_text(json::Value(std::move(line))) + "\n";
}

Trace& program_trace() { return the_trace(); }

base::Result<void> trace_to(const std::string& file) { return the_trace().open(file); }

}
