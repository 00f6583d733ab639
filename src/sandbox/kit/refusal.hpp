#pragma once

#include "base/error.hpp"
#include "json/value.hpp"

#include <string>
#include <string_view>

namespace sandbox {

// How a handler refuses: an error that carries the answer. Its shape is the vendor's
// (Api::body_of).
struct Refusal final : base::ErrorDetail {
    int status = 500;
    std::string code;
    std::string message;
    json::Value details;   // null: none
};

base::Error refuse(int status, std::string_view code, std::string message,
                   json::Value details = {});

struct FieldProblem {
    std::string field;   // "rules.0.port"
    std::string message;
};

}
