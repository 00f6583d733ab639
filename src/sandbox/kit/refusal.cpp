#include "sandbox/kit/refusal.hpp"

#include <memory>
#include <utility>

namespace sandbox {

base::Error refuse(int status, std::string_view code, std::string message, json::Value details) {
    auto refusal = std::make_shared<Refusal>();
    refusal->status = status;
    refusal->code = std::string(code);
    refusal->message = message;
    refusal->details = std::move(details);
    return base::Error(base::Code::FailedPrecondition, std::move(message))
        .with_detail(std::move(refusal));
}

}
