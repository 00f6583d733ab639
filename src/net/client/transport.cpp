#include "net/client/transport.hpp"

#include "base/check.hpp"

#include <memory>

namespace net {

std::string_view name_of(Delivery delivery) {
    switch (delivery) {
        case Delivery::NotSent: return "not sent";
        case Delivery::Unknown: return "unknown";
        case Delivery::Answered: return "answered";
    }
    UNREACHABLE();
}

std::string CallFailure::json() const {
    return "{\"delivery\":\"" + std::string(name_of(delivery)) + "\"}";
}

base::Error call_error(base::Code code, std::string message, Delivery delivery, bool is_transient,
                       int status) {
    return base::Error(code, std::move(message))
        .with_detail(std::make_shared<CallFailure>(delivery, is_transient, status));
}

static const CallFailure* failure_of(const base::Error& error) {
    return dynamic_cast<const CallFailure*>(error.detail());
}

Delivery delivery_of(const base::Error& error) {
    const CallFailure* failure = failure_of(error);
    return failure == nullptr ? Delivery::Unknown : failure->delivery;
}

bool is_transient(const base::Error& error) {
    const CallFailure* failure = failure_of(error);
    return failure != nullptr && failure->is_transient;
}

}
