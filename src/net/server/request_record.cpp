#include "net/server/request_record.hpp"

#include "base/log.hpp"

namespace net {

void log_request(const RequestRecord& record) {
    if (!base::log::enabled(base::log::Level::Info)) return;
    const std::string status = std::to_string(record.status);
    const std::string bytes = std::to_string(record.bytes);
    const std::string duration = std::to_string(record.duration.count());
    base::log::info("request", {{"http.request.method", record.method},
                                {"url.path", record.path},
                                {"http.response.status_code", status},
                                {"http.response.bytes", bytes},
                                {"event.duration", duration},
                                {"trace.id", record.trace_id},
                                {"client.address", record.peer}});
}

}
