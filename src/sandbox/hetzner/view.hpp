#pragma once

#include "sandbox/store/store.hpp"

namespace sandbox::hetzner {

// The record without what is the sandbox's own.
inline json::Object public_part(const Record& record) {
    json::Object out;
    for (const auto& [key, value] : *record.as_object()) {
        if (!key.starts_with('_')) out.set(key, value);
    }
    return out;
}

}
