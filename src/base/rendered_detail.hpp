#pragma once

#include "base/error.hpp"

#include <string>
#include <utility>

namespace base {

// A detail that was put into words where it arose, as what it was made from does not live on.
class RenderedDetail final : public ErrorDetail {
public:
    RenderedDetail(std::string plain, std::string coloured, std::string json)
        : plain_(std::move(plain)), coloured_(std::move(coloured)), json_(std::move(json)) {}
    std::string text(bool color, std::size_t /*width*/) const override {
        return color ? coloured_ : plain_;
    }
    std::string json() const override { return json_; }

private:
    std::string plain_;
    std::string coloured_;
    std::string json_;
};

}
