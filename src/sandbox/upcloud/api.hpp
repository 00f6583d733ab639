#pragma once

#include "sandbox/kit/api.hpp"

namespace sandbox::upcloud {

class UpcloudApi final : public Api {
public:
    std::string_view base_path() const override { return "/1.3"; }
    std::span<const std::span<const Route>> routes() const override;
    const Effect* find_effect(std::string_view command) const override;
    std::span<const std::string_view> counted_types() const override;

    // Of Basic authentication the password: a user's name says nothing here.
    std::string token_of(const net::Request& request) const override;
    bool is_token(std::string_view token) const override;

    base::Error refuse(Reason reason, const Subject& subject) const override;
    const BodyWords& words() const override;
    std::string_view code_of(int status) const override;
    json::Value body_of(const Refusal& refusal) const override;
    std::string_view content_type_of(const Refusal& refusal) const override;
    bool ignores_last_slash() const override { return true; }
};

}
