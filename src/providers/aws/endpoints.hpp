#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace providers::aws {

// Where a service is in a region, and for which region its requests are signed.
struct Endpoint {
    std::string url;   // without a slash at the end
    std::string region;
};

// The vendor's own, by its public partitions: aws, aws-cn, aws-us-gov. InvalidArgument for a region
// that is in none of them, by its form.
base::Result<Endpoint> public_endpoint(std::string_view service, std::string_view region);
// "aws"; empty: of none of them.
std::string partition_of(std::string_view region);

// Those of a connection: a service's own, else that of all, else the vendor's.
class Endpoints {
public:
    explicit Endpoints(std::string region) : region_(std::move(region)) {}
    void set_all(std::string url) { all_ = std::move(url); }
    void set(std::string service, std::string url) { own_[std::move(service)] = std::move(url); }
    const std::string& region() const { return region_; }
    base::Result<Endpoint> of(std::string_view service) const;

private:
    std::string region_;
    std::string all_;
    std::map<std::string, std::string, std::less<>> own_;
};

}
