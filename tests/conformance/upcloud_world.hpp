#pragma once

#include "sandbox_world.hpp"

namespace conformance {

// One account of a sandbox that behaves like UpCloud, empty at first.
class UpcloudWorld : public SandboxWorld {
public:
    UpcloudWorld();

    // What a list holds: of the older services at a path of two members, "routers.router".
    json::Array list(const std::string& path, std::string_view at) const;
    // Until what is at the path shows such a state, or is gone when that is empty.
    void wait_for(const std::string& path, std::string_view at, std::string_view state) const;
};
using SharedUpcloud = std::shared_ptr<UpcloudWorld>;

}
