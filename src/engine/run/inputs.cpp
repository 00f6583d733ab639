#include "engine/run/inputs.hpp"

#include "engine/run/evaluate.hpp"

namespace engine {

base::Result<DeclaredInputs> declared_inputs(Deployment& deployment,
                                             const std::vector<lang::Given>& given) {
    DeclaredInputs out;
    auto program =
        TRY(make_program(deployment, {.given = given, .approved = nullptr, .all_unknown = true}));
    std::vector<value::Diagnostic> findings;
    auto inputs = program->declared_inputs(findings);
    if (!inputs) {
        std::vector<Problem> problems;
        for (value::Diagnostic& finding : findings)
            problems.push_back({.diagnostic = std::move(finding)});
        return with_program(error_of(std::move(problems)), program);
    }
    out.inputs = std::move(*inputs);
    out.program = std::move(program);
    return out;
}

}
