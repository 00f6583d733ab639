#pragma once

#include "sandbox_world.hpp"

namespace conformance {

// One project of a sandbox that behaves like the Hetzner Cloud, empty at first.
class HetznerWorld : public SandboxWorld {
public:
    HetznerWorld();

    // A request past the provider, and then until nothing goes on that the answer has begun.
    json::Value make(const std::string& path, const json::Value& body) const;
    void wait_for(const json::Value& answer) const;
    int count(std::string_view plural) const;
    std::string id_of_first(std::string_view plural) const;
};
using SharedHetzner = std::shared_ptr<HetznerWorld>;

}
