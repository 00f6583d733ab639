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

std::string RequestFailure::json() const {
    return "{\"delivery\":\"" + std::string(name_of(delivery)) + "\"}";
}

base::Error call_error(base::Code code, std::string message, Delivery delivery, bool is_transient,
                       int status) {
    return base::Error(code, std::move(message))
        .with_detail(std::make_shared<RequestFailure>(delivery, is_transient, status));
}

static const RequestFailure* failure_of(const base::Error& error) {
    return dynamic_cast<const RequestFailure*>(error.detail());
}

Delivery delivery_of(const base::Error& error) {
    const RequestFailure* failure = failure_of(error);
    return failure == nullptr ? Delivery::Unknown : failure->delivery;
}

bool is_transient(const base::Error& error) {
    const RequestFailure* failure = failure_of(error);
    return failure != nullptr && failure->is_transient;
}

base::Error budget_spent(std::string message, int status, std::chrono::nanoseconds pause) {
    auto failure = std::make_shared<RequestFailure>(Delivery::NotSent, true, status);
    failure->is_budget_spent = true;
    failure->pause = pause;
    return base::Error(base::Code::Busy, std::move(message)).with_detail(std::move(failure));
}

bool is_budget_spent(const base::Error& error) {
    const RequestFailure* failure = failure_of(error);
    return failure != nullptr && failure->is_budget_spent;
}

std::chrono::nanoseconds pause_of(const base::Error& error) {
    const RequestFailure* failure = failure_of(error);
    return failure != nullptr ? failure->pause : std::chrono::nanoseconds(0);
}

int status_of(const base::Error& error) {
    const RequestFailure* failure = failure_of(error);
    return failure != nullptr ? failure->status : 0;
}

}
