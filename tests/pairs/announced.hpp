#pragma once

#include "support/cloud.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pairs {

// What a plan has announced, held against the requests that were then sent.
class Announced {
public:
    // What `plan --json` printed.
    explicit Announced(std::string_view printed);

    // What was done otherwise: things made or deleted in another number, a server turned off,
    // rebuilt or given another type though no server was to be changed. Empty if nothing.
    std::string unlike(const std::vector<suite::Cloud::Request>& requests) const;

private:
    struct Counts {
        int least = 0;
        int most = 0;   // with what may be replaced
    };
    std::map<std::string, Counts> made_, deleted_;   // by collection
    bool changes_servers_ = false;
};

}
