#pragma once

#include "sandbox/hetzner/refusal.hpp"
#include "sandbox/kit/body.hpp"

namespace sandbox::hetzner {

extern const BodyWords kBodyWords;

// The fields of a request's body, with the vendor's words for what is wrong with them.
class Body final : public BodyReader {
public:
    explicit Body(const json::Value& object, std::string prefix = {})
        : BodyReader(object, kBodyWords, std::move(prefix)) {}
};

}
