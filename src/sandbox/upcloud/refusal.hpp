#pragma once

#include "sandbox/kit/refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

// How the API says no. The older services say {"error": {"error_code", "error_message"}}, the newer
// ones a problem document (RFC 9457).
namespace sandbox::upcloud {

// "ROUTER_NAME_MISSING": the status follows from the code, as the API groups them.
base::Error old_refusal(const std::string& code, std::string message);
base::Error problem(int status, std::string_view code, std::string title,
                    const std::vector<FieldProblem>& fields = {});
bool is_problem(const Refusal& refusal);
json::Value problem_document(const Refusal& refusal);

}
