#include "base/check.hpp"
#include "providers/aws/protocol/protocol.hpp"

#include <cstddef>
#include <cstdint>

// Whatever a service answers is read or refused, by each protocol; a refusal says something.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace providers::aws;
    const net::Response response{.status = 400,
                                 .headers = {},
                                 .body = std::string(reinterpret_cast<const char*>(data), size)};
    const auto xml = read_xml(response.body, {.max_depth = 16, .max_elements = 10'000});
    if (xml.ok()) CHECK(!xml->name.empty());
    for (const auto& [service, name] : {std::pair("ec2", "DescribeSecurityGroups"),
                                        {"sts", "GetCallerIdentity"},
                                        {"sqs", "GetQueueAttributes"}}) {
        const ServiceModel& model = service_model(service);
        (void)decode(model, *model.operation(name), response);
    }
    const providers::rest::ApiError told = read_error(response);
    CHECK(!told.code.empty() || !told.message.empty());
    return 0;
}
