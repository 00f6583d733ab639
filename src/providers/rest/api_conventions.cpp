#include "providers/rest/api_conventions.hpp"

namespace providers::rest {

std::vector<std::string> operation_url(const Answer& answer) {
    for (const char* name : {"Operation-Location", "Azure-AsyncOperation"}) {
        if (const auto url = answer.headers.find(name)) return {answer.resolve(*url)};
    }
    // Elsewhere a Location is where something is that was made, and nothing to wait for.
    const auto url = answer.status == 202 ? answer.headers.find("Location") : std::nullopt;
    return url ? std::vector<std::string>{answer.resolve(*url)} : std::vector<std::string>();
}

base::Result<std::map<std::string, Progress>> progress_of(const Api& api,
                                                          const ApiConventions& conventions,
                                                          std::span<const std::string> waits,
                                                          const CallScope& context) {
    const Operations& operations = conventions.operations;
    if (operations.progress_of != nullptr) return operations.progress_of(api, waits, context);
    // Kinds of operations that are URLs are asked one by one; APIs that tell many at once have
    // ids.
    std::map<std::string, Progress> out;
    for (const std::string& url : waits) {
        Call call;
        call.path = url;
        call.what = "asking how far it is";
        auto answer = api.send(call, context);
        if (answer.ok() && operations.progress_in != nullptr) {
            out[url] = operations.progress_in(*answer);
        } else if (!answer.ok() && !is_absent(answer.error())) {
            return std::move(answer).error();
        }
        // One that the service has forgotten is left out: it has ended.
    }
    return out;
}

}
