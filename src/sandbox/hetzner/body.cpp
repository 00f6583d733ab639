#include "sandbox/hetzner/body.hpp"

namespace sandbox::hetzner {

constexpr BodyWords kBodyWords{
    .missing = "Missing data for required field.",
    .no_text = "Not a valid string.",
    .no_integer = "Not a valid integer.",
    .no_positive = "Not a positive integer.",
    .no_boolean = "Not a valid boolean.",
    .no_list = "Not a valid list.",
    .no_id_or_name = "Not a valid ID or name.",
    .before_choice = "Must be one of: ",
    .after_choice = ".",
    .reserved_labels = "hetzner.cloud/",
    .invalid = [](std::vector<FieldProblem> problems) { return invalid(std::move(problems)); },
};

}
