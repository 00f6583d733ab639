#pragma once

#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/kit/api.hpp"

namespace sandbox::hetzner {

class HetznerApi final : public Api {
public:
    std::string_view base_path() const override { return "/v1"; }
    std::span<const std::span<const Route>> routes() const override;
    const Effect* find_effect(std::string_view command) const override;
    std::span<const std::string_view> counted_types() const override;
    // Those of actions have 15 digits.
    IdRanges ids() const override {
        return {.first = 10'000'000, .first_action = 580'000'000'000'000, .step = 9};
    }
    bool is_token(std::string_view token) const override;

    base::Error refuse(Reason reason, const Subject& subject) const override;
    const BodyWords& words() const override;
    std::string_view code_of(int status) const override;
    json::Value body_of(const Refusal& refusal) const override;
    void add_headers(net::Headers& headers, const Bucket& rate) const override;

    const Catalogue catalogue;
};

}
