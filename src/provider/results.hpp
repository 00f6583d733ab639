#pragma once

#include "provider/provider.hpp"

#include <optional>
#include <string>
#include <utility>

// Short ways to say what came of a call.
namespace provider {

inline OperationResult done(std::optional<ObservedResource> seen = std::nullopt) {
    OperationResult out;
    out.kind = OperationResult::Kind::Done;
    out.seen = std::move(seen);
    return out;
}
inline OperationResult running(std::string handle) {
    OperationResult out;
    out.kind = OperationResult::Kind::Running;
    out.handle = std::move(handle);
    return out;
}
// There is no room for it now; the context's `wake` tells when there is.
inline OperationResult queued() {
    OperationResult out;
    out.kind = OperationResult::Kind::Queued;
    out.wakes = true;
    return out;
}
inline OperationResult next_phase(std::string phase) {
    OperationResult out;
    out.kind = OperationResult::Kind::NextPhase;
    out.phase = std::move(phase);
    return out;
}

inline LookupResult found(LookupResult::Kind kind, std::string reason = {}) {
    LookupResult out;
    out.kind = kind;
    out.reason = std::move(reason);
    return out;
}
inline LookupResult found(LookupResult::Kind kind, ObservedResource seen) {
    LookupResult out;
    out.kind = kind;
    out.seen = std::move(seen);
    return out;
}
inline LookupResult found_running(std::string handle) {
    LookupResult out;
    out.kind = LookupResult::Kind::Running;
    out.handle = std::move(handle);
    return out;
}

}
